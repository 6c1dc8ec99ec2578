package io.atomforge.tables;

import io.atomforge.config.ConfigException;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Locale;
import java.util.Set;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.catalyst.analysis.UnresolvedFunction;
import org.apache.spark.sql.catalyst.analysis.UnresolvedRelation;
import org.apache.spark.sql.catalyst.analysis.UnresolvedTableValuedFunction;
import org.apache.spark.sql.catalyst.expressions.CallMethodViaReflection;
import org.apache.spark.sql.catalyst.parser.ParseException;
import org.apache.spark.sql.catalyst.plans.logical.Command;
import org.apache.spark.sql.catalyst.plans.logical.LogicalPlan;
import org.apache.spark.sql.catalyst.plans.logical.ParsedStatement;
import org.apache.spark.sql.catalyst.plans.logical.ScriptTransformation;
import org.apache.spark.sql.execution.CommandExecutionMode;
import scala.Product;

/**
 * One statement that reads tables and views by their names and does nothing else: it changes
 * nothing, runs no method of the JVM and no program, and opens no file that is no table.
 */
public final class ReadOnlySql {
  /** Run any static method of the JVM. */
  private static final Set<String> METHODS = Set.of("reflect", "java_method", "try_reflect");

  private static final Set<String> BY_PATH = Set.of("table_changes_by_path");
  private static final String FILES = "spark.sql.runSQLOnFiles";

  private final SparkSession spark;
  private final String text;
  private final LogicalPlan parsed;

  /**
   * @throws ConfigException if the text does more than read
   * @throws ParseException if it is no SQL
   */
  public ReadOnlySql(SparkSession spark, String text) throws ParseException {
    this.spark = spark;
    this.text = text;
    this.parsed = spark.sessionState().sqlParser().parsePlan(text);
    check(parsed);
  }

  /** Whether it asks about tables instead of reading them. */
  public boolean describes() {
    return isDescription(parsed) && !name(parsed).startsWith("Explain");
  }

  /**
   * @throws ConfigException if a view that it names does more than read
   */
  public Dataset<Row> open() {
    String before = spark.conf().get(FILES);
    spark.conf().set(FILES, "false");
    try {
      if (!isDescription(parsed)) {
        // What is a command only to the analyzer would run as soon as Spark is given the text.
        check(spark.sessionState().executePlan(parsed, CommandExecutionMode.SKIP()).analyzed());
      }
      return spark.sql(text);
    } finally {
      spark.conf().set(FILES, before);
    }
  }

  /**
   * @throws ConfigException if a statement does more than read
   */
  public static void check(LogicalPlan plan) {
    check(plan, Collections.newSetFromMap(new IdentityHashMap<>()));
  }

  /** Goes through all parts of a plan, whatever holds them: subqueries, WITH, EXPLAIN. */
  private static Object check(Object part, Set<Object> seen) {
    boolean node = part instanceof LogicalPlan || part instanceof Product;
    if (node && !seen.add(part)) {
      return part;
    }
    refuse(part);
    if (part instanceof LogicalPlan plan) {
      plan.children().foreach(child -> check(child, seen));
      plan.expressions().foreach(expression -> check(expression, seen));
    }
    if (part instanceof Product product) {
      product.productIterator().foreach(inside -> check(inside, seen));
    } else if (part instanceof scala.collection.Iterable<?> items) {
      items.foreach(item -> check(item, seen));
    }
    return part;
  }

  private static void refuse(Object part) {
    boolean acts =
        part instanceof Command
            || part instanceof ParsedStatement
            || part instanceof LogicalPlan
                && name(part).matches("Call|.*(Command|Statement|Immediate|ImmediateQuery)");
    if (acts && !isDescription(part)) {
      throw refused("give a SELECT, WITH, VALUES, SHOW, DESCRIBE or EXPLAIN");
    }
    if (part instanceof ScriptTransformation) {
      throw refused("TRANSFORM runs a program");
    }
    if (part instanceof CallMethodViaReflection) {
      throw refused("a view calls a method of the JVM");
    }
    if (part instanceof UnresolvedFunction call && METHODS.contains(last(call.nameParts()))) {
      throw refused(last(call.nameParts()) + " calls methods of the JVM");
    }
    if (part instanceof UnresolvedTableValuedFunction call && BY_PATH.contains(last(call.name()))) {
      throw refused(last(call.name()) + " reads a folder; table_changes takes a table's name");
    }
    if (part instanceof UnresolvedRelation relation
        && last(relation.multipartIdentifier()).matches(".*[/\\\\:].*")) {
      throw refused(
          "tables are read by their names, and "
              + last(relation.multipartIdentifier())
              + " is a file or folder");
    }
  }

  private static ConfigException refused(String why) {
    return new ConfigException("sql: queries are read-only: " + why);
  }

  private static boolean isDescription(Object plan) {
    return name(plan).matches("(Show|Describe|Explain).*");
  }

  private static String name(Object plan) {
    return plan.getClass().getSimpleName();
  }

  private static String last(scala.collection.immutable.Seq<String> name) {
    return name.last().toLowerCase(Locale.ROOT);
  }

  /** Whether the name of a table or view stands in the text. */
  public boolean names(String relation) {
    return text.toLowerCase(Locale.ROOT).contains(relation);
  }
}
