package io.atomforge.spark;

import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** The one Spark context on this machine that tests share. */
final class LocalSpark {
  private static JavaSparkContext shared;

  private LocalSpark() {}

  static synchronized JavaSparkContext context() {
    if (shared == null) {
      shared =
          new JavaSparkContext(
              new SparkConf()
                  .setMaster("local[2]")
                  .setAppName("test")
                  .set("spark.ui.enabled", "false")
                  .set("spark.driver.host", "localhost"));
    }
    return shared;
  }

  /** Makes room for a context of another kind: a JVM has one at a time. */
  static synchronized void stop() {
    if (shared != null) {
      shared.stop();
      shared = null;
    }
  }
}
