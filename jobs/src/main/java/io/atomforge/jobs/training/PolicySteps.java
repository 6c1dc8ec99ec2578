package io.atomforge.jobs.training;

import io.atomforge.model.Parameters;
import io.atomforge.plan.Plan;
import io.atomforge.random.Seeds;
import io.atomforge.rl.Anchors;
import io.atomforge.rl.PolicyStep;
import io.atomforge.rl.PolicyUpdate;
import io.atomforge.rl.RolloutBatch;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The steps of reinforcement learning of a run: rollouts, then what is learned from them. */
public final class PolicySteps implements Stateful, AutoCloseable {
  private static final int WINDOW = 10;

  private final PolicyStages stages;
  private final RolloutFeed feed;
  private final Prompts prompts;
  private final Trainers trainers;
  private final Anchors anchors;
  private final RolloutFeed.Settings settings;
  private final PolicyAlarms alarms = new PolicyAlarms();
  private final List<Double> rewards = new ArrayList<>();
  private Predicate<String> demonstrated = id -> true;
  private double klBeta;
  private double tokens;
  private double seconds;

  /**
   * @param anchors which the steps compare with; the caller closes them
   * @param klBeta weight of the KL in the reward at the start
   */
  public PolicySteps(
      RolloutFeed.Settings settings,
      PolicyStages stages,
      Prompts prompts,
      Trainers trainers,
      Anchors anchors,
      double klBeta) {
    this.settings = settings;
    this.stages = stages;
    this.prompts = prompts;
    this.trainers = trainers;
    this.anchors = anchors;
    this.klBeta = klBeta;
    feed = new RolloutFeed(stages.policy(), prompts, settings);
  }

  /** Only problems that pass here are told of as failed: those that have a demonstration. */
  public void tellOnly(Predicate<String> problemIds) {
    demonstrated = problemIds;
  }

  /**
   * Takes what earlier steps drew out of the table, where the run learns from it again or chooses
   * prompts by it.
   */
  public void recall(Warehouse warehouse, long committed) {
    feed.restore(warehouse, committed);
    prompts.recall(warehouse, committed);
  }

  TrainingLoop.Taken take(long step) {
    PolicyStep policy = enter(step);
    RolloutFeed.Next drawn = feed.next(step, trainers.policy().theta());
    PolicyUpdate.Result done =
        settings.reincarnated(step)
            ? policy.learnOnce(trainers.policy(), drawn.drawn(), klBeta, order(step))
            : policy.learn(trainers.policy(), drawn.drawn(), klBeta, order(step));
    return taken(new Plan.Move.Reinforce(), step, drawn, done);
  }

  TrainingLoop.Taken fitValues(long step, int passes) {
    PolicyStep policy = enter(step);
    RolloutFeed.Next drawn = feed.fresh(step, trainers.policy().theta());
    return taken(
        new Plan.Move.FitValues(passes),
        step,
        drawn,
        policy.fitValues(
            trainers.values().orElseThrow(), drawn.drawn(), passes, klBeta, order(step)));
  }

  private PolicyStep enter(long step) {
    anchors.begin(step, trainers.policy().theta());
    stages.enter(step, trainers.policy().theta(), prompts);
    feed.use(stages.policy());
    return stages.policy();
  }

  private long order(long step) {
    return Seeds.derive(settings.seed(), "minibatches", step);
  }

  private TrainingLoop.Taken taken(
      Plan.Move move, long step, RolloutFeed.Next drawn, PolicyUpdate.Result done) {
    klBeta = done.klBeta();
    Map<String, Double> metrics = done.metrics();
    metrics.put("training/staleness", (double) drawn.staleness());
    metrics.putAll(stages.metrics());
    metrics.putAll(anchors.metrics());
    alarms.look(step, metrics);
    RolloutBatch batch = drawn.drawn().rollouts();
    rewards.add(batch.meanScore());
    List<RolloutRow> rows = List.of();
    if (drawn.drawnFor() == step) {
      rows = RolloutRow.of(settings.runId(), step, batch, done.advantages());
      prompts.seen(rows);
      tokens += batch.tokens();
      seconds += Objects.requireNonNull(metrics.get("timing_s/gen"));
    }
    double norm = metrics.getOrDefault("actor/grad_norm", 0.0);
    List<String> failed = batch.failed().stream().filter(demonstrated).toList();
    @Nullable Double kl =
        metrics.get("actor/kl_to_start"); // none where no completion was learned from
    return new TrainingLoop.Taken(
        step,
        metrics,
        rows,
        new Plan.Seen(move, norm, failed),
        String.format(
            Locale.ROOT,
            "reward %.3f | entropy %.3f%s | grad_norm %.2f | length %.1f | %.1fk tok/s",
            batch.meanScore(),
            metrics.get("actor/entropy"),
            kl == null ? "" : String.format(Locale.ROOT, " | kl %.4f", kl),
            norm,
            batch.meanLength(),
            tokens / seconds / 1000));
  }

  /** Mean reward of the first steps that this process took; NaN if it took none. */
  public double firstReward() {
    return mean(rewards.subList(0, Math.min(WINDOW, rewards.size())));
  }

  /** The same of the last ones. */
  public double lastReward() {
    return mean(rewards.subList(Math.max(0, rewards.size() - WINDOW), rewards.size()));
  }

  private static double mean(List<Double> values) {
    return values.stream().mapToDouble(v -> v).average().orElse(Double.NaN);
  }

  /** Of sampling and judging; NaN if this process sampled nothing. */
  public double generatedTokensPerSecond() {
    return seconds > 0 ? tokens / seconds : Double.NaN;
  }

  @Override
  public Map<String, Object> state() {
    Map<String, Object> state = new HashMap<>(prompts.state());
    state.put("kl_beta", klBeta);
    state.putAll(stages.state());
    return state;
  }

  @Override
  public Map<String, Parameters> policies() {
    return anchors.kept();
  }

  @Override
  public void restore(Map<String, Object> state) {
    prompts.restore(state);
    stages.restore(state);
    klBeta = Stateful.decimal(state, "kl_beta");
  }

  /** Ends what is still being drawn. */
  @Override
  public void close() {
    feed.close();
  }
}
