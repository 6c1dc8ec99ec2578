package io.atomforge.jobs.training;

import io.atomforge.dataset.Batches;
import io.atomforge.model.Parameters;
import io.atomforge.plan.Plan;
import io.atomforge.random.Seeds;
import io.atomforge.training.Example;
import io.atomforge.training.GradientSource;
import io.atomforge.training.SequenceScores;
import io.atomforge.training.Shard;
import io.atomforge.training.Sharding;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.RewardObjective;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.IntStream;

/** The steps of a reward model's training, on completions that were judged before. */
public final class RewardSteps implements Supervision {
  /** The key of a checkpoint's state that only a reward model has. */
  private static final String OBJECTIVE = "reward_objective";

  /**
   * @param batchSize completions or pairs per step, as the objective takes them
   * @param shards pieces that a step is cut into
   */
  public record Settings(long seed, RewardObjective objective, int batchSize, int shards) {}

  /**
   * A judged completion that ended by itself.
   *
   * @param prompt token ids
   * @param tokens of the completion
   */
  public record Completion(String problemId, int[] prompt, int[] tokens, boolean passed) {
    /** See {@link SequenceScores#example}. */
    public Example example(float... inputs) {
      return SequenceScores.example(prompt, tokens, 1, inputs);
    }

    /** Tokens of prompt and completion. */
    public int length() {
      return prompt.length + tokens.length;
    }
  }

  private final Settings settings;
  private final GradientSource source;
  private final Trainer trainer;
  private final List<List<Completion>> units;
  private final Batches batches;
  private Batches.Cursor cursor = Batches.Cursor.START;
  private double loss = Double.NaN;

  /**
   * @param units as {@link #units} gives them, one or more
   */
  public RewardSteps(
      Settings settings, GradientSource source, Trainer trainer, List<List<Completion>> units) {
    this.settings = settings;
    this.source = source;
    this.trainer = trainer;
    this.units = units;
    batches = batches(settings, units);
  }

  /** Deals out the units in the order that a seed decides. */
  public static Batches batches(Settings settings, List<List<Completion>> units) {
    List<String> numbers = IntStream.range(0, units.size()).mapToObj(String::valueOf).toList();
    return new Batches(numbers, settings.batchSize, settings.seed);
  }

  /**
   * What an objective learns from together: completions, or pairs of one prompt.
   *
   * @param completions in an order that is always the same
   */
  public static List<List<Completion>> units(
      RewardObjective objective, long seed, List<Completion> completions) {
    Map<List<Object>, List<Completion>> prompts = new LinkedHashMap<>();
    for (Completion each : completions) {
      List<Object> prompt = List.of(each.problemId, IntStream.of(each.prompt).boxed().toList());
      prompts.computeIfAbsent(prompt, p -> new ArrayList<>()).add(each);
    }
    List<List<Completion>> units = new ArrayList<>();
    prompts.forEach(
        (prompt, all) -> {
          List<Boolean> passed = all.stream().map(Completion::passed).toList();
          for (int[] unit : objective.units(passed, Seeds.random(seed, "reward units", prompt))) {
            units.add(IntStream.of(unit).mapToObj(all::get).toList());
          }
        });
    return units;
  }

  /** Whether a checkpoint of this state is a reward model. */
  public static boolean made(Map<String, Object> state) {
    return state.get(StepMoves.SUPERVISED) instanceof Map<?, ?> steps
        && steps.containsKey(OBJECTIVE);
  }

  /** The mean loss of the last step; NaN before the first. */
  public double loss() {
    return loss;
  }

  @Override
  public TrainingLoop.Taken take(long step, List<String> problemIds) {
    long begin = System.nanoTime();
    Batches.Batch batch = batches.at(cursor);
    List<List<Completion>> next = chosen(batch);
    Trainer.Step done = trainer.step(shards(next), 1.0);
    cursor = batch.next();
    loss = done.loss();
    long tokens = next.stream().flatMap(List::stream).mapToLong(Completion::length).sum();
    double seconds = (System.nanoTime() - begin) / 1e9;
    return new TrainingLoop.Taken(
        step,
        SupervisedSteps.metrics(settings.objective.lossScript(), done, tokens, seconds),
        List.of(),
        new Plan.Seen(new Plan.Move.Supervise(), done.gradNorm(), List.of()),
        String.format(
            Locale.ROOT,
            "loss %.3f | accuracy %.3f | grad_norm %.2f",
            done.loss(),
            done.statistics()[0],
            done.gradNorm()));
  }

  @Override
  public TrainingLoop.Taken measure(long step) {
    double norm = trainer.gradNorm(shards(chosen(batches.at(cursor))), 1.0);
    return new TrainingLoop.Taken(
        step,
        Map.of("supervised/measured_grad_norm", norm),
        List.of(),
        new Plan.Seen(new Plan.Move.Measure(), norm, List.of()),
        String.format(Locale.ROOT, "grad_norm %.2f", norm));
  }

  private List<List<Completion>> chosen(Batches.Batch batch) {
    return batch.sequenceIds().stream().map(Integer::parseInt).map(units::get).toList();
  }

  private List<Shard> shards(List<List<Completion>> chosen) {
    double[] scores = settings.objective.compares() ? scores(chosen) : new double[0];
    List<Example> examples = new ArrayList<>();
    for (List<Completion> unit : chosen) {
      int first = examples.size();
      for (int i = 0; i < unit.size(); i++) {
        float sign = unit.get(i).passed() ? 1 : -1;
        // Of a pair the other one is the second for the first, and the first for the second.
        float[] inputs =
            scores.length == 0
                ? new float[] {sign}
                : new float[] {sign, (float) scores[first + 1 - i]};
        examples.add(unit.get(i).example(inputs));
      }
    }
    return Sharding.cut(examples, settings.objective.lossScript(), settings.shards);
  }

  private double[] scores(List<List<Completion>> chosen) {
    Parameters theta = trainer.theta();
    List<Example> all =
        chosen.stream().flatMap(List::stream).map(completion -> completion.example()).toList();
    return SequenceScores.of(source, theta, all, settings.shards);
  }

  @Override
  public Map<String, Object> state() {
    return Map.of(
        "epoch",
        cursor.epoch(),
        "position",
        cursor.position(),
        OBJECTIVE,
        settings.objective.lossScript().name());
  }

  @Override
  public void restore(Map<String, Object> state) {
    cursor = new Batches.Cursor(Stateful.whole(state, "epoch"), Stateful.whole(state, "position"));
  }
}
