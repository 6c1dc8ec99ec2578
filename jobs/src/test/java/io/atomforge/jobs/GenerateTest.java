package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GenerateTest {
  private static final Path TOKENIZER =
      Path.of("../common/src/test/resources/golden/tokenizer/tokenizer.json");

  @TempDir private static Path shared;
  @TempDir private Path folder;
  private static Path model;
  private Path prompts;

  @BeforeAll
  static void saveModel() throws IOException {
    String tokenizer = Files.readString(TOKENIZER);
    ModelConfig shape =
        ModelConfig.of(16, 1, 2, 1, 32, Tokenizer.of(tokenizer).vocabularySize(), 64);
    model = shared.resolve("model");
    try (Parameters theta = Parameters.initial(new ParameterLayout(shape), 3, Device.cpu())) {
      Checkpoint.of(
              model, shape, Map.of("tokenizer.json", tokenizer.getBytes(StandardCharsets.UTF_8)))
          .save(theta, Precision.FP32);
    }
  }

  @BeforeEach
  void writePrompts() throws IOException {
    prompts = folder.resolve("my prompts.jsonl");
    Files.write(
        prompts,
        IntStream.range(0, 5)
            .mapToObj(i -> "{\"prompt\":\"ab c" + i + "\",\"n\":" + i + ",\"answer\":\"x\"}")
            .toList());
  }

  private Run generate(String output, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "warehouse=" + folder.resolve("warehouse"),
                "checkpoint=" + model,
                "prompts=" + prompts,
                "output=" + folder.resolve(output),
                "max_completion_length=8",
                "precision=FP32"));
    all.addAll(List.of(words));
    return Run.of(Generate.JOB, all.toArray(String[]::new));
  }

  private static List<JsonNode> rows(Path file) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(file)) {
      rows.add(JobRunner.JSON.readTree(line));
    }
    return rows;
  }

  @Test
  void rowsKeepTheirColumnsAndOrderAndGetCompletionsWhateverThePartitions() throws Exception {
    String[] sampled = {"num_generations=2", "temperature=1", "response_format=program"};
    assertThat(generate("a.jsonl", sampled).status()).isZero();
    List<JsonNode> rows = rows(folder.resolve("a.jsonl"));
    assertThat(rows).hasSize(10);
    assertThat(rows.get(3).path("n").asInt()).isEqualTo(1);
    assertThat(rows.get(3).path("generation").asInt()).isEqualTo(1);
    assertThat(rows.get(3).fieldNames())
        .toIterable()
        .containsExactly(
            "prompt", "n", "answer", "completion", "generation", "finish_reason", "code");
    String[] cut = {
      "num_generations=2",
      "temperature=1",
      "response_format=program",
      "partitions=1",
      "rows_per_batch=1"
    };
    assertThat(generate("b.jsonl", cut).status()).isZero();
    assertThat(folder.resolve("b.jsonl")).hasSameTextualContentAs(folder.resolve("a.jsonl"));
    try (var left = Files.list(folder)) {
      assertThat(left.map(p -> p.getFileName().toString()))
          .containsExactlyInAnyOrder("my prompts.jsonl", "a.jsonl", "b.jsonl");
    }
    Run judged =
        Run.of(
            JudgeSolutions.JOB,
            "warehouse=" + folder.resolve("warehouse"),
            "solutions=" + folder.resolve("a.jsonl"),
            "verdicts=" + folder.resolve("v.jsonl"));
    assertThat(judged.status()).as(judged.err()).isZero();
    assertThat(rows(folder.resolve("v.jsonl"))).hasSize(10);
  }

  @Test
  void aJobThatWasStoppedGoesOnFromItsChunksUnlessAKeyChanged() throws Exception {
    Path whole = folder.resolve("whole.jsonl");
    assertThat(generate("whole.jsonl").status()).isZero();
    Path parts = Files.createDirectories(folder.resolve("_again.jsonl.parts"));
    Files.writeString(parts.resolve("_basis"), "another");
    Files.writeString(parts.resolve("part-000000.jsonl"), "{\"stale\":1}\n");
    assertThat(generate("again.jsonl").status()).isZero();
    assertThat(folder.resolve("again.jsonl")).hasSameTextualContentAs(whole);
  }

  @Test
  void parquetAndDeltaHaveTheSameRows() {
    assertThat(generate("a.parquet").status()).isZero();
    Run delta = generate("x.jsonl", "output=delta:" + folder.resolve("table"));
    assertThat(delta.status()).as(delta.err()).isZero();
    var spark = TinyPipeline.SPARK;
    List<String> parquet =
        spark
            .read()
            .parquet(folder.resolve("a.parquet").toString())
            .orderBy("n")
            .toJSON()
            .collectAsList();
    assertThat(parquet).hasSize(5);
    assertThat(
            spark
                .read()
                .format("delta")
                .load(folder.resolve("table").toString())
                .orderBy("n")
                .toJSON()
                .collectAsList())
        .isEqualTo(parquet);
  }

  @Test
  void anOutputThatIsNoDeltaTableIsRefusedAndLeftAlone() throws Exception {
    TinyPipeline.loadAtoms(folder.resolve("warehouse"));
    Path other = Files.createDirectories(folder.resolve("other"));
    Files.writeString(other.resolve("mine.txt"), "mine");
    Path file = Files.writeString(folder.resolve("file"), "mine");
    for (Path place :
        List.of(other, file, folder.resolve("warehouse/atoms"), folder.resolve("warehouse"))) {
      Run run = generate("x.jsonl", "output=delta:" + place);
      assertThat(run.status()).as(place.toString()).isEqualTo(2);
      assertThat(run.err()).contains("output: " + place).contains("name another");
    }
    assertThat(other.resolve("mine.txt")).hasContent("mine");
    assertThat(file).hasContent("mine");
    try (var left = Files.list(other)) {
      assertThat(left).hasSize(1);
    }
  }

  @Test
  void tablesAndQueriesGivePromptsToo() throws Exception {
    Path warehouse = folder.resolve("warehouse");
    TinyPipeline.loadAtoms(warehouse);
    String sql = "prompts=SELECT atom_id, prompt_en AS prompt FROM atoms WHERE topic LIKE 's%'";
    Run run = generate("atoms.jsonl", sql, "max_completion_length=4");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(rows(folder.resolve("atoms.jsonl")))
        .isNotEmpty()
        .allMatch(row -> row.has("atom_id") && row.has("completion"));
    Run refused =
        generate("no.jsonl", "prompts=SELECT reflect('java.lang.System', 'gc') AS prompt");
    assertThat(refused.status()).isEqualTo(2);
    Run unknown = generate("no.jsonl", "prompts=SELECT nothing FROM atoms");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("prompts: [UNRESOLVED_COLUMN");
    assertThat(folder.resolve("no.jsonl")).doesNotExist();
  }

  @Test
  void mistakesAreNamedAndNothingIsWritten() throws Exception {
    for (var mistake :
        Map.of(
                "prompt_column=text",
                "has no column text; it has [prompt, n, answer]",
                "prompt_column=n",
                "column n must be a text",
                "completion_column=answer",
                "has a column answer already",
                "checkpoint=nowhere",
                "'nowhere'",
                "output=" + prompts,
                "is read by this job",
                "output=a.txt",
                "a .jsonl or .parquet file",
                "prompts=" + folder.resolve("none.jsonl"),
                "none.jsonl")
            .entrySet()) {
      Run run = generate("out.jsonl", mistake.getKey());
      assertThat(run.status()).as(mistake.getKey()).isEqualTo(2);
      assertThat(run.err()).contains(mistake.getValue());
      assertThat(folder.resolve("out.jsonl")).doesNotExist();
    }
    assertThat(rows(prompts)).hasSize(5);
  }
}
