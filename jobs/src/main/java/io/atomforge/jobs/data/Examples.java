package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.dataset.Example;
import io.atomforge.dataset.Pairing;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Reads from the tables what the pairs of a share are made of. */
final class Examples {
  private Examples() {}

  /**
   * @param split of the problems
   * @param topics of their atoms; empty for all
   * @return in the order of their ids
   */
  static List<Example> read(
      Warehouse warehouse, Pairing.Rows rows, String split, List<String> topics) {
    Dataset<Row> problems = warehouse.read(PROBLEMS).filter(col("split").equalTo(split));
    if (!topics.isEmpty()) {
      problems = problems.filter(Topics.only(warehouse, topics));
    }
    List<String> functions = functions(warehouse);
    if (!rows.runId().isEmpty()) {
      return written(warehouse, rows, problems, functions);
    }
    return Rows.collect(PROBLEMS, problems.filter(rows.condition())).stream()
        .sorted(Comparator.comparing(Problem::problemId))
        .map(p -> new Example(p.problemId(), p, "", "", functions))
        .toList();
  }

  /** The names of the atoms that there are problems of, sorted. */
  private static List<String> functions(Warehouse warehouse) {
    return warehouse
        .read(PROBLEMS)
        .filter("family = 'atom'")
        .selectExpr("atom_ids[0]")
        .distinct()
        .as(Encoders.STRING())
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  /** Rollouts of steps that a checkpoint has made final; each different text of a problem once. */
  private static List<Example> written(
      Warehouse warehouse, Pairing.Rows rows, Dataset<Row> problems, List<String> functions) {
    Dataset<Row> texts =
        SqlScope.rows(warehouse, View.COMMITTED_ROLLOUTS)
            .filter(col("run_id").equalTo(rows.runId()))
            .filter(rows.condition())
            .join(problems.select("problem_id"), "problem_id")
            .select("problem_id", "prompt", "completion")
            .distinct();
    Map<String, Problem> byId =
        Rows.collect(PROBLEMS, problems.join(texts, new String[] {"problem_id"}, "left_semi"))
            .stream()
            .collect(Collectors.toMap(Problem::problemId, Function.identity()));
    Map<String, Integer> ofProblem = new HashMap<>();
    List<Example> examples = new ArrayList<>();
    for (Row row : texts.orderBy("problem_id", "completion").collectAsList()) {
      String problem = row.getString(0);
      int place = ofProblem.merge(problem, 1, Integer::sum);
      examples.add(
          new Example(
              "rollouts:" + rows.runId() + "/" + problem + "/" + place,
              Objects.requireNonNull(byId.get(problem), problem),
              row.getString(1),
              row.getString(2),
              functions));
    }
    return examples;
  }
}
