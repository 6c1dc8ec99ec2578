package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Trust;
import io.atomforge.task.Check;
import io.atomforge.task.Judged;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.training.AdamW;
import io.atomforge.training.LocalGradients;
import io.atomforge.training.Schedule;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.KlEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import io.atomforge.training.objective.ValueHead;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** One full update of each algorithm against golden/policy_update/generate.py. */
class PolicyUpdateTest {
  private static final Path GOLDEN = Path.of("src/test/resources/golden");
  private static final JsonNode ROLLOUTS = rollouts();
  private static final PolicyLoss PPO = new PolicyLoss.Clipped(0.2, 0.2, 0);
  private static final Regularizer KL_REWARD =
      new Regularizer.KlReward(0.1, KlEstimator.K1, 0, 1000);
  private static final ImportanceCorrection UNCORRECTED = new ImportanceCorrection.None();
  private static final double HEAD_RATE = 0.03;
  private static final long STEP = 3;

  private static JsonNode rollouts() {
    try {
      return new ObjectMapper().readTree(GOLDEN.resolve("policy_update/rollouts.json").toFile());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What stands in a recipe. */
  private record Algorithm(
      Selection selection,
      Overlong overlong,
      AdvantageEstimator estimator,
      PolicyLoss loss,
      List<Regularizer> regularizers,
      ImportanceCorrection correction,
      LossAggregation aggregation,
      int updates) {
    PolicyUpdate.Settings settings(int shards) {
      PolicyObjective objective =
          new PolicyObjective(loss, regularizers, estimator.critic(), updates == 1);
      return new PolicyUpdate.Settings(
          ROLLOUTS.get("temperature").asDouble(),
          estimator,
          objective,
          correction,
          aggregation,
          updates,
          1,
          shards,
          1);
    }
  }

  private static Algorithm of(
      AdvantageEstimator estimator,
      PolicyLoss loss,
      Regularizer regularizer,
      LossAggregation aggregation,
      int updates) {
    return new Algorithm(
        new Selection.All(),
        new Overlong.None(),
        estimator,
        loss,
        List.of(regularizer),
        UNCORRECTED,
        aggregation,
        updates);
  }

  private static Algorithm algorithm(String name) {
    return switch (name) {
      case "ppo" ->
          of(
              new AdvantageEstimator.Gae(1, 0.95, new ValueHead(HEAD_RATE, 0.5, 0.2)),
              PPO,
              KL_REWARD,
              LossAggregation.TOKEN_MEAN,
              3);
      case "grpo" ->
          of(
              new AdvantageEstimator.GroupNormalized(),
              PPO,
              new Regularizer.KlLoss(0.1, KlEstimator.K3),
              LossAggregation.SEQ_MEAN_TOKEN_MEAN,
              3);
      case "rloo" ->
          of(
              new AdvantageEstimator.LeaveOneOut(),
              new PolicyLoss.ScoreFunction(),
              KL_REWARD,
              LossAggregation.SEQ_MEAN_TOKEN_SUM,
              1);
      case "reinforce-plus-plus" ->
          of(
              new AdvantageEstimator.WhitenedReturn(1),
              PPO,
              KL_REWARD,
              LossAggregation.TOKEN_MEAN,
              3);
      case "dapo" ->
          new Algorithm(
              new Selection.MixedGroups(1),
              new Overlong.Penalty(3, 1),
              new AdvantageEstimator.GroupNormalized(),
              new PolicyLoss.Clipped(0.2, 0.28, 0),
              List.of(),
              new ImportanceCorrection.TokenTruncated(1.5),
              LossAggregation.TOKEN_MEAN,
              3);
      default -> throw new IllegalArgumentException(name);
    };
  }

  private static RolloutBatch batch(Algorithm algorithm) {
    RolloutBatch batch =
        new RolloutBatch(
            new RolloutBatch.Scoring(
                Rewards.of(new Reward.Binary()),
                algorithm.overlong,
                algorithm.selection,
                ROLLOUTS.get("longest").asInt()),
            ROLLOUTS.get("groups").size());
    for (JsonNode group : ROLLOUTS.get("groups")) {
      List<Trace> rollouts = new ArrayList<>();
      for (JsonNode s : group.get("samples")) {
        float[] logProbs = new float[s.get("logprobs").size()];
        for (int t = 0; t < logProbs.length; t++) {
          logProbs[t] = s.get("logprobs").get(t).floatValue();
        }
        Outcome outcome = Outcome.valueOf(s.get("outcome").asText());
        int passed = outcome == Outcome.PASSED ? 1 : 0;
        boolean finished = s.get("finished").asBoolean();
        rollouts.add(
            Trace.written(
                "p",
                rollouts.size(),
                ints(group.get("prompt")),
                s.get("tokens").toString(),
                ints(s.get("tokens")),
                logProbs,
                finished,
                new Judged(outcome, passed, 1, false, true, Trust.VALUES, "", 0, 0)));
      }
      batch.add(prompt(ints(group.get("prompt")), 4), rollouts);
    }
    return batch;
  }

  private static PromptTask prompt(int[] ids, int samples) {
    Task task = new Task("p", "", "", new ResponseFormat.Program(), new Check.Text(""), true);
    return new PromptTask(task, ids, new long[samples]);
  }

  private static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    Arrays.setAll(values, i -> array.get(i).asInt());
    return values;
  }

  /** Theta after one update, and what the update said. */
  private record Updated(float[] theta, PolicyUpdate.Result result) {}

  private static Updated update(Algorithm algorithm, int shards) throws IOException {
    return update(batch(algorithm), algorithm, shards);
  }

  private static Updated update(RolloutBatch batch, Algorithm algorithm, int shards)
      throws IOException {
    PolicyUpdate.Settings settings = algorithm.settings(shards);
    Checkpoint start = Checkpoint.open(GOLDEN.resolve("model/tied"));
    LossScript loss = settings.objective().lossScript();
    CausalLM model = CausalLM.shared(start.config(), Precision.FP32, loss, Device.cpu());
    ParameterLayout layout = model.layout();
    float[] policy;
    try (Parameters first = start.weights(layout, Device.cpu())) {
      policy = first.toFloats();
    }
    float[] past = new float[policy.length];
    for (int i = 0; i < past.length; i++) {
      past[i] = policy[i] * 0.95f;
    }
    for (int i = 0; i < layout.valueHeadSize(); i++) {
      int at = policy.length - layout.valueHeadSize() + i;
      policy[at] = ROLLOUTS.get("head").get(i).floatValue();
    }
    LocalGradients source = new LocalGradients(model);
    try (Parameters theta = Parameters.of(layout, policy, Device.cpu());
        Parameters reference = Parameters.of(layout, past, Device.cpu());
        Anchors anchors = Anchors.of(reference, settings.objective(), Long.MAX_VALUE);
        Trainer trainer =
            new Trainer(
                theta,
                new AdamW(0.01, 0.9, 0.95, 1e-4, 0.01),
                HEAD_RATE,
                new Schedule.Constant(0),
                3,
                1,
                source)) {
      anchors.begin(STEP, theta);
      PolicyUpdate.Result result =
          new PolicyUpdate(source, anchors, settings).take(trainer, batch, 0.1, 7);
      return new Updated(theta.toFloats(), result);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "ppo, 1",
    "ppo, 3",
    "grpo, 1",
    "grpo, 3",
    "rloo, 2",
    "reinforce-plus-plus, 2",
    "dapo, 1",
    "dapo, 3"
  })
  void aFullUpdateEndsWherePyTorchEnds(String name, int shards) throws IOException {
    byte[] bytes = Files.readAllBytes(GOLDEN.resolve("policy_update/" + name + ".bin"));
    float[] expected = new float[bytes.length / 4];
    ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().get(expected);
    assertThat(update(algorithm(name), shards).theta()).containsExactly(expected, within(1e-4f));
  }

  private static Algorithm convex(Regularizer.BaseShare share) {
    return of(
        new AdvantageEstimator.GroupNormalized(),
        PPO,
        new Regularizer.KlConvex(0.1, KlEstimator.K3, share),
        LossAggregation.SEQ_MEAN_TOKEN_MEAN,
        3);
  }

  /** Bit for bit where the base has the whole share, else where both policies are equal. */
  @Test
  void aKlToTwoPoliciesIsThatOfGrpoWhereTheyAreOne() throws IOException {
    float[] grpo = update(algorithm("grpo"), 2).theta();
    assertThat(update(convex(new Regularizer.BaseShare(3, 1, 1, 0)), 2).theta()).isEqualTo(grpo);
    assertThat(update(convex(new Regularizer.BaseShare(2, 1, 0.5, 0)), 2).theta())
        .containsExactly(grpo, within(1e-6f));
  }

  /** As if each completion had been sampled behind a prompt with mistakes. */
  private static RolloutBatch sampledBehindAnother(Algorithm algorithm) {
    RolloutBatch noisy =
        new RolloutBatch(
            new RolloutBatch.Scoring(
                Rewards.of(new Reward.Binary()),
                algorithm.overlong,
                algorithm.selection,
                ROLLOUTS.get("longest").asInt()),
            ROLLOUTS.get("groups").size());
    for (RolloutBatch.Group group : batch(algorithm).groups()) {
      noisy.add(
          group.task(),
          group.samples().stream()
              .map(RolloutBatch.Sample::trace)
              .map(
                  t ->
                      new Trace(
                          t.taskId(),
                          t.sample(),
                          t.prompt(),
                          new int[] {7, 7, 7, 7, 7, 7},
                          t.completion(),
                          t.tokens(),
                          t.roles(),
                          t.logProbs(),
                          t.finished(),
                          t.judged()))
              .toList());
    }
    return noisy;
  }

  @Test
  void gradientsAreThoseBehindThePromptThatIsLearned() throws IOException {
    Algorithm grpo = algorithm("grpo");
    assertThat(update(sampledBehindAnother(grpo), grpo, 1).theta())
        .isEqualTo(update(grpo, 1).theta());
  }

  @ParameterizedTest
  @ValueSource(strings = {"ppo", "grpo"})
  void metricsSayWhatHappened(String name) throws IOException {
    Map<String, Double> metrics = update(algorithm(name), 2).result().metrics();
    assertThat(metrics.get("actor/kl_to_start")).isPositive();
    assertThat(metrics.get("actor/grad_norm")).isPositive();
    assertThat(metrics)
        .containsEntry("training/optimizer_steps", 3.0)
        .containsEntry("actor/ess", 1.0);
    assertThat(metrics.containsKey("critic/vf_explained_var")).isEqualTo(name.equals("ppo"));
    assertThat(metrics.get("sandbox/SANDBOX_ERROR_ratio")).isEqualTo(1.0 / 16);
  }

  @Test
  void samplesThatTookNoPartHaveNoAdvantage() throws IOException {
    double[] advantages = update(algorithm("grpo"), 2).result().advantages();
    assertThat(advantages).hasSize(16);
    assertThat(advantages[6]).isZero();
    assertThat(advantages[0]).isCloseTo(0.866024, within(1e-5));
    assertThat(advantages[1]).isCloseTo(-0.866024, within(1e-5));
  }

  @Test
  void aStepThatTheSandboxLostIsNotTrainedOn() throws IOException {
    PolicyUpdate update = new PolicyUpdate(null, null, algorithm("grpo").settings(1));
    assertThatThrownBy(() -> update.take(null, lost(Outcome.SANDBOX_ERROR), 0, 1))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("Doctor");
    assertThatThrownBy(() -> update.take(null, lost(Outcome.INVALID_TEST), 0, 1))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith("prompts: the tests of problem p and of all others");
  }

  private static RolloutBatch lost(Outcome outcome) throws IOException {
    Algorithm grpo = algorithm("grpo");
    RolloutBatch lost =
        new RolloutBatch(
            new RolloutBatch.Scoring(
                Rewards.of(new Reward.Binary()), grpo.overlong, grpo.selection, 6),
            1);
    Trace rollout =
        Trace.written(
            "p",
            0,
            new int[] {3},
            "",
            new int[1],
            new float[1],
            true,
            new Judged(outcome, 0, 1, false, true, Trust.VALUES, "", 0, 0));
    lost.add(prompt(new int[] {3}, 1), List.of(rollout));
    return lost;
  }
}
