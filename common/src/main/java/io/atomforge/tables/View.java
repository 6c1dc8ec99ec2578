package io.atomforge.tables;

import static org.apache.spark.sql.functions.col;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.types.MetadataBuilder;

/**
 * A usual question about the tables, or the layout of another project, as one SQL text. The text is
 * a resource {@code NAME.sql}: comment lines that say what a row is, lines {@code --: COLUMN
 * meaning} of the columns that no table has, then a SELECT over tables, other views and {@link
 * #COMMITS}, by their bare names.
 */
public enum View {
  V_PASS_AT_K,
  V_SCORES,
  V_CHANGES,
  V_LEARNING_CURVES,
  V_CHAIN_STEPS,
  V_VERDICT_MIX,
  V_REWARD_HACKING,
  V_REJECTIONS,
  V_LINEAGE,
  V_LEAKS,
  COMMITTED_ROLLOUTS,
  COMMITTED_STEP_METRICS,
  V_MESSAGES,
  V_TRL,
  V_VERL,
  V_PYTHON_TESTS,
  V_HUMANEVAL,
  V_KODCODE;

  /**
   * A relation that the Delta log gives and no table holds: table_name, version, job, git_commit,
   * seed, run_id, reads (table to version) and config (JSON) of every commit.
   */
  public static final String COMMITS = "commits";

  /** What the columns of {@link #COMMITS} mean. */
  static final Map<String, String> COMMIT_COMMENTS =
      Map.of(
          "table_name", "table that the commit wrote",
          "version", "version of the table that the commit made",
          "job", "job that wrote it",
          "git_commit", "of the program that wrote it",
          "seed", "seed of the job; NULL if it has none",
          "run_id", "run_id of the job; NULL if it has none",
          "reads", "table to version that the job read",
          "config", "all settings of the job, JSON");

  private final String text = resource(sqlName() + ".sql");

  /** The name in SQL: {@code v_pass_at_k}. */
  public String sqlName() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  /** What a row is. */
  public String comment() {
    return text.lines()
        .filter(l -> l.startsWith("-- "))
        .map(l -> l.substring(3))
        .collect(Collectors.joining(" "));
  }

  /**
   * What its own columns mean, by name; a column of a table keeps the comment that it has there.
   */
  public Map<String, String> comments() {
    Map<String, String> comments = new LinkedHashMap<>();
    text.lines()
        .filter(line -> line.startsWith("--: "))
        .map(line -> line.substring(4).split(" ", 2))
        .forEach(words -> comments.put(words[0], words[1]));
    return comments;
  }

  /** Rows of the view, whose columns carry the comments. */
  Dataset<Row> commented(Dataset<Row> rows) {
    return commented(rows, comments());
  }

  /** The same rows, whose columns carry the comments. */
  static Dataset<Row> commented(Dataset<Row> rows, Map<String, String> comments) {
    return rows.select(
        Stream.of(rows.columns())
            .map(
                name ->
                    comments.containsKey(name)
                        ? col(name)
                            .as(
                                name,
                                new MetadataBuilder()
                                    .putString("comment", comments.get(name))
                                    .build())
                        : col(name))
            .toArray(Column[]::new));
  }

  /** The tables that it reads, those of its own views included. */
  public List<Table<?>> tables() {
    return Stream.concat(
            Tables.ALL.stream().filter(t -> reads(t.name())),
            views().stream().flatMap(v -> v.tables().stream()))
        .distinct()
        .toList();
  }

  /** Whether it reads {@link #COMMITS}. */
  public boolean readsCommits() {
    return reads(COMMITS);
  }

  /**
   * The statement with each table replaced, so that one text serves paths, catalogs, versions and
   * parts of a table.
   *
   * @param relation the SELECT that stands for a table
   */
  public String sql(Function<Table<?>, String> relation) {
    Stream<String> tables =
        tables().stream().map(t -> t.name() + " AS (" + relation.apply(t) + ")");
    Stream<String> views = views().stream().map(v -> v.sqlName() + " AS (" + v.select() + ")");
    return Stream.concat(tables, views).collect(Collectors.joining(",\n", "WITH ", "\n"))
        + select();
  }

  private String select() {
    return text.lines().filter(l -> !l.startsWith("--")).collect(Collectors.joining("\n"));
  }

  private List<View> views() {
    return Stream.of(values()).filter(v -> v != this && reads(v.sqlName())).toList();
  }

  private boolean reads(String relation) {
    return Pattern.compile("\\b(FROM|JOIN) " + relation + "\\b").matcher(text).find();
  }

  private static String resource(String name) {
    try (InputStream in = View.class.getResourceAsStream(name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
