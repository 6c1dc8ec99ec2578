package io.atomforge.sandbox;

/** The worker died, or had to be ended, while it held a request. */
final class WorkerLostException extends Exception {
  private static final long serialVersionUID = 1;

  WorkerLostException(Throwable cause) {
    super(cause.getMessage(), cause);
  }
}
