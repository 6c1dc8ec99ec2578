package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.evaluation.PassAtK;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.random.Seeds;
import io.atomforge.rl.PromptTask;
import io.atomforge.rl.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.spark.SparkRollouts;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.LongStream;
import org.apache.spark.api.java.JavaSparkContext;

/**
 * Greedy and sampled completions of held-out problems under one checkpoint, judged, into {@code
 * evaluations}.
 */
public final class Evaluate {
  /**
   * A set of problems.
   *
   * @param name as in table evaluations
   * @param limit most problems, taken by a hash of their names
   */
  record ProblemSet(String name, String family, String split, int limit) {
    ProblemSet {
      Checks.atLeast(1, "limit", limit);
    }
  }

  /**
   * See {@code conf/evaluate.yaml}.
   *
   * @param checkpoint a checkpoint_id, a run_id for its latest, or a folder
   */
  record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      @Operational int partitions,
      Language promptLanguage,
      SandboxConfig sandbox,
      String runId,
      String checkpoint,
      Precision precision,
      List<ProblemSet> problemSets,
      int samples,
      double temperature,
      double topP,
      int topK,
      double minP,
      int maxCompletionLength,
      List<String> stop,
      int rowsPerBatch)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.atLeast(1, "samples", samples);
      new Sampling(temperature, topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
      Checks.check(!runId.contains("'"), "run_id", runId, "free of quotes");
      Checks.check(
          !problemSets.isEmpty(),
          "problem_sets",
          problemSets,
          "a list of name, family, split, limit");
    }

    Sampling sampling() {
      return new Sampling(temperature, topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
    }
  }

  record Summary(String checkpointId, Map<String, Map<String, Double>> passRates) {}

  static final Job<Config> JOB =
      new Job<>(
              "Evaluate",
              "pass@k of a checkpoint on held-out problems",
              Config.class,
              List.of(PROBLEMS, ATOMS, CHECKPOINTS),
              List.of(EVALUATIONS),
              Evaluate::run)
          .dependsOn(Evaluate::inputs);

  private Evaluate() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    return List.of(
        Input.Rows.of(PROBLEMS),
        Input.Rows.of(ATOMS),
        new Inputs.OfCheckpoint(config.files(), config.checkpoint()));
  }

  static Summary run(Warehouse warehouse, Config config) {
    config.sandbox().open(0); // refuses before anything is read
    FileStore store = FileStore.open(warehouse, config.files());
    Checkpoints.Found found = Checkpoints.find(warehouse, store, config.checkpoint());
    Checkpoint checkpoint = Checkpoints.load(found.folder());
    Tokenizer tokenizer = Checkpoints.tokenizer(checkpoint.tokenizerFiles());
    List<EvaluationRow> rows = new ArrayList<>();
    try (Parameters theta = Checkpoints.weights(checkpoint, checkpoint.layout())) {
      SparkRollouts rollouts =
          new SparkRollouts(
              JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext()),
              checkpoint.config(),
              config.precision(),
              config.sandbox().settings(0),
              tokenizer,
              AtomRow.all(warehouse),
              config.partitions(),
              config.rowsPerBatch());
      int done = 0;
      try (Progress progress =
          Progress.ofSteps("evaluate " + config.runId(), 0, 2L * config.problemSets().size())) {
        for (ProblemSet set : config.problemSets()) {
          List<Problem> problems = problems(warehouse, set, config.seed());
          List<List<Trace>> greedy =
              rollouts.sample(
                  theta,
                  tasks(problems, tokenizer, config, set, 0),
                  config.sampling().greedy(tokenizer.eosId()));
          progress.report(++done, set.name() + " greedy");
          List<List<Trace>> sampled =
              rollouts.sample(
                  theta,
                  tasks(problems, tokenizer, config, set, config.samples()),
                  config.sampling().settings(tokenizer.eosId()));
          progress.report(++done, set.name() + " sampled");
          for (int i = 0; i < problems.size(); i++) {
            rows.add(
                row(
                    config,
                    found.id(),
                    set,
                    problems.get(i),
                    greedy.get(i).get(0),
                    sampled.get(i)));
          }
        }
      }
    }
    warehouse.replace(
        EVALUATIONS,
        "run_id = '" + config.runId() + "'",
        warehouse.dataset(EVALUATIONS, rows).coalesce(1));
    return new Summary(found.id(), passRates(rows));
  }

  private static List<Problem> problems(Warehouse warehouse, ProblemSet set, long seed) {
    List<Problem> problems =
        new ArrayList<>(
            Warehouse.collect(
                PROBLEMS,
                warehouse
                    .read(PROBLEMS)
                    .filter(
                        col("family")
                            .equalTo(set.family())
                            .and(col("split").equalTo(set.split())))));
    if (problems.isEmpty()) {
      throw new ConfigException(
          "problem_sets: "
              + set.name()
              + " is empty: no problem of family "
              + set.family()
              + " and split "
              + set.split());
    }
    problems.sort(Comparator.comparingLong(p -> Seeds.derive(seed, "evaluate", p.problemId())));
    return problems.subList(0, Math.min(set.limit(), problems.size()));
  }

  private static List<PromptTask> tasks(
      List<Problem> problems, Tokenizer tokenizer, Config config, ProblemSet set, int samples) {
    ChatTemplate template = new ChatTemplate(tokenizer);
    List<PromptTask> tasks = new ArrayList<>();
    for (Problem p : problems) {
      long[] seeds =
          LongStream.range(0, samples)
              .map(s -> Seeds.derive(config.seed(), "evaluate", set.name(), p.problemId(), s))
              .toArray();
      Task task = Task.of(p, config.promptLanguage().prompt(p));
      tasks.add(new PromptTask(task, template.promptIds(task.prompt()), seeds));
    }
    return tasks;
  }

  private static EvaluationRow row(
      Config config,
      String checkpointId,
      ProblemSet set,
      Problem problem,
      Trace greedy,
      List<Trace> sampled) {
    Map<String, Long> outcomes = new HashMap<>();
    sampled.forEach(r -> outcomes.merge(r.outcome().name(), 1L, Long::sum));
    int judged = (int) sampled.stream().filter(r -> r.outcome().judgesProgram()).count();
    return new EvaluationRow(
        config.runId(),
        checkpointId,
        set.name(),
        problem.problemId(),
        problem.depth(),
        judged,
        (int) sampled.stream().filter(r -> r.outcome() == Outcome.PASSED).count(),
        greedy.outcome() == Outcome.PASSED,
        greedy.outcome().name(),
        greedy.completion(),
        outcomes,
        sampled.stream().mapToInt(r -> r.tokens().length).average().orElse(0));
  }

  /** Per problem set: greedy pass rate and pass@1, 5 and 10 where enough samples were drawn. */
  private static Map<String, Map<String, Double>> passRates(List<EvaluationRow> rows) {
    Map<String, Map<String, Double>> rates = new LinkedHashMap<>();
    for (String set : rows.stream().map(EvaluationRow::problemSet).distinct().toList()) {
      List<EvaluationRow> of = rows.stream().filter(r -> r.problemSet().equals(set)).toList();
      Map<String, Double> rate = new LinkedHashMap<>();
      rate.put("greedy", of.stream().mapToInt(r -> r.greedyPassed() ? 1 : 0).average().orElse(0));
      for (int k : new int[] {1, 5, 10}) {
        if (of.stream().allMatch(r -> r.n() >= k)) {
          rate.put(
              "pass@" + k,
              of.stream().mapToDouble(r -> PassAtK.estimate(r.n(), r.c(), k)).average().orElse(0));
        }
      }
      rates.put(set, rate);
    }
    return rates;
  }
}
