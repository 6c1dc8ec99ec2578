package io.atomforge.training;

/** A step whose loss or gradient is nothing to learn from; the parameters were not changed. */
public final class DivergedException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  DivergedException(String message) {
    super(message);
  }
}
