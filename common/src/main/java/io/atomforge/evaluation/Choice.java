package io.atomforge.evaluation;

import java.util.Collections;
import java.util.List;

/**
 * Which of several completions of a prompt is taken as the answer. As in ReFT, Luong et al. 2024
 * (arXiv:2401.08967), section 4, where a trained classifier ranks in the place of the probability.
 */
public final class Choice {
  private Choice() {}

  /**
   * Majority voting: results that come most often, of equally many those that came first.
   *
   * @param results one per completion; completions with an empty one do not vote
   * @return the place of the first completion with these results, -1 if nobody votes
   */
  public static int byVote(List<String> results) {
    List<Double> votes =
        results.stream()
            .map(result -> result.isEmpty() ? 0.0 : Collections.frequency(results, result))
            .toList();
    int best = byScore(votes);
    return best >= 0 && votes.get(best) > 0 ? best : -1;
  }

  /**
   * Re-ranking: the completion with the greatest score, of equal ones the first.
   *
   * @param scores one per completion, such as the mean log-probability of its tokens
   * @return its place, -1 if there is none
   */
  public static int byScore(List<Double> scores) {
    int best = -1;
    for (int i = 0; i < scores.size(); i++) {
      if (best < 0 || scores.get(i) > scores.get(best)) {
        best = i;
      }
    }
    return best;
  }
}
