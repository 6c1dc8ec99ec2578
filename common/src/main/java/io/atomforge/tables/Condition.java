package io.atomforge.tables;

import org.apache.spark.SparkThrowable;

/** What Spark and Delta call a mistake, such as {@code TABLE_OR_VIEW_NOT_FOUND}. */
public final class Condition {
  private Condition() {}

  /** The name of what an exception is about; empty if it has none. */
  @SuppressWarnings("deprecation") // Spark 3.5 has it under no other name
  public static String of(Throwable e) {
    String name = e instanceof SparkThrowable spark ? spark.getErrorClass() : null;
    return name == null ? "" : name;
  }
}
