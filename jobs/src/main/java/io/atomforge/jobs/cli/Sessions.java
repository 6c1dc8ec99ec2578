package io.atomforge.jobs.cli;

import io.atomforge.config.ConfigException;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkEnv;
import org.apache.spark.sql.SparkSession;

/** Opens the Spark session with what Delta and small fast jobs need; whatever the user set wins. */
public final class Sessions {
  private static final String SHUFFLE = "spark.sql.shuffle.partitions";

  private static final Map<String, String> DEFAULTS =
      Map.ofEntries(
          Map.entry("spark.master", "local[*]"),
          Map.entry("spark.sql.extensions", "io.delta.sql.DeltaSparkSessionExtension"),
          Map.entry(
              "spark.sql.catalog.spark_catalog", "org.apache.spark.sql.delta.catalog.DeltaCatalog"),
          Map.entry("spark.sql.session.timeZone", "UTC"),
          Map.entry("spark.sql.ansi.enabled", "true"), // as it is in Spark 4
          Map.entry(
              "spark.sql.warehouse.dir",
              System.getProperty("java.io.tmpdir") + "/atomforge-spark-warehouse"),
          Map.entry("spark.sql.adaptive.coalescePartitions.enabled", "true"),
          Map.entry("spark.databricks.delta.snapshotPartitions", "2"),
          // clients of Sql serve=HOST:PORT find the tables and views in one session
          Map.entry("spark.sql.hive.thriftServer.singleSession", "true"),
          Map.entry("spark.broadcast.compress", "false"),
          Map.entry("spark.driver.maxResultSize", "0"),
          Map.entry("spark.cleaner.periodicGC.interval", "5min"),
          Map.entry("spark.executorEnv.OMP_WAIT_POLICY", "PASSIVE"),
          // as deploy/submit.sh does for the driver
          Map.entry("spark.executorEnv.MALLOC_ARENA_MAX", "2"),
          Map.entry("spark.executorEnv.MALLOC_MMAP_MAX_", "0"),
          Map.entry("spark.executorEnv.MALLOC_TRIM_THRESHOLD_", "4294967296"),
          Map.entry("spark.executorEnv.MALLOC_TOP_PAD_", "67108864"),
          Map.entry("spark.executorEnv.DJL_OFFLINE", "true"));

  /**
   * On one machine a shuffle of 200 partitions and a web page cost more than they give. The
   * executor runs in the driver's process, so missing heartbeats mean that the machine slept.
   */
  private static final Map<String, String> LOCAL =
      Map.of(
          SHUFFLE,
          "4",
          "spark.ui.enabled",
          "false",
          "spark.storage.blockManagerHeartbeatTimeoutMs",
          "100d");

  private Sessions() {}

  /**
   * Loads Scala's reflection, which a session needs, beside the caller's work; it takes half a
   * second. Nothing depends on it, so a failure changes nothing. Parts of Spark itself are not
   * loaded here: two threads that initialize classes of Spark could wait for each other.
   */
  static void warmUp() {
    Thread thread = new Thread(() -> scala.reflect.runtime.package$.MODULE$.universe(), "warm-up");
    thread.setDaemon(true);
    thread.setUncaughtExceptionHandler((t, e) -> {});
    thread.start();
  }

  public static SparkSession open(String name) {
    SparkConf conf = new SparkConf();
    SparkSession.Builder builder = SparkSession.builder().appName("atomforge " + name);
    DEFAULTS.forEach(
        (key, value) -> {
          if (!conf.contains(key)) {
            builder.config(key, value);
          }
        });
    if (conf.get("spark.master", "local[*]").startsWith("local")) {
      LOCAL.forEach(
          (key, value) -> {
            if (!conf.contains(key)) {
              builder.config(key, value);
            }
          });
    }
    return builder.getOrCreate();
  }

  /**
   * The session of a Spark that runs in this JVM already, if there is one; a new one of a Spark
   * that has none for this thread.
   */
  static Optional<SparkSession> running() {
    scala.Option<SparkSession> active = SparkSession.getActiveSession();
    scala.Option<SparkSession> found =
        active.isDefined() ? active : SparkSession.getDefaultSession();
    if (found.isDefined() && !found.get().sparkContext().isStopped()) {
      return Optional.of(found.get());
    }
    return SparkEnv.get() == null
        ? Optional.empty()
        : Optional.of(SparkSession.builder().getOrCreate());
  }

  /**
   * A session beside a running one, with settings, current database and temporary views of its own,
   * so that nothing changes in that one.
   *
   * @throws ConfigException if the running Spark cannot write Delta tables
   */
  static SparkSession guest(SparkSession host) {
    String extensions = host.conf().get("spark.sql.extensions", "");
    boolean builtIn = System.getenv("DATABRICKS_RUNTIME_VERSION") != null;
    if (!builtIn && !extensions.toLowerCase(Locale.ROOT).contains("delta")) {
      throw new ConfigException(
          "spark.sql.extensions: the running Spark has no Delta; start it with"
              + " spark.sql.extensions=io.delta.sql.DeltaSparkSessionExtension and"
              + " spark.sql.catalog.spark_catalog=org.apache.spark.sql.delta.catalog.DeltaCatalog");
    }
    SparkSession own = host.newSession();
    own.conf().set("spark.sql.session.timeZone", "UTC");
    if (host.sparkContext().isLocal()) {
      own.conf().set(SHUFFLE, LOCAL.get(SHUFFLE));
    }
    return own;
  }

  /** Whether a name is an address, such as {@code hdfs://HOST/models/a}. */
  public static boolean isAddress(String name) {
    return name.matches("[a-z][a-z0-9+.-]*:/.*");
  }

  /** How files are reached, also before there is a session. */
  static Configuration hadoop() {
    Optional<SparkSession> session = running();
    if (session.isPresent()) {
      return session.get().sparkContext().hadoopConfiguration();
    }
    Configuration hadoop = new Configuration();
    for (var setting : new SparkConf().getAllWithPrefix("spark.hadoop.")) {
      hadoop.set(setting._1(), setting._2());
    }
    return hadoop;
  }

  /** Ends the session, if there is one. */
  public static void close() {
    if (SparkSession.getDefaultSession().isDefined()) {
      SparkSession.getDefaultSession().get().stop();
    }
  }
}
