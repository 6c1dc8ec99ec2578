package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.training.setup.RewardConfig;
import io.atomforge.jobs.training.setup.RlConfig;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.RolloutRow;
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
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A model with random weights and rollouts of a run whose completions were replaced: those that
 * passed have one token often, the others another.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class TrainRewardModelTest {
  private static final int PROBLEMS = 12;
  private static final int COMPLETIONS = 6;
  private static final String HEAD = "training_state/value_head.safetensors";
  private static final String PAIRS = "objective={type: pairwise, pairs_per_prompt: 4}";

  @TempDir private static Path folder;
  private static Tokenizer tokenizer;
  private static Warehouse warehouse;

  @BeforeAll
  static void sampleOnce() throws IOException {
    String json = RateDifficultyTest.tokenizerJson();
    tokenizer = Tokenizer.of(json);
    model("model", json, tokenizer.vocabularySize());
    Files.write(
        folder.resolve("problems.jsonl"),
        IntStream.range(0, PROBLEMS).mapToObj(i -> RateDifficultyTest.problem(i, 1)).toList());
    warehouse =
        TinyPipeline.warehouse(
            folder.resolve("warehouse"), JobRunner.load(TrainRl.JOB, List.of(place())));
    Run loaded =
        Run.of(
            LoadProblems.JOB,
            place(),
            "problems=" + folder.resolve("problems.jsonl"),
            "split=train",
            "name=toy");
    assertThat(loaded.status()).as(loaded.err()).isZero();
    reinforce("judged", "num_iterations=0", "max_steps=2", "save_steps=2");
    List<RolloutRow> rows =
        Rows.collect(ROLLOUTS, warehouse.read(ROLLOUTS).filter("run_id = 'judged'"));
    assertThat(rows).hasSize(PROBLEMS * COMPLETIONS);
    SplittableRandom random = new SplittableRandom(4);
    List<RolloutRow> told = new ArrayList<>();
    for (RolloutRow row : rows) {
      told.add(told(row, random, random.nextInt(3) == 0));
    }
    warehouse.replace(ROLLOUTS, "run_id = 'judged'", warehouse.dataset(ROLLOUTS, told));
  }

  private static void model(String name, String json, int vocabulary) throws IOException {
    ModelConfig shape = ModelConfig.of(16, 1, 2, 1, 32, vocabulary, 64);
    try (Parameters theta = Parameters.initial(new ParameterLayout(shape), 3, Device.cpu())) {
      Checkpoint.of(
              folder.resolve(name),
              shape,
              Map.of("tokenizer.json", json.getBytes(StandardCharsets.UTF_8)))
          .save(theta, Precision.FP32);
    }
  }

  private static String place() {
    return "warehouse=" + folder.resolve("warehouse");
  }

  /** The row with another completion, which passed or did not. */
  private static RolloutRow told(RolloutRow row, SplittableRandom random, boolean passed) {
    int[] ids = tokenizer.encode("a#;");
    assertThat(ids).hasSize(3);
    int[] tokens = new int[9];
    for (int t = 0; t < tokens.length - 1; t++) {
      tokens[t] = t % 2 == 0 ? ids[passed ? 1 : 2] : ids[random.nextInt(3)];
    }
    tokens[tokens.length - 1] = tokenizer.eosId();
    return new RolloutRow(
        row.runId(),
        row.step(),
        row.problemId(),
        row.groupId(),
        row.sample(),
        row.prompt(),
        row.sampledPrompt(),
        row.completion(),
        tokens,
        "w".repeat(tokens.length),
        new float[tokens.length],
        row.reward(),
        row.rewardParts(),
        row.advantage(),
        (passed ? Outcome.PASSED : Outcome.WRONG_ANSWER).name(),
        "stop",
        passed ? 1 : 0,
        1,
        row.answered(),
        row.visiblePassed(),
        row.trust(),
        row.wallMs(),
        row.cpuMs(),
        row.planAgreement(),
        row.stepShare());
  }

  private static void reinforce(String run, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                place(),
                "run_id=" + run,
                "model_name_or_path=" + folder.resolve("model"),
                "prompt_families=[external]",
                "response_format=continuation",
                "prompts_per_step=" + PROBLEMS / 2,
                "num_generations=" + COMPLETIONS,
                "max_completion_length=12",
                "optimizer.learning_rate=0.01",
                "schedule.warmup_steps=0",
                "max_steps=1",
                "precision=FP32",
                "sandbox.workers=2"));
    all.addAll(List.of(words));
    TrainRl.run(warehouse, JobRunner.load(TrainRl.JOB, all).bind(RlConfig.class));
  }

  private static TrainRewardModel.Summary train(String run, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                place(),
                "run_id=" + run,
                "rollout_runs=[judged]",
                "model_name_or_path=" + folder.resolve("model"),
                "validation_share=0.25",
                "optimizer.learning_rate=0.02",
                "value_learning_rate=0.02",
                "train_batch_size=16",
                "gradient_shards=2",
                "max_steps=40",
                "save_steps=40",
                "eval_steps=20",
                "precision=FP32"));
    all.addAll(List.of(words));
    return TrainRewardModel.run(
        warehouse, JobRunner.load(TrainRewardModel.JOB, all).bind(RewardConfig.class));
  }

  private static Path checkpoint(String run, int step) {
    return folder.resolve("warehouse/_files/checkpoints/" + run + "/step-" + step);
  }

  private static double metric(String run, int step, String name) {
    return warehouse
        .read(STEP_METRICS)
        .filter("run_id = '" + run + "' AND step = " + step + " AND name = '" + name + "'")
        .head()
        .getDouble(3);
  }

  @Order(1)
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"classes | objective.type=classifier", "pairs | " + PAIRS})
  void itTellsCompletionsThatPassFromOthersOfPromptsThatItHasNotSeen(String run, String objective)
      throws IOException {
    TrainRewardModel.Summary summary = train(run, objective);
    assertThat(summary.steps()).isEqualTo(40);
    assertThat(summary.completions()).isGreaterThan(summary.passed()).isGreaterThan(30);
    assertThat(summary.passed()).isPositive();
    assertThat(summary.validated()).isBetween(6L, 24L);
    assertThat(summary.auc()).isGreaterThan(0.97);
    assertThat(summary.accuracy()).isGreaterThan(0.9);
    assertThat(summary.validationLoss()).isBetween(0.0, 0.3);
    assertThat(metric(run, 40, "val/auc")).isEqualTo(summary.auc());
    assertThat(metric(run, 40, "val/accuracy")).isEqualTo(summary.accuracy());
    assertThat(metric(run, 1, "train/loss")).as("scores of 0").isCloseTo(Math.log(2), within(1e-6));
    assertThat(metric(run, 40, "train/accuracy")).isBetween(0.8, 1.0);
    assertThat(checkpoint(run, 40).resolve(HEAD)).exists();
    assertThat(
            warehouse
                .read(CHECKPOINTS)
                .filter("run_id = '" + run + "' AND step = 40")
                .head()
                .<String>getAs("parent_checkpoint_id"))
        .isEqualTo(folder.resolve("model").toString());
  }

  @Order(2)
  @Test
  void aRunThatWasKilledGoesOnToTheSameModel() throws IOException {
    String[] words = {PAIRS, "max_steps=4", "save_steps=2", "eval_steps=1"};
    train("killed", words);
    Path last = checkpoint("killed", 4);
    Path kept = folder.resolve("kept");
    FileUtils.moveDirectory(last.toFile(), kept.toFile());
    warehouse.replace(
        CHECKPOINTS,
        "run_id = 'killed' AND step = 4",
        warehouse.dataset(CHECKPOINTS, List.of()).coalesce(1));
    train("killed", words);
    for (String file : List.of("model.safetensors", HEAD, "training_state/optimizer.safetensors")) {
      assertThat(last.resolve(file)).hasSameBinaryContentAs(kept.resolve(file));
    }
    assertThat(Files.readAllBytes(checkpoint("killed", 2).resolve(HEAD)))
        .as("it learns between")
        .isNotEqualTo(Files.readAllBytes(last.resolve(HEAD)));
  }

  private static List<RolloutRow> rollouts(String run) {
    return Rows.collect(ROLLOUTS, warehouse.read(ROLLOUTS).filter("run_id = '" + run + "'"))
        .stream()
        .sorted(Comparator.comparing(RolloutRow::groupId).thenComparing(RolloutRow::sample))
        .toList();
  }

  /** The verifier of the toy is the length: a completion that ended early gets 1. */
  private static String reward(String weights) {
    String[] of = weights.split(" ");
    return "reward=[{type: length_window, shortest: 1, longest: 6, weight: "
        + of[0]
        + "}, {type: reward_model, checkpoint: classes, weight: "
        + of[1]
        + "}]";
  }

  @Order(3)
  @Test
  void withoutWeightTheRunIsThatOfTheVerifierBitForBitAndWithItTheRewardIsTheSum()
      throws IOException {
    reinforce("verifier", "reward={type: length_window, shortest: 1, longest: 6}");
    reinforce("zero", reward("1 0"));
    for (String file : List.of("model.safetensors", "training_state/optimizer.safetensors")) {
      assertThat(checkpoint("zero", 1).resolve(file))
          .hasSameBinaryContentAs(checkpoint("verifier", 1).resolve(file));
    }
    reinforce("both", reward("0.8 0.2"));
    List<RolloutRow> verifier = rollouts("verifier");
    List<RolloutRow> both = rollouts("both");
    int finished = 0;
    for (int i = 0; i < both.size(); i++) {
      RolloutRow row = both.get(i);
      assertThat(row.tokens()).containsExactly(verifier.get(i).tokens());
      double byVerifier = row.rewardParts().get("length_window");
      double byModel = row.rewardParts().get("reward_model");
      assertThat(byVerifier).isEqualTo(verifier.get(i).reward());
      assertThat(row.reward()).isCloseTo(0.8 * byVerifier + 0.2 * byModel, within(1e-12));
      if (row.finishReason().equals("stop")) {
        finished++;
        assertThat(byModel).isGreaterThan(0).isLessThan(1);
      } else {
        assertThat(byModel).isZero();
      }
    }
    assertThat(finished).isBetween(2, both.size() - 1);
    assertThat(both.stream().map(r -> r.rewardParts().get("reward_model")).distinct().count())
        .isGreaterThan(2);
    assertThat(Files.readAllBytes(checkpoint("both", 1).resolve("model.safetensors")))
        .isNotEqualTo(Files.readAllBytes(checkpoint("verifier", 1).resolve("model.safetensors")));
    assertThat(metric("both", 1, "critic/score/reward_model/mean")).isBetween(0.0, 1.0);
  }

  private static void refused(Runnable run, String message) {
    long before = warehouse.read(CHECKPOINTS).count();
    assertThatThrownBy(run::run).isInstanceOf(ConfigException.class).hasMessageContaining(message);
    assertThat(warehouse.read(CHECKPOINTS).count()).isEqualTo(before);
  }

  @Order(4)
  @Test
  void whatDoesNotFitIsRefusedInALine() throws IOException {
    refused(
        () -> train("refused", "rollout_runs=[nobody]"),
        "rollout_runs: table rollouts has no judged completion of run nobody");
    refused(() -> train("refused", "rollout_runs=[]"), "rollout_runs must be a list of one run");
    refused(() -> train("refused", "validation_share=1"), "validation_share must be 0 to below 1");
    refused(
        () -> train("refused", "objective={type: pairwise, pairs_per_prompt: 0}"),
        "pairs_per_prompt must be 1 or more, got 0");
    warehouse.replace(
        ROLLOUTS,
        "run_id = 'verifier'",
        warehouse.read(ROLLOUTS).filter("run_id = 'verifier' AND outcome != 'PASSED'"));
    refused(
        () -> train("refused", "rollout_runs=[verifier]"),
        "none passed; a reward model needs some that passed and some that did not");
    String other = RateDifficultyTest.tokenizerJson().replace("\";\"", "\":\"");
    model("other", other, Tokenizer.of(other).vocabularySize());
    refused(
        () -> train("refused", "model_name_or_path=" + folder.resolve("other")),
        "model_name_or_path: the tokenizer of " + folder.resolve("other") + " is another than");
    refused(
        () ->
            reinforce(
                "refused",
                "reward={type: reward_model, checkpoint: " + folder.resolve("model") + "}"),
        "reward.checkpoint: " + folder.resolve("model") + " is no reward model");
    refused(
        () ->
            reinforce(
                "refused",
                "model_name_or_path=" + folder.resolve("other"),
                "reward={type: reward_model, checkpoint: classes}"),
        "reward.checkpoint: the tokenizer of classes is another than that of the policy");
    refused(
        () ->
            reinforce(
                "refused",
                "reward={type: reward_model, checkpoint: classes}",
                "max_completion_length=64"),
        "reward.checkpoint: prompt and completion have up to ");
    refused(
        () ->
            reinforce(
                "refused",
                "reward={type: shuffled, reward: {type: reward_model, checkpoint: classes}}"),
        "shuffled must have another reward than reward_model");
  }
}
