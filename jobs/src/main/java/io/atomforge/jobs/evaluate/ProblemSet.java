package io.atomforge.jobs.evaluate;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.random.Seeds;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Task;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A set of problems of the table.
 *
 * @param name as in table evaluations
 * @param limit most problems, taken by a hash of their names
 */
public record ProblemSet(String name, String family, String split, int limit) {
  public ProblemSet {
    Checks.atLeast(1, "limit", limit);
  }

  /**
   * @param format name of a {@link io.atomforge.task.ResponseFormat}, or auto
   * @param style of the references
   * @throws ConfigException if there is none
   */
  public List<Asked> tasks(
      Warehouse warehouse, long seed, Language language, String format, Style style) {
    List<Problem> problems =
        new ArrayList<>(
            Rows.collect(
                PROBLEMS,
                warehouse
                    .read(PROBLEMS)
                    .filter(col("family").equalTo(family).and(col("split").equalTo(split)))));
    if (problems.isEmpty()) {
      throw new ConfigException(
          "problem_sets: "
              + name
              + " is empty: no problem of family "
              + family
              + " and split "
              + split);
    }
    problems.sort(Comparator.comparingLong(p -> Seeds.derive(seed, "evaluate", p.problemId())));
    return problems.subList(0, Math.min(limit, problems.size())).stream()
        .map(
            p ->
                new Asked(
                    Task.of(p, language.prompt(p), format),
                    p.depth(),
                    p.depth() > 0 ? style.completion(p) : ""))
        .toList();
  }
}
