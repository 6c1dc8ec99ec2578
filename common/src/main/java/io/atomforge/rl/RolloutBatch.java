package io.atomforge.rl;

import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Trace;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The rollouts of one step with their rewards, prompt by prompt. Samples without a verdict on the
 * program take no part.
 */
public final class RolloutBatch {
  /**
   * How rewards are given.
   *
   * @param longest tokens at which a completion is cut
   */
  public record Scoring(Rewards rewards, Overlong overlong, Selection selection, int longest) {
    /** The same without a choice of what is learned from, and without a price of the length. */
    Scoring ofAll() {
      return new Scoring(rewards, new Overlong.None(), new Selection.All(), longest);
    }

    private double shaped(Trace trace, Rewards.Score score) {
      return score.sum() + overlong.shaping(trace.tokens().length, longest);
    }
  }

  /**
   * @param scored its rewards, before shaping
   * @param reward their weighted sum after shaping
   * @param counts whether its group's statistics see it
   * @param learned whether the loss sees it; then it counts too
   */
  public record Sample(
      Trace trace, Rewards.Score scored, double reward, boolean counts, boolean learned) {
    /** The weighted sum of its rewards, before shaping. */
    public double score() {
      return scored.sum();
    }

    Sample dropped() {
      return new Sample(trace, scored, reward, false, false);
    }
  }

  /**
   * All rollouts of one prompt.
   *
   * @param greedy reward of the prompt's greedy completion; 0 where none was asked for
   */
  public record Group(PromptTask task, List<Sample> samples, double greedy) {
    boolean learned() {
      return samples.stream().anyMatch(Sample::learned);
    }

    Group dropped() {
      return new Group(task, samples.stream().map(Sample::dropped).toList(), greedy);
    }

    double[] scores() {
      return samples.stream()
          .filter(s -> s.trace.outcome().judgesProgram())
          .mapToDouble(Sample::score)
          .toArray();
    }
  }

  private final List<Group> groups = new ArrayList<>();
  private final Scoring scoring;
  private final int wanted;
  private int learnedGroups;

  /**
   * @param wanted groups to learn from; what comes beyond is kept as rows only
   */
  public RolloutBatch(Scoring scoring, int wanted) {
    this.scoring = scoring;
    this.wanted = wanted;
  }

  /**
   * Adds the rollouts of one prompt. A completion that was cut gets the reward's failure value. A
   * rollout whose whole group but itself was lost has nothing to be compared with and takes no part
   * either.
   */
  public void add(PromptTask task, List<Trace> rollouts) {
    add(task, rollouts, 0, true);
  }

  /** The same with a greedy completion to compare with; without its verdict the group is lost. */
  public void add(PromptTask task, List<Trace> rollouts, Trace greedy) {
    boolean judged = greedy.outcome().judgesProgram();
    double reward = 0;
    if (judged) {
      reward = scoring.shaped(greedy, scoring.rewards.scores(List.of(greedy)).get(0));
    }
    add(task, rollouts, reward, judged);
  }

  private void add(PromptTask task, List<Trace> rollouts, double greedy, boolean comparable) {
    List<Trace> judged = rollouts.stream().filter(r -> r.outcome().judgesProgram()).toList();
    boolean counts = comparable && judged.size() >= Math.min(2, rollouts.size());
    List<Rewards.Score> scores = scoring.rewards.scores(judged);
    boolean[] kept =
        scoring.selection.keep(judged, scores.stream().mapToDouble(Rewards.Score::sum).toArray());
    List<Sample> samples = new ArrayList<>();
    int at = 0;
    for (Trace r : rollouts) {
      if (!r.outcome().judgesProgram()) {
        samples.add(new Sample(r, Rewards.Score.NONE, 0, false, false));
        continue;
      }
      boolean learned = counts && kept[at] && (r.finished() || scoring.overlong.learnsFromCut());
      Rewards.Score score = scores.get(at++);
      samples.add(new Sample(r, score, scoring.shaped(r, score), counts, learned));
    }
    Group group = new Group(task, samples, greedy);
    boolean taken = group.learned() && learnedGroups < wanted;
    learnedGroups += taken ? 1 : 0;
    groups.add(taken ? group : group.dropped());
  }

  /** Whether there are as many groups to learn from as were wanted. */
  public boolean full() {
    return learnedGroups == wanted;
  }

  /** In the order in which they were added; an index here is the number of a group. */
  public List<Group> groups() {
    return groups;
  }

  List<Sample> samples() {
    return groups.stream().flatMap(g -> g.samples().stream()).toList();
  }

  /** Tokens at which a completion is cut. */
  int longest() {
    return scoring.longest;
  }

  /** The problems that no completion solved, in the order of the step. */
  public List<String> failed() {
    return groups.stream()
        .filter(g -> g.samples.stream().noneMatch(s -> s.trace.solved()))
        .filter(g -> g.scores().length > 0)
        .map(g -> g.task.task().taskId())
        .toList();
  }

  /** Mean reward before shaping of the samples whose program was judged. */
  public double meanScore() {
    return groups.stream().flatMapToDouble(g -> Arrays.stream(g.scores())).average().orElse(0);
  }

  /** Mean length of a completion, in tokens. */
  public double meanLength() {
    return samples().stream().mapToInt(s -> s.trace.tokens().length).average().orElse(0);
  }

  /** Tokens sampled. */
  public long tokens() {
    return samples().stream().mapToLong(s -> s.trace.count(Trace.Role.WRITTEN)).sum();
  }
}
