package io.atomforge.config;

/** The user's mistake: one line that names what is wrong and says what to do. Jobs exit with 2. */
public final class ConfigException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  public ConfigException(String message) {
    super(message);
  }
}
