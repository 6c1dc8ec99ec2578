package io.atomforge.jobs.sql;

import io.atomforge.config.ConfigException;
import io.atomforge.tables.ReadOnlySql;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Warehouse;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.spark.sql.RuntimeConfig;
import org.apache.spark.sql.SQLContext;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.SparkSessionExtensions;
import org.apache.spark.sql.catalyst.parser.ParserInterface;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;

/**
 * Spark's own server for clients of JDBC and ODBC, over the tables and views of one warehouse. All
 * clients share one session, in which a statement that does more than read is refused. The server
 * is a part of Spark's distributions and not of the embedded Spark.
 */
public final class ThriftServer {
  private static final String SERVER = "org.apache.spark.sql.hive.thriftserver.HiveThriftServer2";

  private final AtomicBoolean serves = new AtomicBoolean();
  private final SparkSession session;
  private final String schema;

  private ThriftServer(Warehouse warehouse) throws ReflectiveOperationException {
    extensions(warehouse.spark()).injectParser((session, parser) -> guarded(parser));
    session = warehouse.spark().newSession();
    SqlScope.open(warehouse.in(session), name -> true);
    schema = session.catalog().currentDatabase();
  }

  /** Spark 4 hides them in a class of its own, which Spark 3.5 does not have. */
  private static SparkSessionExtensions extensions(SparkSession session)
      throws ReflectiveOperationException {
    return (SparkSessionExtensions) session.getClass().getMethod("extensions").invoke(session);
  }

  /**
   * Serves until the process ends.
   *
   * @throws ConfigException if this Spark has no such server or the address cannot be used
   */
  public static void serve(Warehouse warehouse, String host, int port) throws Exception {
    Class<?> spark;
    try {
      spark = Class.forName(SERVER);
    } catch (ClassNotFoundException e) {
      throw new ConfigException(
          "serve: this Spark has no Thrift server; set SPARK_HOME to a distribution of Spark "
              + warehouse.spark().version());
    }
    ThriftServer server = new ThriftServer(warehouse);
    RuntimeConfig settings = server.session.conf();
    settings.set("spark.sql.runSQLOnFiles", "false");
    settings.set("hive.server2.thrift.bind.host", host);
    settings.set("hive.server2.thrift.port", String.valueOf(port));
    server.serves.set(true);
    try {
      start(spark, server.session);
    } catch (InvocationTargetException e) {
      throw new ConfigException(
          "serve: cannot serve at " + host + ":" + port + ": " + e.getCause());
    }
    System.err.printf(
        "Sql: the tables and views can be read at jdbc:hive2://%s:%d; Ctrl-C ends the server%n",
        host, port);
    Thread.currentThread().join();
  }

  private static void start(Class<?> spark, SparkSession session)
      throws ReflectiveOperationException {
    try {
      spark
          .getMethod("startWithSparkSession", SparkSession.class, boolean.class)
          .invoke(null, session, false);
    } catch (NoSuchMethodException e) { // Spark 3.5
      spark.getMethod("startWithContext", SQLContext.class).invoke(null, session.sqlContext());
    }
  }

  /** The parser that refuses what does more than read, as soon as clients are served. */
  private ParserInterface guarded(ParserInterface parser) {
    return (ParserInterface)
        Proxy.newProxyInstance(
            ParserInterface.class.getClassLoader(),
            new Class<?>[] {ParserInterface.class},
            (proxy, method, words) -> {
              try {
                Object parsed = method.invoke(parser, words);
                boolean statement = serves.get() && method.getName().startsWith("parsePlan");
                return statement ? permitted((LogicalPlan) parsed, parser) : parsed;
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
            });
  }

  /** Each client begins with USE, but the schema of the warehouse is the one of all of them. */
  private LogicalPlan permitted(LogicalPlan parsed, ParserInterface parser) throws Exception {
    if (List.of("SetCatalogAndNamespace", "SetNamespaceCommand")
        .contains(parsed.getClass().getSimpleName())) {
      return parser.parsePlan("USE " + schema);
    }
    ReadOnlySql.check(parsed);
    return parsed;
  }
}
