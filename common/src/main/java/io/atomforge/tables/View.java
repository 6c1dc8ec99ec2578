package io.atomforge.tables;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A usual question about the tables, or the layout of another project, as one SQL text. The text is
 * a resource {@code NAME.sql}: comment lines that say what a row is, then a SELECT over tables,
 * other views and {@link #COMMITS}, by their bare names.
 */
public enum View {
  V_PASS_AT_K,
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
