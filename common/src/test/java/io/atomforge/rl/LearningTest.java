package io.atomforge.rl;

import static org.assertj.core.api.Assertions.assertThat;

import ai.djl.Device;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.random.Seeds;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.RolloutSampler;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.rollout.Sampler;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.task.Check;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.AdamW;
import io.atomforge.training.Example;
import io.atomforge.training.LocalGradients;
import io.atomforge.training.Schedule;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.KlEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import io.atomforge.training.objective.ValueHead;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A model that answers every question with one of four letters learns by reinforcement which of
 * them is right: sampling, judging, rewards, advantages and steps together.
 */
class LearningTest {
  private static final String LETTERS = "abcd";
  private static final String RIGHT = "c";
  private static final int STEPS = 30;
  private static final ImportanceCorrection NONE = new ImportanceCorrection.None();

  private static Tokenizer tokenizer;
  private static ModelConfig shape;

  /** Weights under which each letter is about as likely, whatever was asked. */
  private static float[] guessing;

  @BeforeAll
  static void learnToGuess() throws Exception {
    tokenizer =
        Tokenizer.of(
            Files.readString(Path.of("src/test/resources/golden/tokenizer/tokenizer.json")));
    shape = ModelConfig.of(32, 2, 2, 1, 64, tokenizer.vocabularySize(), 32);
    LossScript loss = LossScript.NEGATIVE_LOG_LIKELIHOOD;
    CausalLM model = CausalLM.shared(shape, Precision.FP32, loss, Device.cpu());
    List<Example> pairs = new ArrayList<>();
    for (int question = 0; question < LETTERS.length(); question++) {
      for (char letter : LETTERS.toCharArray()) {
        int[] answer = tokenizer.encode(String.valueOf(letter));
        assertThat(answer).hasSize(1);
        int[] tokens = Arrays.copyOf(prompt(question), 5);
        tokens[3] = answer[0];
        tokens[4] = tokenizer.eosId();
        pairs.add(new Example(tokens, new int[] {3, 4}, new float[] {1, 1}, new float[0][], 2));
      }
    }
    try (Parameters theta = Parameters.initial(model.layout(), 3, Device.cpu());
        Trainer trainer =
            new Trainer(
                theta,
                new AdamW(0.01, 0.9, 0.95, 1e-8, 0),
                0,
                new Schedule.Constant(0),
                60,
                1,
                new LocalGradients(model))) {
      for (int step = 0; step < 60; step++) {
        trainer.step(Sharding.cut(pairs, loss, 1), 1);
      }
      guessing = theta.toFloats();
    }
  }

  private static int[] prompt(int question) {
    return new int[] {1, 30 + question, 4};
  }

  private static List<PromptTask> tasks(int step) {
    return IntStream.range(0, LETTERS.length())
        .mapToObj(
            question -> {
              Task task =
                  new Task(
                      "q" + question,
                      "",
                      "",
                      new ResponseFormat.Program(),
                      new Check.Text(RIGHT),
                      false);
              long[] seeds =
                  LongStream.range(0, 8).map(s -> Seeds.derive(5, question, step, s)).toArray();
              return new PromptTask(task, prompt(question), seeds);
            })
        .toList();
  }

  private static PolicyUpdate.Settings settings(String algorithm) {
    boolean ppo = algorithm.equals("ppo");
    AdvantageEstimator estimator =
        ppo
            ? new AdvantageEstimator.Gae(1, 0.95, new ValueHead(0.01, 0.5, 0.2))
            : new AdvantageEstimator.GroupNormalized();
    Regularizer kl =
        ppo
            ? new Regularizer.KlReward(0.01, KlEstimator.K1, 0, 1000)
            : new Regularizer.KlLoss(0.01, KlEstimator.K3);
    int passes = ppo ? 2 : 1;
    PolicyObjective objective =
        new PolicyObjective(
            new PolicyLoss.Clipped(0.2, 0.2, 0), List.of(kl), estimator.critic(), passes == 1);
    LossAggregation aggregation =
        ppo ? LossAggregation.TOKEN_MEAN : LossAggregation.SEQ_MEAN_TOKEN_MEAN;
    return new PolicyUpdate.Settings(1, estimator, objective, NONE, aggregation, passes, 1, 1, 1);
  }

  /** Samples on the calling thread. */
  private record Here(CausalLM model) implements RolloutSource {
    @Override
    public List<List<Trace>> sample(
        Parameters theta, List<PromptTask> prompts, SamplingSettings settings) {
      Sandbox sandbox = Sandbox.shared(SandboxSettings.DEFAULT);
      RolloutSampler sampler =
          new RolloutSampler(
              model, tokenizer, sandbox, new AtomLibrary(List.of()), new Sampler.Plain());
      List<List<Trace>> groups = new ArrayList<>();
      try (Parameters policy = theta.first(new ParameterLayout(shape))) {
        for (PromptTask prompt : prompts) {
          groups.add(sampler.sample(policy, List.of(prompt), settings, 8));
        }
      }
      return groups;
    }

    @Override
    public long cached() {
      return 0;
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpo", "ppo"})
  void theRewardRises(String algorithm) {
    PolicyUpdate.Settings settings = settings(algorithm);
    LossScript loss = settings.objective().lossScript();
    CausalLM model = CausalLM.shared(shape, Precision.FP32, loss, Device.cpu());
    CausalLM plain =
        CausalLM.shared(shape, Precision.FP32, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
    float[] start = Arrays.copyOf(guessing, (int) model.layout().size());
    PolicyStep.Settings sampling =
        new PolicyStep.Settings(
            SamplingSettings.sampling(1, 3, tokenizer.eosId()),
            new RolloutBatch.Scoring(
                Rewards.of(new Reward.Binary()), new Overlong.None(), new Selection.All(), 3),
            false);
    double[] rewards = new double[STEPS];
    LocalGradients source = new LocalGradients(model);
    try (Parameters theta = Parameters.of(model.layout(), start, Device.cpu());
        Anchors anchors = Anchors.of(theta, settings.objective(), Long.MAX_VALUE);
        Trainer trainer =
            new Trainer(
                theta,
                new AdamW(0.01, 0.9, 0.95, 1e-8, 0),
                0.01,
                new Schedule.Constant(0),
                100,
                1,
                source)) {
      PolicyUpdate update = new PolicyUpdate(source, anchors, settings);
      PolicyStep policy = new PolicyStep(new Here(plain), update, sampling);
      for (int i = 0; i < STEPS; i++) {
        int step = i;
        PolicyStep.Drawn drawn = policy.draw(theta, () -> tasks(step));
        rewards[i] = drawn.rollouts().meanScore();
        policy.learn(trainer, drawn, 0.01, Seeds.derive(5, "minibatches", step));
      }
    }
    double last = Arrays.stream(rewards, STEPS - 5, STEPS).average().orElseThrow();
    assertThat(rewards[0]).isBetween(0.05, 0.5);
    assertThat(last).isGreaterThan(0.8);
  }
}
