package io.atomforge.jobs.training;

import io.atomforge.dataset.Batches;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.model.LossScript;
import io.atomforge.plan.Plan;
import io.atomforge.random.Seeds;
import io.atomforge.training.Distribution;
import io.atomforge.training.DivergedException;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.Objective;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;

/** The supervised steps of a run, batch after batch or on the sequences of named problems. */
public final class SupervisedSteps implements Supervision {
  /**
   * @param loss of a learned token
   * @param mixtureWeights factor of the loss by mixture; 1 for those not named
   * @param trainBatchSize sequences per step
   * @param shards pieces that a step is cut into
   * @param loraDropout rate at which values that enter an adapter are dropped
   * @param lossSpikeFactor times the median of the last losses that a loss may be; 0 for any that
   *     is finite
   * @param lastStep of the run
   */
  public record Settings(
      long seed,
      LossScript loss,
      LossAggregation lossAggMode,
      Map<String, Double> mixtureWeights,
      int trainBatchSize,
      int shards,
      Distribution distribution,
      double loraDropout,
      double lossSpikeFactor,
      long lastStep) {
    /** Without what only a whole run of supervised steps needs. */
    public static Settings plain(
        long seed, Objective objective, LossAggregation mode, int batchSize, int shards) {
      return new Settings(
          seed,
          objective.lossScript(),
          mode,
          Map.of(),
          batchSize,
          shards,
          new Distribution.Synchronous(),
          0,
          0,
          Long.MAX_VALUE);
    }

    /** The same for parameters that end with a value head, which the loss leaves alone. */
    public Settings besideValueHead() {
      return new Settings(
          seed,
          loss.besideValueHead(),
          lossAggMode,
          mixtureWeights,
          trainBatchSize,
          shards,
          distribution,
          loraDropout,
          lossSpikeFactor,
          lastStep);
    }
  }

  private final Settings settings;
  private final GradientSource source;
  private final Trainer trainer;
  private final Map<String, Sequence> train;
  private final Batches batches;
  private final Map<String, List<Sequence>> byProblem = new HashMap<>();
  private final LossSpikes spikes;
  private Batches.Cursor cursor = Batches.Cursor.START;
  private double loss = Double.NaN;
  private long tokens;

  /**
   * @param train by sequence_id
   */
  public SupervisedSteps(
      Settings settings,
      GradientSource source,
      Trainer trainer,
      Map<String, Sequence> train,
      Batches batches) {
    this.settings = settings;
    this.source = source;
    this.trainer = trainer;
    this.train = train;
    this.batches = batches;
    this.spikes = new LossSpikes(settings.lossSpikeFactor);
    train.values().stream()
        .sorted(Comparator.comparing(Sequence::sequenceId))
        .forEach(s -> byProblem.computeIfAbsent(s.problemId(), id -> new ArrayList<>()).add(s));
  }

  /**
   * Refuses the mode that divides by the longest allowed completion, which supervised steps do not
   * have; the sum of a sequence differs from it by a factor alone.
   *
   * @param key of the setting
   */
  public static void check(String key, LossAggregation mode) {
    Checks.check(
        mode != LossAggregation.CONSTANT,
        key,
        "constant",
        "token_mean, seq_mean_token_mean or seq_mean_token_sum for supervised steps");
  }

  /** Deals out sequences in the order that a seed decides. */
  public static Batches batches(Map<String, Sequence> train, int batchSize, long seed) {
    return new Batches(new ArrayList<>(train.keySet()), batchSize, seed);
  }

  /** The mean loss of the last step; NaN before the first. */
  public double loss() {
    return loss;
  }

  /** Tokens of all steps that this process took. */
  public long tokens() {
    return tokens;
  }

  /**
   * One optimizer step, or as many as workers take until they meet.
   *
   * @param problemIds whose first sequences are learned from; empty for the next batch of all
   */
  @Override
  public TrainingLoop.Taken take(long step, List<String> problemIds) {
    long begin = System.nanoTime();
    long before = tokens;
    int inner = problemIds.isEmpty() ? settings.distribution.innerSteps() : 1;
    int count = (int) Math.min(inner, settings.lastStep - step + 1);
    Trainer.Step done =
        problemIds.isEmpty() ? next(step, count) : learn(step, List.of(sequences(problemIds)));
    double seconds = (System.nanoTime() - begin) / 1e9;
    long here = tokens - before;
    return new TrainingLoop.Taken(
        step + count - 1,
        metrics(settings.loss, done, here, seconds),
        List.of(),
        new Plan.Seen(new Plan.Move.Supervise(problemIds), done.gradNorm(), List.of()),
        String.format(
            Locale.ROOT,
            "loss %.3f | grad_norm %.2f | %.1fk tok/s",
            done.loss(),
            done.gradNorm(),
            here / seconds / 1000));
  }

  @Override
  public TrainingLoop.Taken measure(long step) {
    List<Sequence> next = sequences(batches.at(cursor));
    double norm = trainer.gradNorm(cut(next.stream().map(s -> trained(s, step)).toList()), 1.0);
    return new TrainingLoop.Taken(
        step,
        Map.of("supervised/measured_grad_norm", norm),
        List.of(),
        new Plan.Seen(new Plan.Move.Measure(), norm, List.of()),
        String.format(Locale.ROOT, "supervised grad_norm %.2f", norm));
  }

  private List<Sequence> sequences(Batches.Batch batch) {
    return batch.sequenceIds().stream().map(train::get).toList();
  }

  /** The first sequence of each problem. */
  private List<Sequence> sequences(List<String> problemIds) {
    return problemIds.stream()
        .map(id -> Objects.requireNonNull(byProblem.get(id), id).get(0))
        .toList();
  }

  /** Whether there is a sequence of a problem. */
  public boolean demonstrates(String problemId) {
    return byProblem.containsKey(problemId);
  }

  private Trainer.Step next(long step, int count) {
    List<List<Sequence>> steps = new ArrayList<>();
    Batches.Cursor next = cursor;
    for (int i = 0; i < count; i++) {
      Batches.Batch batch = batches.at(next);
      next = batch.next();
      steps.add(sequences(batch));
    }
    Trainer.Step done = learn(step, steps);
    cursor = next;
    return done;
  }

  /**
   * @param first number of the first step
   * @param steps sequences of each
   */
  private Trainer.Step learn(long first, List<List<Sequence>> steps) {
    List<List<Example>> examples = new ArrayList<>();
    for (int i = 0; i < steps.size(); i++) {
      long step = first + i;
      examples.add(steps.get(i).stream().map(s -> trained(s, step)).toList());
    }
    List<Sequence> all = steps.stream().flatMap(List::stream).toList();
    Trainer.Step done;
    try {
      done =
          settings.distribution instanceof Distribution.LocalSgd local
              ? trainer.meet(local, dealt(examples), steps.size(), 1.0, spikes.most())
              : trainer.step(cut(examples.get(0)), 1.0, spikes.most());
    } catch (DivergedException e) {
      throw new IllegalStateException(
          e.getMessage() + "; " + LossSpikes.worst(all, settings.loss, source, trainer.theta()), e);
    }
    tokens += all.stream().mapToLong(Sequence::length).sum();
    loss = done.loss();
    spikes.add(loss);
    return done;
  }

  /** The part of the first worker in each batch, then that of the next. */
  private List<Shard> dealt(List<List<Example>> steps) {
    int workers = settings.shards;
    return IntStream.range(0, workers)
        .boxed()
        .flatMap(
            worker ->
                steps.stream()
                    .map(
                        batch ->
                            IntStream.iterate(worker, i -> i < batch.size(), i -> i + workers)
                                .mapToObj(batch::get)
                                .toList())
                    .map(own -> Sharding.cut(own, settings.loss, 1).get(0)))
        .toList();
  }

  private Example trained(Sequence s, long step) {
    double weight = settings.mixtureWeights.getOrDefault(s.mixture(), 1.0);
    Example example = example(s, settings.lossAggMode, weight);
    return settings.loraDropout == 0
        ? example
        : example.dropping(Seeds.derive(settings.seed, "dropout", step, s.sequenceId()));
  }

  private List<Shard> cut(List<Example> examples) {
    return Sharding.cut(examples, settings.loss, settings.shards);
  }

  /** What a step did, by the names of metrics. */
  static Map<String, Double> metrics(
      LossScript of, Trainer.Step done, long stepTokens, double seconds) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    metrics.put("train/loss", done.loss());
    List<String> statistics = of.statistics();
    for (int i = 0; i < statistics.size(); i++) {
      metrics.put("train/" + statistics.get(i), done.statistics()[i]);
    }
    metrics.put("actor/grad_norm", done.gradNorm());
    metrics.put("actor/lr", done.learningRate());
    metrics.put("perf/total_num_tokens", (double) stepTokens);
    metrics.put("perf/throughput", stepTokens / seconds);
    metrics.putAll(done.costs());
    metrics.put("timing_s/step", seconds);
    return metrics;
  }

  @Override
  public Map<String, Object> state() {
    return Map.of("epoch", cursor.epoch(), "position", cursor.position());
  }

  @Override
  public void restore(Map<String, Object> state) {
    cursor = new Batches.Cursor(Stateful.whole(state, "epoch"), Stateful.whole(state, "position"));
  }

  /**
   * @param weight factor of the loss of all tokens, on top of the sequence's own
   */
  public static Example example(Sequence s, LossAggregation aggregation, double weight) {
    int[] learned = IntStream.range(1, s.length()).filter(t -> s.lossMask()[t] == 1).toArray();
    float[] weights = new float[learned.length];
    Arrays.fill(weights, (float) (aggregation.tokenWeight(learned.length) * s.weight() * weight));
    return new Example(
        s.tokens(),
        learned,
        weights,
        new float[0][],
        aggregation.denominator(learned.length, learned.length));
  }
}
