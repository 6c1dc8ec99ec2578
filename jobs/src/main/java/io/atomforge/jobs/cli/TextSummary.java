package io.atomforge.jobs.cli;

/** A summary that is printed as a text of its own, without the names of its parts. */
public interface TextSummary {
  /** The text without a line end after it; nothing is printed if it is empty. */
  String text();
}
