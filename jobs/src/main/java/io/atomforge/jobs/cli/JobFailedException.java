package io.atomforge.jobs.cli;

/** A job failed for a reason that its message tells whole, in one line: no trace is of use. */
public final class JobFailedException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public JobFailedException(String message) {
    super(message);
  }
}
