package io.atomforge.rollout;

import io.atomforge.random.Seeds;
import io.atomforge.sandbox.Outcome;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * How hard tasks are for a policy: the number of iterations that a Monte Carlo tree search over the
 * lines of a program makes until a completion passes. ThinkLite-VL, Wang et al. 2025
 * (arXiv:2504.07934), by its released {@code mcts.py}. There a step is a sentence and a path has 10
 * of them at most; here it is a line, and the policy's limit of tokens ends a path.
 *
 * <p>The searches of many tasks go on side by side, so that the policy writes for all of them at
 * once.
 *
 * @param seed the draws of an iteration come from it, the task, the iteration and the child
 */
public record DifficultySearch(Settings settings, long seed) {
  /**
   * @param exploration weight of what was seldom tried, 0 or more; 1 in the paper
   * @param children lines that are sampled behind a line, 1 or more; 3 in the paper
   * @param maxIterations after which a task counts as unsolved, 1 or more; 50 in the paper
   */
  public record Settings(double exploration, int children, int maxIterations) {}

  /**
   * What the policy goes on from.
   *
   * @param tokens of the completion so far; may be none
   * @param seeds one per continuation that is wanted
   */
  public record Beginning(String taskId, int[] tokens, long[] seeds) {}

  /**
   * A line that the policy wrote.
   *
   * @param tokens up to the one in which the line ends
   * @param ended whether the completion ends with it
   * @param outcome of the completion; without meaning unless it has ended
   */
  public record Line(int[] tokens, boolean ended, Outcome outcome) {}

  /** Writes on, and has judged what has ended. Never asked for nothing. */
  public interface Policy {
    /**
     * @return the next lines of each beginning, one per seed
     */
    List<List<Line>> lines(List<Beginning> begun);

    /**
     * @param begun with one seed each
     * @return what became of each beginning that was written to its end
     */
    List<Outcome> outcomes(List<Beginning> begun);
  }

  /**
   * What a search has found.
   *
   * @param iterations made; if {@code solved}, a completion of the last one passed, which makes
   *     this the difficulty
   * @param unjudged iterations whose verdict says nothing about the program; they count as failed
   */
  public record Difficulty(String taskId, int iterations, boolean solved, int unjudged) {}

  /** One task's search. */
  private final class Search {
    private final String taskId;
    private final LineTree tree = new LineTree(settings.exploration);
    private int iteration;
    private int unjudged;
    private boolean solved;

    Search(String taskId) {
      this.taskId = taskId;
    }

    void begin() {
      iteration++;
      tree.select();
    }

    boolean ended() {
      return tree.line().ended();
    }

    Beginning forLines() {
      long[] seeds = IntStream.range(0, settings.children).mapToLong(this::seed).toArray();
      return new Beginning(taskId, tree.tokens(), seeds);
    }

    Beginning forRollout() {
      return new Beginning(taskId, tree.tokens(), new long[] {seed("rollout")});
    }

    private long seed(Object what) {
      return Seeds.derive(seed, "difficulty", taskId, iteration, what);
    }

    void expand(List<Line> lines) {
      int chosen =
          Seeds.random(seed, "difficulty", taskId, iteration, "choice").nextInt(lines.size());
      tree.expand(lines, chosen);
    }

    void judge(Outcome outcome) {
      solved = outcome == Outcome.PASSED;
      unjudged += outcome.judgesProgram() ? 0 : 1;
      tree.backUp(solved ? 1 : 0);
    }

    Difficulty result() {
      return new Difficulty(taskId, iteration, solved, unjudged);
    }
  }

  /**
   * @param unsolved is told after each iteration how many searches go on
   * @return in the order of the tasks
   */
  public List<Difficulty> rate(List<String> taskIds, Policy policy, IntConsumer unsolved) {
    List<Search> all = taskIds.stream().map(Search::new).toList();
    List<Search> open = all;
    for (int i = 0; i < settings.maxIterations && !open.isEmpty(); i++) {
      iterate(open, policy);
      open = open.stream().filter(search -> !search.solved).toList();
      unsolved.accept(open.size());
    }
    return all.stream().map(Search::result).toList();
  }

  /** A completion that has ended is not written on; going there again costs an iteration alone. */
  private static void iterate(List<Search> open, Policy policy) {
    open.forEach(Search::begin);
    List<Search> growing = going(open);
    if (!growing.isEmpty()) {
      List<List<Line>> lines = policy.lines(growing.stream().map(Search::forLines).toList());
      IntStream.range(0, lines.size()).forEach(i -> growing.get(i).expand(lines.get(i)));
    }
    List<Search> going = going(open);
    open.stream()
        .filter(Search::ended)
        .forEach(search -> search.judge(search.tree.line().outcome()));
    if (!going.isEmpty()) {
      List<Outcome> outcomes = policy.outcomes(going.stream().map(Search::forRollout).toList());
      IntStream.range(0, outcomes.size()).forEach(i -> going.get(i).judge(outcomes.get(i)));
    }
  }

  private static List<Search> going(List<Search> open) {
    return open.stream().filter(search -> !search.ended()).toList();
  }
}
