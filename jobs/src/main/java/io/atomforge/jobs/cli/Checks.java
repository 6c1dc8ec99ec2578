package io.atomforge.jobs.cli;

/** Range checks of config records, with messages that name key and value. */
public final class Checks {
  private Checks() {}

  public static void atLeast(long least, String key, long value) {
    check(value >= least, key, value, least + " or more");
  }

  public static void positive(String key, double value) {
    check(value > 0 && Double.isFinite(value), key, value, "positive");
  }

  /** A name of a run: it is a folder's name, and stands in SQL. */
  public static void runId(String key, String value) {
    check(
        value.matches("[A-Za-z0-9_-][A-Za-z0-9_.-]*"),
        key,
        "'" + value + "'",
        "made of letters, digits, _ . and -, and not begin with a dot");
  }

  public static void check(boolean holds, String key, Object value, String allowed) {
    if (!holds) {
      throw new IllegalArgumentException(key + " must be " + allowed + ", got " + value);
    }
  }
}
