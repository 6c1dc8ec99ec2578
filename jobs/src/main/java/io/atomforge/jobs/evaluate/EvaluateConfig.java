package io.atomforge.jobs.evaluate;

import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.model.ComputePrecision;
import io.atomforge.rollout.Sampler;
import io.atomforge.task.Layout;
import io.atomforge.task.ResponseFormat;
import io.atomforge.tokenizer.ChatTemplate;
import java.util.List;

/**
 * See {@code conf/evaluate.yaml}.
 *
 * @param checkpoint a checkpoint_id, a run_id for its latest, or a folder
 * @param klReference a model to measure the KL divergence from, named like the checkpoint, or empty
 * @param problems a file of problems in the place of the sets, or empty
 * @param completions a file of completions of these problems, or empty
 */
public record EvaluateConfig(
    @Operational String warehouse,
    @Operational String files,
    long seed,
    @Operational int partitions,
    Language promptLanguage,
    Style responseStyle,
    SandboxConfig sandbox,
    String runId,
    String checkpoint,
    String klReference,
    String promptTemplate,
    ComputePrecision precision,
    List<ProblemSet> problemSets,
    String problems,
    String format,
    String completions,
    String responseFormat,
    int samples,
    double temperature,
    double topP,
    int topK,
    double minP,
    int maxCompletionLength,
    List<String> stop,
    int rowsPerBatch,
    Sampler sampler)
    implements JobConfig {
  public EvaluateConfig {
    precision = precision.chosen();
    Checks.atLeast(1, "partitions", partitions);
    Checks.atLeast(1, "samples", samples);
    new Sampling(temperature, topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
    Checks.check(
        sampler.beginsPlainly(),
        "sampler",
        sampler,
        "plain, tool_loop or hints; an evaluation gives no beginnings and no noise");
    ChatTemplate.check(promptTemplate);
    Checks.check(
        !runId.isBlank() && !runId.contains("'"),
        "run_id",
        "'" + runId + "'",
        "a name without quotes");
    Checks.check(Layout.knows(format), "format", format, "one of " + Layout.NAMES);
    Checks.check(
        ResponseFormat.knows(responseFormat),
        "response_format",
        responseFormat,
        "auto or one of " + ResponseFormat.NAMES);
    Checks.check(
        completions.isEmpty() || !problems.isEmpty(),
        "completions",
        completions,
        "given together with problems, the file of their tasks");
    Checks.check(
        !problemSets.isEmpty(),
        "problem_sets",
        problemSets,
        "a list of name, family, split, limit");
    List<String> sets = problemSets.stream().map(ProblemSet::name).toList();
    Checks.check(
        sets.stream().distinct().count() == sets.size(),
        "problem_sets",
        sets,
        "sets with different names");
  }

  /** How completions are sampled. */
  public Sampling sampling() {
    return new Sampling(temperature, topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
  }
}
