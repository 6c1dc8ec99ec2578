package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.min;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Example;
import io.atomforge.dataset.Pair;
import io.atomforge.dataset.Pairing;
import io.atomforge.sandbox.Outcome;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/**
 * Reads from the tables what the pairs of a share are made of.
 *
 * @param tokenizer of the runs whose completions are read
 * @param split of the problems
 * @param topics of which all atoms of a problem must be; empty for all
 * @param failedIn a run of Evaluate, whose greedy completions of the problems failed; empty for all
 *     problems
 */
record Examples(
    Warehouse warehouse, Tokenizer tokenizer, String split, List<String> topics, String failedIn) {
  /** As {@code Trace} has it of a token that a sampler inserted. */
  private static final char INSERTED = 't';

  /**
   * @return in the order of their ids
   * @throws ConfigException if there is no such evaluation, or a run had another tokenizer
   */
  List<Example> of(Pairing.Rows rows) {
    Dataset<Row> problems = warehouse.read(PROBLEMS).filter(col("split").equalTo(split));
    if (!topics.isEmpty()) {
      problems = problems.filter(Topics.only(warehouse, topics));
    }
    if (!failedIn.isEmpty()) {
      problems = problems.join(failed(), new String[] {"problem_id"}, "left_semi");
    }
    List<String> functions = functions();
    if (!rows.runId().isEmpty()) {
      return written(rows, problems, functions);
    }
    return Rows.collect(PROBLEMS, problems.filter(rows.condition())).stream()
        .sorted(Comparator.comparing(Problem::problemId))
        .map(p -> new Example(p.problemId(), p, "", List.of(), functions))
        .toList();
  }

  /** Problems whose greedy completion was judged and failed. */
  private Dataset<Row> failed() {
    Dataset<Row> greedy =
        warehouse
            .read(EVALUATIONS)
            .filter(col("run_id").equalTo(failedIn))
            .filter("greedy_outcome != ''");
    if (greedy.isEmpty()) {
      throw new ConfigException(
          "mixture: failed_in: table evaluations has no greedy completions of run "
              + failedIn
              + "; run Evaluate run_id="
              + failedIn
              + " with training problems");
    }
    Object[] judging =
        Stream.of(Outcome.values()).filter(Outcome::judgesProgram).map(Outcome::name).toArray();
    return greedy
        .filter("NOT greedy_passed")
        .filter(col("greedy_outcome").isin(judging))
        .select("problem_id");
  }

  /** The names of the atoms that there are problems of, sorted. */
  private List<String> functions() {
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
  private List<Example> written(Pairing.Rows rows, Dataset<Row> problems, List<String> functions) {
    // Of equal texts the first counts; its tokens are of interest where a sampler inserted some.
    Dataset<Row> texts =
        SqlScope.rows(warehouse, View.COMMITTED_ROLLOUTS)
            .filter(col("run_id").equalTo(rows.runId()))
            .filter(rows.condition())
            .join(problems.select("problem_id"), "problem_id")
            .selectExpr(
                "problem_id",
                "prompt",
                "completion",
                "struct(step, group_id, sample, IF(roles LIKE '%t%', tokens, array()) AS tokens,"
                    + " coalesce(roles, '') AS roles) AS by")
            .groupBy("problem_id", "prompt", "completion")
            .agg(min("by").as("by"))
            .select("problem_id", "prompt", "completion", "by.tokens", "by.roles");
    Map<String, Problem> byId =
        Rows.collect(PROBLEMS, problems.join(texts, new String[] {"problem_id"}, "left_semi"))
            .stream()
            .collect(Collectors.toMap(Problem::problemId, Function.identity()));
    Map<String, Integer> ofProblem = new HashMap<>();
    List<Example> examples = new ArrayList<>();
    for (Row row : texts.orderBy("problem_id", "completion", "prompt").collectAsList()) {
      String problem = row.getString(0);
      int place = ofProblem.merge(problem, 1, Integer::sum);
      examples.add(
          new Example(
              "rollouts:" + rows.runId() + "/" + problem + "/" + place,
              Objects.requireNonNull(byId.get(problem), problem),
              row.getString(1),
              pieces(rows.runId(), row.getString(2), row.getList(3), row.getString(4)),
              functions));
    }
    return examples;
  }

  /**
   * @param completion the text of the tokens up to a stop text
   * @param tokens of no interest where no sampler inserted some
   * @param roles one letter per token
   */
  private List<Pair.Piece> pieces(
      String run, String completion, List<Integer> tokens, String roles) {
    if (roles.indexOf(INSERTED) < 0) {
      return List.of(new Pair.Piece(completion, true));
    }
    List<Pair.Piece> pieces = new ArrayList<>();
    int begin = 0; // in the text
    for (int from = 0, to; from < roles.length(); from = to) {
      boolean inserted = roles.charAt(from) == INSERTED;
      for (to = from + 1; to < roles.length(); to++) {
        if ((roles.charAt(to) == INSERTED) != inserted) {
          break;
        }
      }
      int[] ids = tokens.subList(from, to).stream().mapToInt(id -> id).toArray();
      String text = tokenizer.decode(ids);
      int read = Math.min(text.length(), completion.length() - begin); // up to a stop text
      pieces.add(new Pair.Piece(text.substring(0, read), !inserted));
      begin += read;
    }
    if (!new Pair("", pieces).completion().equals(completion)) {
      throw new ConfigException(
          "mixture: run "
              + run
              + " wrote with another tokenizer than the stored one; run TrainTokenizer with the"
              + " model_name_or_path of that run first");
    }
    return pieces;
  }
}
