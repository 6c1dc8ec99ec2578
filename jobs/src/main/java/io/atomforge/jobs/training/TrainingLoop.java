package io.atomforge.jobs.training;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.model.Parameters;
import io.atomforge.plan.Plan;
import io.atomforge.tables.RolloutRow;
import io.atomforge.training.Trainer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/**
 * The steps of a run: makes the moves that a plan wants, shows and keeps what came of them, and
 * saves. Supervised runs and reinforcement learning differ in what they give it.
 */
public final class TrainingLoop {
  /**
   * @param name of a step, for people
   * @param steps of the whole run
   * @param saveSteps steps between checkpoints
   */
  public record Settings(String name, long steps, int saveSteps) {}

  /**
   * What came of a move.
   *
   * @param lastStep the step that it led to, or a later one where workers took several alone
   * @param metrics in the order in which they are kept
   * @param rollouts for the table
   * @param line for people
   */
  public record Taken(
      long lastStep,
      Map<String, Double> metrics,
      List<RolloutRow> rollouts,
      Plan.Seen seen,
      String line) {}

  /** Looks at a run between its steps. */
  public interface Watch extends Stateful {
    /** After the moves of a step. */
    void after(long step, boolean saves, Map<String, Double> metrics);

    /** Whether the run should end here. */
    boolean stops();

    /** Before a checkpoint is written. */
    void saving(long step);

    /** After it was written. */
    void saved();
  }

  /** Names in the state of a checkpoint. */
  private static final String PLAN = "plan";

  private static final String OPTIMIZERS = "optimizer_steps";

  private final Settings settings;
  private final TrainingRun run;
  private final TrainingRun.Saved saved;
  private final Plan.Course course;
  private final Map<String, Trainer> trainers;
  private final Plan.Moves<Taken> moves;
  private final Map<String, Stateful> parts;
  private final Optional<? extends Watch> watch;

  /**
   * @param saved what a checkpoint of the run holds beside the trainers' state
   * @param trainers of the same parameters, by name; the main one has an empty name
   */
  public TrainingLoop(
      Settings settings,
      TrainingRun run,
      TrainingRun.Saved saved,
      Plan.Course course,
      Map<String, Trainer> trainers,
      StepMoves moves,
      Optional<? extends Watch> watch) {
    this.settings = settings;
    this.run = run;
    this.saved = saved;
    this.course = course;
    this.trainers = trainers;
    this.moves = moves;
    this.watch = watch;
    parts = new HashMap<>(moves.parts());
    watch.ifPresent(w -> parts.put("validation", w));
  }

  /** Takes the steps that are left; of a new run it saves the start. */
  public void run(Optional<Checkpoint> resumed) {
    resumed.ifPresentOrElse(this::restore, () -> commit(0));
    long begun = run.committed();
    try (Progress progress = Progress.ofSteps(settings.name, Math.max(0, begun), settings.steps)) {
      for (long step = begun; step < settings.steps && !stops(); ) {
        Taken last = step(step + 1);
        step = last.lastStep();
        boolean saves = step % settings.saveSteps == 0 || step == settings.steps;
        for (Watch each : watch.stream().toList()) {
          each.after(step, saves, last.metrics());
        }
        progress.report(step, last.line());
        if (saves || stops()) {
          commit(step);
        }
      }
    }
  }

  /** What the last move of the step was. */
  private Taken step(long step) {
    Taken taken = taken(course.first(step), step);
    Optional<Plan.Move> more = course.then(taken.seen());
    while (more.isPresent()) {
      taken = taken(more.get(), step);
      more = course.then(taken.seen());
    }
    return taken;
  }

  private Taken taken(Plan.Move move, long step) {
    Taken taken = move.make(moves, step);
    taken.metrics().forEach((name, value) -> run.metric(taken.lastStep(), name, value));
    run.rollouts(taken.rollouts());
    return taken;
  }

  private boolean stops() {
    return watch.filter(Watch::stops).isPresent();
  }

  private void commit(long step) {
    watch.ifPresent(w -> w.saving(step));
    Map<String, Object> state = new HashMap<>();
    parts.forEach((name, part) -> state.put(name, part.state()));
    state.put(PLAN, course.state());
    Map<String, Long> steps = new HashMap<>();
    trainers.forEach((name, trainer) -> steps.put(name, trainer.optimizer().step()));
    state.put(OPTIMIZERS, steps);
    run.commit(step, saved, trainers, policies(), state);
    watch.ifPresent(Watch::saved);
  }

  private Map<String, Parameters> policies() {
    Map<String, Parameters> policies = new HashMap<>();
    parts.values().forEach(part -> policies.putAll(part.policies()));
    return policies;
  }

  private void restore(Checkpoint checkpoint) {
    Map<String, Object> state = checkpoint.state();
    Map<String, Object> steps = map(state, OPTIMIZERS);
    Checkpoints.restore(
        trainers,
        policies(),
        checkpoint,
        name -> ((Number) Objects.requireNonNull(steps.get(name), name)).longValue());
    parts.forEach((name, part) -> part.restore(map(state, name)));
    course.restore(map(state, PLAN));
  }

  @SuppressWarnings("unchecked") // what commit wrote
  private static Map<String, Object> map(Map<String, Object> state, String name) {
    return (Map<String, Object>) state.getOrDefault(name, Map.of());
  }
}
