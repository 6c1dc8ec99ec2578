package io.atomforge.jobs.training;

import static io.atomforge.tables.Tables.ROLLOUTS;

import ai.djl.Device;
import io.atomforge.model.Parameters;
import io.atomforge.random.Seeds;
import io.atomforge.rl.PolicyStep;
import io.atomforge.rl.PolicyStep.Drawn;
import io.atomforge.rl.RolloutBatch;
import io.atomforge.rl.RolloutMode;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Trace;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;

/** Gives each step of a run its rollouts, from the policy that the mode asks for. */
public final class RolloutFeed implements AutoCloseable {
  /**
   * The rollouts of a step.
   *
   * @param drawnFor the step that drew them; an earlier one if they are learned from again
   * @param staleness steps taken since the policy that they come from
   */
  record Next(Drawn drawn, long drawnFor, long staleness) {}

  private PolicyStep policy;

  /**
   * @param wanted prompts that a step learns from at most
   * @param saveSteps steps between checkpoints, at which what is drawn ahead begins anew
   * @param steps of the whole run
   * @param reincarnateStep the last step that may learn from earlier rollouts
   */
  public record Settings(
      String runId,
      long seed,
      RolloutMode mode,
      int wanted,
      int saveSteps,
      long steps,
      long reincarnateStep) {
    /** Whether a step learns once from rollouts of its own policy, whatever the mode. */
    boolean reincarnated(long step) {
      return step > reincarnateStep;
    }
  }

  private final Prompts prompts;
  private final Settings settings;
  private final ExecutorService drawing =
      Executors.newSingleThreadExecutor(
          work -> {
            Thread thread = new Thread(work, "rollouts");
            thread.setDaemon(true);
            return thread;
          });
  private final Deque<Future<Next>> ahead = new ArrayDeque<>();
  private final TreeMap<Long, RolloutBatch> past = new TreeMap<>();
  private long asked;

  RolloutFeed(PolicyStep policy, Prompts prompts, Settings settings) {
    this.policy = policy;
    this.prompts = prompts;
    this.settings = settings;
  }

  void use(PolicyStep other) {
    policy = other;
  }

  /** Goes on after a committed step: takes what may be learned from again out of the table. */
  void restore(Warehouse warehouse, long committed) {
    int back = settings.mode.back();
    if (back == 0 || settings.reincarnated(committed + 1) || !warehouse.exists(ROLLOUTS)) {
      return;
    }
    String recent =
        "run_id = '%s' AND step > %d AND step <= %d"
            .formatted(settings.runId, committed - back, committed);
    Map<Long, List<RolloutRow>> steps =
        Rows.collect(ROLLOUTS, warehouse.read(ROLLOUTS).filter(recent)).stream()
            .collect(Collectors.groupingBy(RolloutRow::step));
    steps.forEach((step, rows) -> past.put(step, batch(rows)));
  }

  private RolloutBatch batch(List<RolloutRow> rows) {
    Map<Integer, List<RolloutRow>> groups =
        rows.stream()
            .sorted(Comparator.comparingInt(RolloutRow::sample))
            .collect(Collectors.groupingBy(RolloutRow::group, TreeMap::new, Collectors.toList()));
    Map<PromptTask, List<Trace>> drawn = new LinkedHashMap<>();
    for (List<RolloutRow> group : groups.values()) {
      PromptTask task = prompts.task(group.get(0).problemId(), new long[group.size()]);
      drawn.put(task, group.stream().map(row -> row.trace(task.prompt())).toList());
    }
    return policy.judged(drawn, settings.wanted);
  }

  /**
   * @param step the one after the last
   * @param theta the policy that the step will change
   */
  Next next(long step, Parameters theta) {
    return settings.mode.ahead() > 0 ? inTime(step, theta) : freshOrPast(step, theta);
  }

  /** As {@link #next}, but never rollouts of an earlier step. */
  Next fresh(long step, Parameters theta) {
    return settings.mode.ahead() > 0 ? inTime(step, theta) : drawn(step, theta);
  }

  private Drawn draw(long step, Parameters theta) {
    prompts.begin(step);
    return policy.draw(theta, prompts::next);
  }

  /** Asks for later steps before it waits for this one. */
  private Next inTime(long step, Parameters theta) {
    long every = settings.saveSteps;
    long saved = (step + every - 1) / every * every;
    long last = Math.min(Math.min(saved, settings.steps), step + settings.mode.ahead());
    for (asked = Math.max(asked + 1, step); asked <= last; asked++) {
      ask(asked, asked - step, theta.copy(Device.cpu()));
    }
    asked = last;
    try {
      return ahead.remove().get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CancellationException("interrupted while rollouts were drawn");
    } catch (ExecutionException e) {
      throw e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
  }

  private void ask(long step, long staleness, Parameters copy) {
    ahead.add(
        drawing.submit(
            () -> {
              try (copy) {
                return new Next(draw(step, copy), step, staleness);
              }
            }));
  }

  private Next freshOrPast(long step, Parameters theta) {
    if (settings.reincarnated(step)) {
      past.clear();
      return new Next(draw(step, theta), step, 0);
    }
    past.headMap(step - settings.mode.back()).clear();
    SplittableRandom random = Seeds.random(settings.seed, "replay", step);
    if (random.nextDouble() < settings.mode.share() && !past.isEmpty()) {
      List<Map.Entry<Long, RolloutBatch>> steps = new ArrayList<>(past.entrySet());
      Map.Entry<Long, RolloutBatch> old = steps.get(random.nextInt(steps.size()));
      long from = old.getKey();
      return new Next(new Drawn(old.getValue(), Map.of()), from, step - from);
    }
    return drawn(step, theta);
  }

  private Next drawn(long step, Parameters theta) {
    Drawn drawn = draw(step, theta);
    if (settings.mode.back() > 0) {
      past.put(step, drawn.rollouts());
    }
    return new Next(drawn, step, 0);
  }

  /** Ends what is still being drawn. */
  @Override
  public void close() {
    drawing.shutdownNow();
  }
}
