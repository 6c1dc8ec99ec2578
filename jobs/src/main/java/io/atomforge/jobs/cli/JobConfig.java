package io.atomforge.jobs.cli;

/** What every job's config has. */
public interface JobConfig {
  /** A folder of any Hadoop file system, or {@code catalog:NAME.SCHEMA}. */
  String warehouse();

  /** Whether the warehouse must be writable. */
  default boolean writes() {
    return true;
  }
}
