package io.atomforge.rl;

import io.atomforge.config.ConfigException;
import io.atomforge.model.Parameters;
import io.atomforge.rl.Episodes.Episode;
import io.atomforge.rl.Episodes.Scores;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Outcome;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.KlEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Learns from one step's rollouts: scores them, estimates advantages, takes optimizer steps. */
public final class PolicyUpdate {
  /** Distinct completions on which the KL to the start is measured where no loss asks for it. */
  private static final int KL_PROBE = 32;

  /**
   * What an update does, in the names of the config.
   *
   * @param temperature divides the logits, as it did in sampling
   * @param numIterations passes over the rollouts; none learns nothing
   * @param numMinibatches optimizer steps per pass; the prompts are dealt out anew for each pass
   * @param gradientShards pieces that a minibatch is cut into
   * @param givenKept share of a minibatch's given tokens that is learned from: those before which
   *     the policy that begins the step has the greatest entropy
   */
  public record Settings(
      double temperature,
      AdvantageEstimator advEstimator,
      PolicyObjective objective,
      ImportanceCorrection importanceCorrection,
      LossAggregation lossAggMode,
      int numIterations,
      int numMinibatches,
      int gradientShards,
      double givenKept) {
    private Settings with(int passes, int minibatches) {
      return new Settings(
          temperature,
          advEstimator,
          objective,
          importanceCorrection,
          lossAggMode,
          passes,
          minibatches,
          gradientShards,
          givenKept);
    }

    private boolean scores() {
      return givenKept < 1
          || objective.policyLoss().centered()
          || !objective.onPolicy() && !importanceCorrection.bypasses()
          || objective.valueHead().isPresent()
          || objective.convex().isPresent()
          || objective.regularizer(Regularizer.KlReward.class).isPresent()
          || importanceCorrection.looks();
    }
  }

  /**
   * @param advantages mean over the tokens of every sample of the step, 0 where it took no part
   * @param klBeta weight of the KL in the reward for the next step
   * @param metrics by verl's names
   */
  public record Result(double[] advantages, double klBeta, Map<String, Double> metrics) {}

  private final GradientSource source;
  private final Anchors anchors;
  private final Settings settings;

  /**
   * @param anchors the policies that the KL compares with; the caller closes them
   */
  public PolicyUpdate(GradientSource source, Anchors anchors, Settings settings) {
    this.source = source;
    this.anchors = anchors;
    this.settings = settings;
  }

  /**
   * @param trainer holds the policy and takes the optimizer steps
   * @param klBeta weight of the KL in the reward
   * @param seed orders the prompts into minibatches
   * @throws ConfigException if the tests of all prompts need another sandbox
   * @throws IllegalStateException if the sandbox failed on every rollout
   */
  public Result take(Trainer trainer, RolloutBatch batch, double klBeta, long seed) {
    if (batch.groups().stream().allMatch(g -> g.scores().length == 0)) {
      Set<Outcome> outcomes =
          batch.samples().stream().map(s -> s.trace().outcome()).collect(Collectors.toSet());
      if (outcomes.equals(Set.of(Outcome.INVALID_TEST))) {
        throw new ConfigException(
            "prompts: the tests of problem "
                + batch.groups().get(0).task().task().taskId()
                + " and of all others of the step judge no program, so there is nothing to learn"
                + " from; JudgeSolutions says why, and sandbox.minimum_trust names the tests"
                + " that are taken");
      }
      throw new IllegalStateException(
          "The sandbox failed on every rollout of the step; run Doctor");
    }
    Map<String, Double> metrics = RolloutMetrics.of(batch);
    double[] perSample = new double[batch.samples().size()];
    Episodes episodes = new Episodes(batch);
    List<Episode> all = episodes.all();
    if (all.isEmpty() || settings.numIterations == 0) {
      anchors.passed(trainer.theta());
      return new Result(perSample, klBeta, metrics);
    }
    metrics.put("training/distinct_completions", (double) episodes.distinct() / all.size());
    PolicyObjective objective = settings.objective;
    boolean compared = objective.needsReference();
    boolean convex = objective.convex().isPresent();
    int probe = compared ? 0 : KL_PROBE; // a loss that compares measures the KL itself
    Scores old = score(episodes, trainer.theta(), settings.scores() ? all.size() : probe);
    Scores first = score(episodes, anchors.base(), compared ? all.size() : probe);
    Scores previous =
        score(episodes, anchors.previous().orElse(anchors.base()), convex ? all.size() : 0);
    anchors.passed(trainer.theta());
    double next = measureKl(all, old, first, klBeta, metrics);

    List<AdvantageEstimator.Episode> rewarded = rewarded(batch, all, old, first, klBeta);
    List<double[]> advantages = settings.advEstimator.advantages(rewarded);
    LossInputs inputs =
        new LossInputs(
            settings.importanceCorrection.bypasses(),
            old,
            first,
            previous,
            anchors.baseShare(),
            outcomes(rewarded, metrics));
    List<Minibatches.Learned> learned = new ArrayList<>();
    List<double[]> weights = new ArrayList<>();
    List<Optional<double[]>> importance = importance(all, old);
    for (int i = 0; i < all.size(); i++) {
      Episode e = all.get(i);
      perSample[e.index()] = Arrays.stream(advantages.get(i)).average().orElse(0);
      Optional<double[]> weight = importance.get(i);
      if (e.sample().learned() && weight.isPresent()) {
        weights.add(weight.get());
        double[] weighted = times(advantages.get(i), weight.get());
        float[][] told = inputs.of(objective.lossScript().inputs(), e, i, weighted);
        learned.add(new Minibatches.Learned(e, weighted, told, old.entropies().get(i)));
      }
    }
    double[] flat = weights.stream().flatMapToDouble(Arrays::stream).toArray();
    if (flat.length > 0) {
      metrics.put("actor/ess", ImportanceCorrection.effectiveSampleSize(flat) / flat.length);
    }
    metrics.put("critic/advantages/mean", Moments.mean(advantages));
    metrics.put(
        "critic/rewards/mean",
        rewarded.stream().mapToDouble(r -> Arrays.stream(r.rewards()).sum()).average().orElse(0));
    new Descent(settings, batch.longest(), learned).take(trainer, seed, metrics);
    return new Result(perSample, next, metrics);
  }

  /** The same with another number of passes over the rollouts. */
  PolicyUpdate withPasses(int passes) {
    return new PolicyUpdate(source, anchors, settings.with(passes, settings.numMinibatches));
  }

  /** The same with one optimizer step, or none where there was none before. */
  PolicyUpdate once() {
    return new PolicyUpdate(source, anchors, settings.with(Math.min(1, settings.numIterations), 1));
  }

  private Scores score(Episodes episodes, Parameters theta, int most) {
    return episodes.score(
        source,
        theta,
        settings.objective.lossScript(),
        settings.temperature,
        settings.gradientShards,
        most);
  }

  /** Also logs, and steers the weight of the KL in the reward. */
  private double measureKl(
      List<Episode> all, Scores old, Scores first, double klBeta, Map<String, Double> metrics) {
    double perToken = 0;
    double perCompletion = 0;
    long tokens = 0;
    int completions = 0;
    for (int i = 0; i < all.size(); i++) {
      float[] o = old.logProbs().get(i);
      float[] f = first.logProbs().get(i);
      for (int t = 0; t < Math.min(o.length, f.length); t++) {
        perToken += KlEstimator.K3.estimate(o[t], f[t]);
        perCompletion += KlEstimator.K1.estimate(o[t], f[t]);
        tokens++;
      }
      completions += Math.min(o.length, f.length) > 0 ? 1 : 0;
    }
    if (tokens > 0) {
      metrics.put("actor/kl_to_start", perToken / tokens);
    }
    Optional<Regularizer.KlReward> inReward =
        settings.objective.regularizer(Regularizer.KlReward.class);
    if (inReward.isEmpty()) {
      return klBeta;
    }
    metrics.put("actor/kl_coeff", klBeta);
    return inReward.get().next(klBeta, perCompletion / completions, completions);
  }

  private List<AdvantageEstimator.Episode> rewarded(
      RolloutBatch batch, List<Episode> all, Scores old, Scores first, double klBeta) {
    Optional<KlEstimator> kl =
        settings
            .objective
            .regularizer(Regularizer.KlReward.class)
            .filter(Regularizer::needsReference)
            .map(Regularizer.KlReward::klEstimator);
    List<AdvantageEstimator.Episode> rewarded = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      Episode e = all.get(i);
      double[] rewards = new double[e.length()];
      for (int t = 0; t < rewards.length && kl.isPresent(); t++) {
        double estimate = kl.get().estimate(old.logProbs().get(i)[t], first.logProbs().get(i)[t]);
        rewards[t] = -klBeta * estimate;
      }
      rewards[rewards.length - 1] += e.sample().reward();
      double greedy = batch.groups().get(e.group()).greedy();
      rewarded.add(
          new AdvantageEstimator.Episode(
              e.group(),
              rewards,
              doubles(old.values().get(i)),
              greedy,
              e.sample().trace().count(Trace.Role.GIVEN)));
    }
    return rewarded;
  }

  /** What a value head is to learn: estimate plus value; empty without one. */
  private List<double[]> outcomes(
      List<AdvantageEstimator.Episode> rewarded, Map<String, Double> metrics) {
    List<double[]> errors = settings.advEstimator.valueErrors(rewarded);
    if (errors.isEmpty()) {
      return List.of();
    }
    List<double[]> outcomes = new ArrayList<>();
    List<double[]> values = rewarded.stream().map(AdvantageEstimator.Episode::values).toList();
    for (int i = 0; i < errors.size(); i++) {
      double[] error = errors.get(i);
      double[] value = values.get(i);
      outcomes.add(
          IntStream.range(0, error.length).mapToDouble(t -> error[t] + value[t]).toArray());
    }
    metrics.put("critic/values/mean", Moments.mean(values));
    metrics.put("critic/returns/mean", Moments.mean(outcomes));
    metrics.put(
        "critic/vf_explained_var", 1 - Moments.variance(errors) / Moments.variance(outcomes));
    return outcomes;
  }

  private List<Optional<double[]>> importance(List<Episode> all, Scores old) {
    List<double[]> logRatios = new ArrayList<>();
    for (int i = 0; i < all.size(); i++) {
      float[] sampled = all.get(i).sample().trace().logProbs();
      double[] row = new double[sampled.length];
      if (settings.importanceCorrection.looks()) {
        float[] own = old.logProbs().get(i);
        Arrays.setAll(row, t -> (double) own[t] - sampled[t]);
      }
      logRatios.add(row);
    }
    return settings.importanceCorrection.ofStep(logRatios);
  }

  private static double[] times(double[] a, double[] b) {
    return IntStream.range(0, a.length).mapToDouble(i -> a[i] * b[i]).toArray();
  }

  private static double[] doubles(float[] row) {
    return IntStream.range(0, row.length).mapToDouble(i -> row[i]).toArray();
  }
}
