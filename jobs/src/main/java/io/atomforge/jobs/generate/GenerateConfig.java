package io.atomforge.jobs.generate;

import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.run.Sampling;
import io.atomforge.model.ComputePrecision;
import io.atomforge.task.ResponseFormat;
import io.atomforge.tokenizer.ChatTemplate;
import java.util.List;

/**
 * See {@code conf/generate.yaml}.
 *
 * @param prompts a file, the name of a table or view, or a SELECT
 * @param keyColumn column that seeds the completions of a row; empty for the prompt
 * @param responseFormat name of a {@link ResponseFormat} by which {@code code} is taken out of a
 *     completion; empty for none
 * @param output a {@code .jsonl} or {@code .parquet} file, or {@code delta:FOLDER}
 */
public record GenerateConfig(
    @Operational String warehouse,
    @Operational String files,
    long seed,
    @Operational int partitions,
    String prompts,
    String promptColumn,
    String keyColumn,
    String completionColumn,
    String promptTemplate,
    String responseFormat,
    String checkpoint,
    ComputePrecision precision,
    String output,
    int numGenerations,
    double temperature,
    double topP,
    int topK,
    double minP,
    int maxCompletionLength,
    List<String> stop,
    @Operational int rowsPerBatch)
    implements JobConfig {
  public static final String DELTA = "delta:";

  public GenerateConfig {
    precision = precision.chosen();
    Checks.atLeast(1, "partitions", partitions);
    ChatTemplate.check(promptTemplate);
    Checks.check(!promptColumn.isEmpty(), "prompt_column", promptColumn, "the name of a column");
    Checks.check(
        !completionColumn.isEmpty(), "completion_column", completionColumn, "the name of a column");
    Checks.check(
        responseFormat.isEmpty() || ResponseFormat.NAMES.contains(responseFormat),
        "response_format",
        responseFormat,
        "empty or one of " + ResponseFormat.NAMES);
    Checks.check(
        output.isEmpty()
            || output.endsWith(".jsonl")
            || output.endsWith(".parquet")
            || output.startsWith(DELTA) && output.length() > DELTA.length(),
        "output",
        output,
        "a .jsonl or .parquet file, or delta:FOLDER");
    Checks.atLeast(1, "num_generations", numGenerations);
    Checks.check(temperature >= 0, "temperature", temperature, "0 or more");
    Sampling.check(topP, topK, minP, maxCompletionLength, stop, rowsPerBatch);
  }

  /** Whether the prompts come of tables and not of files. */
  public boolean asksTables() {
    return prompts.matches("(?s)\\w+|\\s*(?i:SELECT|WITH)\\s.*");
  }

  /** The statement that gives the prompts. */
  public String sql() {
    return prompts.matches("\\w+") ? "SELECT * FROM " + prompts : prompts;
  }

  @Override
  public boolean writes() {
    return false;
  }
}
