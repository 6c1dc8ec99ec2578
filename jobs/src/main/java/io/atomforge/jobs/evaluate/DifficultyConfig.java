package io.atomforge.jobs.evaluate;

import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Pairing;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.data.PromptSource;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.model.ComputePrecision;
import io.atomforge.rollout.DifficultySearch;
import io.atomforge.rollout.PromptTask;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * See {@code conf/rate-difficulty.yaml}. The keys of prompts are those of {@code TrainRl}.
 *
 * @param checkpoint a checkpoint_id, a run_id for its latest, or a folder
 * @param exploration see {@link DifficultySearch.Settings}, as are the next two
 */
public record DifficultyConfig(
    @Operational String warehouse,
    @Operational String files,
    long seed,
    @Operational int partitions,
    Language promptLanguage,
    SandboxConfig sandbox,
    String runId,
    String checkpoint,
    String promptTemplate,
    ComputePrecision precision,
    String dataset,
    List<String> promptFamilies,
    String responseFormat,
    PromptSource prompts,
    int maxIterations,
    int children,
    double exploration,
    double temperature,
    double topP,
    int maxCompletionLength,
    int rowsPerBatch)
    implements JobConfig {
  public DifficultyConfig {
    precision = precision.chosen();
    Checks.runId("run_id", runId);
    Checks.atLeast(1, "partitions", partitions);
    DataSets.checkName("dataset", dataset);
    Checks.check(
        promptFamilies.stream().map(Pairing::named).allMatch(Pairing::asksForCode),
        "prompt_families",
        promptFamilies,
        "families that ask for a program; translations have no tests");
    Checks.check(
        ResponseFormat.knows(responseFormat),
        "response_format",
        responseFormat,
        "auto or one of " + ResponseFormat.NAMES);
    ChatTemplate.check(promptTemplate);
    Checks.atLeast(1, "max_iterations", maxIterations);
    Checks.atLeast(1, "children", children);
    Checks.check(
        exploration >= 0 && Double.isFinite(exploration), "exploration", exploration, "0 or more");
    new Sampling(temperature, topP, 0, 0, maxCompletionLength, List.of(), rowsPerBatch);
  }

  /** How lines and completions are sampled. */
  public Sampling sampling() {
    return new Sampling(temperature, topP, 0, 0, maxCompletionLength, List.of(), rowsPerBatch);
  }

  public DifficultySearch search() {
    return new DifficultySearch(
        new DifficultySearch.Settings(exploration, children, maxIterations), seed);
  }

  /**
   * The prompts by the names of their problems, in the order of the names.
   *
   * @throws io.atomforge.config.ConfigException if there is none
   */
  public Map<String, PromptTask> tasks(Warehouse warehouse, Tokenizer tokenizer) {
    ChatTemplate template = new ChatTemplate(tokenizer);
    Map<String, PromptTask> tasks = new TreeMap<>();
    PromptSource.Setting setting = new PromptSource.Setting(dataset, promptFamilies, seed);
    for (Problem problem : prompts.read(warehouse, setting).values()) {
      Task task = Task.of(problem, promptLanguage.prompt(problem), responseFormat);
      int[] ids = template.promptIds(task.prompt());
      tasks.put(problem.problemId(), new PromptTask(task, ids, new long[0]));
    }
    return tasks;
  }
}
