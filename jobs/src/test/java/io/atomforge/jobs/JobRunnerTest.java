package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.jobs.cli.JobRunner;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JobRunnerTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "optimizer.learning_rat=1 | command line: optimizer.learning_rat: unknown key; did you mean learning_rate?",
        "lerning_rate=1 | lerning_rate: unknown key; the nearest of",
        "learning_rate=1 | learning_rate: unknown key; did you mean optimizer.learning_rate?",
        "trainBatchSize=1 | trainBatchSize: unknown key; did you mean train_batch_size?",
        "batch_size=1 | batch_size: unknown key; did you mean train_batch_size?",
        "steps=1 | steps: unknown key; did you mean",
        "train_batch_size=-3 | train_batch_size must be 1 or more, got -3",
        "train_batch_size=many | train_batch_size",
        "precision=FP8 | precision",
        "run_id= | run_id must be made of letters, digits, _ . and -",
        "run_id=../x | run_id must be made of letters, digits, _ . and -",
        "--colour | unknown option --colour",
        "-f | unknown option -f; Sql -f FILE runs the statements of a file",
        "seeed=x | command line: seeed: unknown key; did you mean seed?",
        "seed=99999999999999999999 | command line: seed: 99999999999999999999 is too large a number",
        "--dryrun | unknown option --dryrun; did you mean --dry-run?",
        "--max-steps=5 | the setting is written max_steps=VALUE",
        "steps | settings are key=value",
        "seed=[1 | not valid YAML"
      })
  void theUsersMistakeIsOneLineAndStatusTwo(String word, String message) {
    Run run = Run.of(TrainSft.JOB, word);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.out()).isEmpty();
    assertThat(run.err().lines())
        .singleElement()
        .asString()
        .startsWith("TrainSft: ")
        .contains(message);
  }

  @Test
  void aMissingConfigFileIsNamed() {
    Run run = Run.of(TrainSft.JOB, "--config", "no/such.yaml");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.err()).contains("no/such.yaml: no such file");
  }

  @Test
  void aDryRunFindsWhatIsMissing() {
    Run run =
        Run.of(
            TrainSft.JOB, "--dry-run", "warehouse=" + ToyTables.FOLDER, "model_name_or_path=stf");
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.said(TrainSft.JOB))
        .singleElement()
        .asString()
        .contains(
            "model_name_or_path: no checkpoint, run or folder named 'stf'; did you mean sft?");
    Run file =
        Run.of(
            JudgeSolutions.JOB,
            "--dry-run",
            "warehouse=" + ToyTables.FOLDER,
            "solutions=/no/such.jsonl",
            "verdicts=/no/out.jsonl");
    assertThat(file.said(JudgeSolutions.JOB)).singleElement().asString().contains("/no/such.jsonl");
    Run stage = Run.of(Pipeline.JOB, "--dry-run", "train_sft.max_stps=3");
    assertThat(stage.said(Pipeline.JOB)).singleElement().asString().contains("max_steps");
  }

  @Test
  void theOutcomeIsAFileWhereOneIsAskedFor(@TempDir Path folder) throws Exception {
    Path file = folder.resolve("of a night/outcome.json");
    Run mistaken = Run.of(TrainSft.JOB, "seeed=1", "summary=" + file);
    assertThat(mistaken.status()).isEqualTo(2);
    JsonNode outcome = JobRunner.JSON.readTree(file.toFile());
    assertThat(outcome.path("status").asInt()).isEqualTo(2);
    assertThat(outcome.path("reason").asText()).isEqualTo(mistaken.err().strip());
    assertThat(outcome.get("summary").isNull()).isTrue();

    String[] words = {"warehouse=" + ToyTables.FOLDER, "sql=SELECT 1 AS one", "summary=" + file};
    assertThat(Run.of(Query.JOB, words).status()).isZero();
    outcome = JobRunner.JSON.readTree(file.toFile());
    assertThat(outcome.path("job").asText()).isEqualTo("Query");
    assertThat(outcome.path("status").asInt(-1)).isZero();
    assertThat(outcome.path("reason").asText("?")).isEmpty();
    assertThat(outcome.at("/summary/rows").asInt()).isOne();
    try (var files = Files.list(file.getParent())) {
      assertThat(files).containsExactly(file);
    }
  }

  @Test
  void anOutcomeThatCannotBeWrittenIsAMistake(@TempDir Path folder) {
    Run run = Run.of(TrainSft.JOB, "summary=" + folder);
    assertThat(run.status()).isEqualTo(2);
    assertThat(run.said(TrainSft.JOB))
        .singleElement()
        .asString()
        .endsWith("summary: cannot write to " + folder + ": it is a folder; name a file");
    assertThat(Run.of(TrainSft.JOB, "summary=nowhere://x/y").said(TrainSft.JOB))
        .singleElement()
        .asString()
        .contains("summary: cannot write to nowhere://x/y: ");
  }

  /** The pipeline ends with questions about tables, of which other stages may make fewer. */
  @Test
  void aPipelineOfOwnStagesEndsWithoutTheTablesOfOthers(@TempDir Path folder) {
    Run run = Run.of(Pipeline.JOB, "stages=[{job: LoadAtoms}]", "warehouse=" + folder);
    assertThat(run.err()).doesNotContain("does not exist");
    assertThat(run.status()).isZero();
    assertThat(run.out()).doesNotContain("> SELECT");
  }
}
