package io.atomforge.jobs.evaluate;

import io.atomforge.config.ConfigException;
import io.atomforge.evaluation.Choice;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.judge.TaskFiles;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.model.LogProbs;
import io.atomforge.model.Parameters;
import io.atomforge.random.Seeds;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.sql.SparkSession;

/**
 * A greedy completion and some sampled ones of each task under one checkpoint, judged.
 *
 * @param references says how likely the checkpoint finds the reference answers
 * @param divergence says how far the checkpoint is from another model, if that is asked
 * @param samples completions sampled of each task
 */
public record SampledCompletions(
    RolloutSource rollouts,
    ReferenceLikelihood references,
    Optional<SampleDivergence> divergence,
    Parameters theta,
    Tokenizer tokenizer,
    Sampling sampling,
    int samples,
    long seed,
    String runId,
    String checkpointId) {
  /** Texts that end the continuation of a function (Chen et al. 2021, section 2.1). */
  private static final List<String> AFTER_FUNCTION =
      List.of("\nclass", "\ndef", "\n#", "\nif", "\nprint");

  /**
   * The tasks of a file.
   *
   * @param layout how they are written, or auto
   * @param format name of a response format; auto is fenced_block
   */
  public List<EvaluationRow> rows(
      SparkSession spark, String problems, String layout, String format) {
    ResponseFormat form = ResponseFormat.named(format.equals("auto") ? "fenced_block" : format);
    String set = TaskFiles.baseName(problems);
    List<EvaluationRow> rows = new ArrayList<>();
    try (TaskFiles files = new TaskFiles(spark, "problems", problems, layout);
        Progress progress = Progress.ofSteps("evaluate " + runId, 0, Progress.UNKNOWN)) {
      files
          .chunks()
          .forEachRemaining(
              chunk ->
                  rows.addAll(
                      rows(
                          set,
                          chunk.stream().map(t -> new Asked(t.task(form), 0, "")).toList(),
                          part -> progress.report(rows.size(), part))));
    }
    if (rows.isEmpty()) {
      throw new ConfigException("problems: " + problems + " has no row");
    }
    return rows;
  }

  /**
   * @param set name of the set
   * @param tasks in one format
   * @param done is told of each of the two parts
   */
  public List<EvaluationRow> rows(String set, List<Asked> tasks, Consumer<String> done) {
    Sampling used = continues(tasks.get(0).task()) ? ending() : sampling;
    List<List<Trace>> greedy =
        rollouts.sample(theta, prompts(tasks, set, 0), used.greedy(tokenizer.eosId()));
    done.accept(set + " greedy");
    List<List<Trace>> sampled =
        rollouts.sample(theta, prompts(tasks, set, samples), used.settings(tokenizer.eosId()));
    done.accept(set + " sampled");
    double[] nll = references.of(theta, tasks);
    double[] kl =
        divergence
            .map(from -> from.of(sampled, used.temperature()))
            .orElse(new double[tasks.size()]);
    List<EvaluationRow> rows = new ArrayList<>();
    for (int i = 0; i < tasks.size(); i++) {
      rows.add(row(set, tasks.get(i), greedy.get(i).get(0), sampled.get(i), nll[i], kl[i]));
    }
    return rows;
  }

  private static boolean continues(Task task) {
    return task.format() instanceof ResponseFormat.Continuation;
  }

  /** With texts that end a function, unless the user has named some. */
  private Sampling ending() {
    return sampling.stop().isEmpty() ? sampling.withStop(AFTER_FUNCTION) : sampling;
  }

  private List<PromptTask> prompts(List<Asked> tasks, String set, int count) {
    ChatTemplate template = new ChatTemplate(tokenizer);
    List<PromptTask> prompts = new ArrayList<>();
    for (Asked asked : tasks) {
      Task task = asked.task();
      long[] seeds =
          LongStream.range(0, count)
              .map(s -> Seeds.derive(seed, "evaluate", set, task.taskId(), s))
              .toArray();
      int[] ids =
          continues(task) ? tokenizer.encode(task.prompt()) : template.promptIds(task.prompt());
      prompts.add(new PromptTask(task, ids, seeds));
    }
    return prompts;
  }

  private EvaluationRow row(
      String set, Asked asked, Trace greedy, List<Trace> sampled, double referenceNll, double kl) {
    Map<String, Long> outcomes = new HashMap<>();
    sampled.forEach(r -> outcomes.merge(r.outcome().name(), 1L, Long::sum));
    List<Trace> judged = sampled.stream().filter(r -> r.outcome().judgesProgram()).toList();
    List<String> results = judged.stream().map(r -> r.judged().results()).toList();
    int voted = Choice.byVote(results);
    int likeliest =
        Choice.byScore(
            judged.stream()
                .map(r -> -LogProbs.meanSurprisal(Stream.of(r.writtenLogProbs())))
                .toList());
    return new EvaluationRow(
        runId,
        checkpointId,
        set,
        asked.task().taskId(),
        asked.depth(),
        judged.size(),
        (int) judged.stream().filter(r -> r.outcome() == Outcome.PASSED).count(),
        greedy.outcome() == Outcome.PASSED,
        greedy.outcome().name(),
        greedy.completion(),
        outcomes,
        sampled.stream().mapToInt(r -> r.tokens().length).average().orElse(0),
        voted < 0 ? 0 : Collections.frequency(results, results.get(voted)),
        voted >= 0 && judged.get(voted).outcome() == Outcome.PASSED,
        likeliest >= 0 && judged.get(likeliest).outcome() == Outcome.PASSED,
        sampled.isEmpty()
            ? 0
            : LogProbs.meanSurprisal(sampled.stream().map(Trace::writtenLogProbs)),
        referenceNll,
        kl);
  }
}
