package io.atomforge.jobs;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.dataset.Batches;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.model.LogProbs;
import io.atomforge.model.LossScript;
import io.atomforge.random.Seeds;
import io.atomforge.training.Distribution;
import io.atomforge.training.DivergedException;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.LossAggregation;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The steps of a supervised run: trains, validates, saves, and stops when it should. */
final class SftLoop {
  /** Losses that a spike is measured against. */
  private static final int WINDOW = 32;

  /**
   * @param train by sequence_id
   * @param validation sequences that are not trained on; may be empty
   */
  record Data(Map<String, Sequence> train, List<Sequence> validation, Batches batches) {}

  private final TrainSft.Config config;
  private final TrainingRun run;
  private final TrainingRun.Saved saved;
  private final GradientSource source;
  private final Trainer trainer;
  private final Data data;
  private final long steps;
  private final Deque<Double> recent = new ArrayDeque<>();
  private Batches.Cursor cursor = Batches.Cursor.START;
  private double validationLoss = Double.NaN;
  private double lowest = Double.POSITIVE_INFINITY;
  private int misses;
  private double best = Double.POSITIVE_INFINITY;
  private long bestStep = -1;
  private double loss = Double.NaN;
  private long tokens;

  /**
   * @param saved what a checkpoint of the run holds beside the trainer's state
   */
  SftLoop(
      TrainSft.Config config,
      TrainingRun run,
      TrainingRun.Saved saved,
      GradientSource source,
      Trainer trainer,
      Data data,
      long steps) {
    this.config = config;
    this.run = run;
    this.saved = saved;
    this.source = source;
    this.trainer = trainer;
    this.data = data;
    this.steps = steps;
  }

  /** Continues from where the run's latest checkpoint stands. */
  void resume(Checkpoint checkpoint) {
    Map<String, Object> state = checkpoint.state();
    Checkpoints.restore(trainer, checkpoint, run.committed());
    cursor =
        new Batches.Cursor(TrainSft.number(state, "epoch"), TrainSft.number(state, "position"));
    lowest = decimal(state, "lowest_val_loss");
    misses = ((Number) state.getOrDefault("validations_since_lowest", 0)).intValue();
    best = decimal(state, "best_metric");
    bestStep = ((Number) state.getOrDefault("best_step", -1)).longValue();
  }

  private static double decimal(Map<String, Object> values, String key) {
    return values.get(key) instanceof Number n ? n.doubleValue() : Double.POSITIVE_INFINITY;
  }

  /** Saves the start of a new run. */
  void begin() {
    commit(0);
  }

  /**
   * @return tokens per second, validation and checkpoints included
   */
  double take() {
    long begin = System.nanoTime();
    try (Progress progress = Progress.ofSteps("sft step", Math.max(0, run.committed()), steps)) {
      long step = run.committed();
      while (step < steps && !stopped()) {
        int count = (int) Math.min(config.distribution().innerSteps(), steps - step);
        long before = tokens;
        long stepBegin = System.nanoTime();
        Trainer.Step done = step(step + 1, count);
        step += count;
        double seconds = (System.nanoTime() - stepBegin) / 1e9;
        record(step, done, tokens - before, seconds);
        boolean last = step == steps;
        if (step % config.evalSteps() == 0 || step % config.saveSteps() == 0 || last) {
          validate(step);
        }
        progress.report(
            step,
            String.format(
                Locale.ROOT,
                "loss %.3f | grad_norm %.2f | %.1fk tok/s",
                done.loss(),
                done.gradNorm(),
                (tokens - before) / seconds / 1000));
        if (step % config.saveSteps() == 0 || last || stopped()) {
          commit(step);
        }
      }
    }
    return tokens / ((System.nanoTime() - begin) / 1e9);
  }

  /** Whether validation has not improved for as long as the config allows. */
  boolean stopped() {
    return config.earlyStoppingPatience() > 0 && misses >= config.earlyStoppingPatience();
  }

  double loss() {
    return loss;
  }

  /** The latest, or one of now if this process took no step; NaN without validation set. */
  double validationLoss() {
    return Double.isNaN(validationLoss) ? measure() : validationLoss;
  }

  /** The step of the best checkpoint, or -1 if none was looked for. */
  long bestStep() {
    return bestStep;
  }

  /**
   * @param first number of the first
   * @param count steps until the workers meet
   */
  private Trainer.Step step(long first, int count) {
    List<Sequence> sequences = new ArrayList<>();
    List<List<Example>> batches = new ArrayList<>();
    Batches.Cursor next = cursor;
    for (int i = 0; i < count; i++) {
      long step = first + i;
      Batches.Batch batch = data.batches().at(next);
      next = batch.next();
      List<Sequence> here = batch.sequenceIds().stream().map(data.train()::get).toList();
      sequences.addAll(here);
      batches.add(here.stream().map(s -> trained(s, step)).toList());
    }
    Trainer.Step done;
    try {
      done =
          config.distribution() instanceof Distribution.LocalSgd local
              ? trainer.meet(local, dealt(batches), count, 1.0, mostLoss())
              : trainer.step(cut(batches.get(0)), 1.0, mostLoss());
    } catch (DivergedException e) {
      throw new IllegalStateException(e.getMessage() + "; " + worst(sequences), e);
    }
    cursor = next;
    tokens += sequences.stream().mapToLong(Sequence::length).sum();
    loss = done.loss();
    recent.add(loss);
    if (recent.size() > WINDOW) {
      recent.remove();
    }
    return done;
  }

  private LossScript script() {
    return config.objective().lossScript();
  }

  /** The part of the first worker in each batch, then that of the next. */
  private List<Shard> dealt(List<List<Example>> batches) {
    int workers = config.gradientShards();
    return IntStream.range(0, workers)
        .boxed()
        .flatMap(
            worker ->
                batches.stream()
                    .map(
                        batch ->
                            IntStream.iterate(worker, i -> i < batch.size(), i -> i + workers)
                                .mapToObj(batch::get)
                                .toList())
                    .map(own -> Sharding.cut(own, script(), 1).get(0)))
        .toList();
  }

  private Example trained(Sequence s, long step) {
    Example example = example(s, config.lossAggMode(), config.mixtureWeight(s.mixture()));
    return config.lora().loraDropout() == 0
        ? example
        : example.dropping(Seeds.derive(config.seed(), "dropout", step, s.sequenceId()));
  }

  private List<Shard> cut(List<Example> examples) {
    return Sharding.cut(examples, script(), shards());
  }

  private int shards() {
    return config.gradientShards() * config.gradientAccumulationSteps();
  }

  private double mostLoss() {
    if (config.lossSpikeFactor() == 0 || recent.size() < WINDOW) {
      return Double.POSITIVE_INFINITY;
    }
    double[] sorted = recent.stream().mapToDouble(l -> l).sorted().toArray();
    return config.lossSpikeFactor() * sorted[sorted.length / 2];
  }

  /** Which sequences of a bad step fit the model least. */
  private String worst(List<Sequence> sequences) {
    List<Shard> single =
        sequences.stream()
            .map(
                s ->
                    Sharding.cut(List.of(example(s, LossAggregation.TOKEN_MEAN, 1)), script(), 1)
                        .get(0))
            .toList();
    List<LogProbs> scores = source.logProbs(trainer.theta(), single, 1.0);
    double[] losses = scores.stream().mapToDouble(s -> loss(Stream.of(s))).toArray();
    return "highest losses: "
        + IntStream.range(0, losses.length)
            .boxed()
            .sorted(Comparator.comparing((Integer i) -> losses[i]).reversed())
            .limit(5)
            .map(
                i ->
                    String.format(Locale.ROOT, "%s %.3f", sequences.get(i).sequenceId(), losses[i]))
            .collect(Collectors.joining(", "))
        + "; lower learning_rate, or remove these sequences";
  }

  private void validate(long step) {
    if (data.validation().isEmpty()) {
      return;
    }
    validationLoss = measure();
    run.metric(step, "val/loss", validationLoss);
    misses = validationLoss < lowest ? 0 : misses + 1;
    lowest = Math.min(lowest, validationLoss);
  }

  /** Mean negative log likelihood of a reference token, in nats. */
  private double measure() {
    if (data.validation().isEmpty()) {
      return Double.NaN;
    }
    List<Example> examples =
        data.validation().stream().map(s -> example(s, LossAggregation.TOKEN_MEAN, 1)).toList();
    // No more at once than a step has: memory is said for that.
    int steps = (examples.size() + config.trainBatchSize() - 1) / config.trainBatchSize();
    List<Shard> shards = Sharding.cut(examples, script(), steps * shards());
    return loss(source.logProbs(trainer.theta(), shards, 1.0).stream());
  }

  private static double loss(Stream<LogProbs> scores) {
    return LogProbs.meanSurprisal(scores.map(LogProbs::logProbs));
  }

  private void record(long step, Trainer.Step done, long stepTokens, double seconds) {
    run.metric(step, "train/loss", done.loss());
    List<String> statistics = config.objective().lossScript().statistics();
    for (int i = 0; i < statistics.size(); i++) {
      run.metric(step, "train/" + statistics.get(i), done.statistics()[i]);
    }
    run.metric(step, "actor/grad_norm", done.gradNorm());
    run.metric(step, "actor/lr", done.learningRate());
    run.metric(step, "perf/total_num_tokens", stepTokens);
    run.metric(step, "perf/throughput", stepTokens / seconds);
    done.costs().forEach((name, value) -> run.metric(step, name, value));
    run.metric(step, "timing_s/step", seconds);
  }

  private void commit(long step) {
    String metric = config.metricForBestModel();
    double value = metric.equals("val/loss") ? validationLoss : loss;
    if (!metric.isEmpty() && step > 0 && value < best) {
      best = value;
      bestStep = step;
    }
    Map<String, Object> state = new HashMap<>(TrainSft.cursor(cursor));
    state.put("validations_since_lowest", misses);
    state.put("best_step", bestStep);
    if (Double.isFinite(lowest)) {
      state.put("lowest_val_loss", lowest);
    }
    if (Double.isFinite(best)) {
      state.put("best_metric", best);
    }
    run.commit(step, saved, trainer, state);
    run.prune(config.saveTotalLimit(), bestStep);
  }

  /**
   * @param weight factor of the loss of all tokens, on top of the sequence's own
   */
  static Example example(Sequence s, LossAggregation aggregation, double weight) {
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
