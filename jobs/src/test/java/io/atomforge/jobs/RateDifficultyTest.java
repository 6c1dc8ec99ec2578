package io.atomforge.jobs;

import static io.atomforge.tables.Tables.DIFFICULTIES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.evaluate.DifficultyConfig;
import io.atomforge.jobs.training.setup.PromptCursor;
import io.atomforge.jobs.training.setup.RlConfig;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.rollout.PromptTask;
import io.atomforge.tables.DifficultyRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A model with random weights that knows five characters. It writes on behind programs that are
 * right as long as nothing is added that is not Python, and behind one that is wrong.
 */
class RateDifficultyTest {
  private static final Path TOKENIZER =
      Path.of("../common/src/test/resources/golden/tokenizer/tokenizer.json");

  private static final List<String> TEXT = List.of("a", "#", ";", "\u0120", "\u010a");
  private static final int RIGHT = 10;

  @TempDir private static Path folder;
  private static Tokenizer tokenizer;
  private static Warehouse warehouse;

  /** Of run one. */
  private static RateDifficulty.Summary summary;

  @BeforeAll
  static void searchOnce() throws IOException {
    String json = tokenizerJson();
    tokenizer = Tokenizer.of(json);
    ModelConfig shape = ModelConfig.of(16, 1, 2, 1, 32, tokenizer.vocabularySize(), 64);
    try (Parameters theta = Parameters.initial(new ParameterLayout(shape), 3, Device.cpu())) {
      Checkpoint.of(
              folder.resolve("model"),
              shape,
              Map.of("tokenizer.json", json.getBytes(StandardCharsets.UTF_8)))
          .save(theta, Precision.FP32);
    }
    Files.write(
        folder.resolve("problems.jsonl"),
        IntStream.rangeClosed(0, RIGHT).mapToObj(i -> problem(i, i < RIGHT ? 1 : 2)).toList());
    warehouse =
        TinyPipeline.warehouse(
            folder.resolve("warehouse"), JobRunner.load(RateDifficulty.JOB, List.of(place())));
    Run loaded =
        Run.of(
            LoadProblems.JOB,
            place(),
            "problems=" + folder.resolve("problems.jsonl"),
            "split=train",
            "name=toy");
    assertThat(loaded.status()).as(loaded.err()).isZero();
    summary = rate("one", "partitions=1");
  }

  private static String place() {
    return "warehouse=" + folder.resolve("warehouse");
  }

  static String tokenizerJson() throws IOException {
    ObjectNode json = (ObjectNode) JobRunner.JSON.readTree(Files.readString(TOKENIZER));
    ObjectNode vocabulary = JobRunner.JSON.createObjectNode();
    json.path("added_tokens")
        .forEach(t -> vocabulary.put(t.path("content").asText(), t.path("id").asInt()));
    TEXT.forEach(text -> vocabulary.put(text, vocabulary.size()));
    ((ObjectNode) json.path("model")).set("vocab", vocabulary);
    ((ObjectNode) json.path("model")).putArray("merges");
    return json.toString();
  }

  static String problem(int i, int added) {
    ObjectNode line =
        JobRunner.JSON
            .createObjectNode()
            .put("id", "p" + i)
            .put("prompt", "a".repeat(1 + i % 5))
            .put("given", "a = %d\ndef add(x):\n    return x + %d\n".formatted(i, added))
            .put("entry_point", "add");
    line.putArray("calls").addObject().put("expected", 3).putArray("args").add(2);
    return line.toString();
  }

  private static RateDifficulty.Summary rate(String run, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                place(),
                "run_id=" + run,
                "checkpoint=" + folder.resolve("model"),
                "prompt_families=[external]",
                "response_format=continuation",
                "temperature=1",
                "top_p=1",
                "max_completion_length=16",
                "max_iterations=6",
                "precision=FP32",
                "sandbox.workers=2"));
    all.addAll(List.of(words));
    return RateDifficulty.run(
        warehouse, JobRunner.load(RateDifficulty.JOB, all).bind(DifficultyConfig.class));
  }

  private static List<DifficultyRow> rows(String run) {
    return Rows.collect(DIFFICULTIES, warehouse.read(DIFFICULTIES).filter("run_id = '" + run + "'"))
        .stream()
        .sorted(Comparator.comparing(DifficultyRow::problemId))
        .toList();
  }

  private static List<String> found(String run) {
    return rows(run).stream()
        .map(r -> r.problemId() + " " + r.iterations() + " " + r.solved() + " " + r.unjudged())
        .toList();
  }

  @Test
  void aSearchFindsTheSameWhateverThePartitionsAndOnceMore() {
    List<String> found = found("one");
    assertThat(found).hasSize(RIGHT + 1);
    rate("again", "seed=18");
    assertThat(found("again")).isNotEqualTo(found);
    rate("again", "partitions=3");
    assertThat(found("again")).isEqualTo(found);
    assertThat(found("one")).isEqualTo(found);
  }

  @Test
  void theSummaryCountsWhatTheTableHas() {
    List<DifficultyRow> rows = rows("one");
    assertThat(rows)
        .allMatch(r -> r.maxIterations() == 6 && r.unjudged() == 0)
        .allMatch(r -> r.checkpointId().equals(folder.resolve("model").toString()));
    assertThat(summary.prompts()).isEqualTo(RIGHT + 1);
    assertThat(summary.solved())
        .isEqualTo(rows.stream().filter(DifficultyRow::solved).count())
        .isEqualTo(summary.byDifficulty().values().stream().mapToLong(n -> n).sum())
        .isBetween(2L, (long) RIGHT);
    assertThat(summary.byDifficulty()).containsKey(1).hasSizeGreaterThan(1);
  }

  @Test
  void oneIterationIsOneCompletion() {
    rate("once", "max_iterations=1");
    assertThat(rows("once")).hasSize(RIGHT + 1).allMatch(r -> r.iterations() == 1);
    assertThat(rows("once").stream().map(DifficultyRow::solved).distinct()).hasSize(2);
  }

  private static RlConfig config(String run) {
    return JobRunner.load(
            TrainRl.JOB,
            List.of(
                "--recipe",
                "conf/recipes/thinklite.yaml",
                place(),
                "prompt_families=[external]",
                "prompts_per_step=1",
                "prompt_filters=[{type: difficulty, run_id: " + run + ", above: 1}]"))
        .bind(RlConfig.class);
  }

  @Test
  void reinforcementLearningKeepsWhatTookLongOrWasNotSolved() {
    Set<String> hard =
        rows("one").stream()
            .filter(r -> !r.solved() || r.iterations() > 1)
            .map(DifficultyRow::problemId)
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(hard.size()).isBetween(2, RIGHT);
    PromptCursor prompts = new PromptCursor(warehouse, tokenizer, config("one"));
    Set<String> dealt = new TreeSet<>();
    for (int step = 1; step <= RIGHT + 1; step++) {
      prompts.begin(step);
      prompts.next().stream().map(PromptTask::task).forEach(task -> dealt.add(task.taskId()));
    }
    assertThat(dealt).isEqualTo(hard);
  }

  @Test
  void aSearchThatNobodyMadeIsNamed() {
    assertThatThrownBy(() -> new PromptCursor(warehouse, tokenizer, config("nobody")))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "prompt_filters: table difficulties has none of run nobody; RateDifficulty run_id=nobody"
                + " writes them");
  }

  @Test
  void whatTheKeysCannotBeIsRefused() {
    for (String word :
        List.of("max_iterations=0", "children=0", "exploration=-1", "run_id=\"it's\"")) {
      assertThatThrownBy(() -> rate("refused", word))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining(word.replaceAll("=.*", "") + " must be ");
    }
  }
}
