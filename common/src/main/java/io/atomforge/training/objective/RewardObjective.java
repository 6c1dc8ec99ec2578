package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.model.LossScript;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * The loss of a reward model: of the score that the value head gives a completion at its last
 * token. It is {@code -log sigmoid(m)}, where the margin m is above 0 if the score is on the right
 * side.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "classifier", value = RewardObjective.Classifier.class),
  @Type(name = "pairwise", value = RewardObjective.Pairwise.class)
})
public sealed interface RewardObjective {
  /**
   * The formula. Inputs: {@code sign}, 1 for a completion that passed and -1 for another, and where
   * it {@link #compares} {@code other}, the score of the completion that it is compared with. The
   * statistic {@code accuracy} is 1 where the margin is above 0, else 0.
   */
  LossScript lossScript();

  /** Whether a completion is compared with another one, so that its loss needs that one's score. */
  boolean compares();

  /**
   * What is learned from together, of the completions of one prompt.
   *
   * @param passed of each completion, in order
   * @param random decides where there is a choice
   * @return places of one completion, or of one that passed and one that did not, in this order
   */
  List<int[]> units(List<Boolean> passed, SplittableRandom random);

  /**
   * The margin m of a completion.
   *
   * @param other score of the completion that it is compared with, where it {@link #compares}
   */
  double margin(boolean passed, double score, double other);

  /** Minus the log of the sigmoid of a margin, in nats. */
  static double loss(double margin) {
    return Math.max(0, -margin) + Math.log1p(Math.exp(-Math.abs(margin)));
  }

  /**
   * The binary cross-entropy of {@code sigmoid(score)} against whether the completion passed, as
   * the re-ranker of ReFT, Luong et al. 2024 (arXiv:2401.08967), is trained. So {@code
   * sigmoid(score)} is the probability that it passes.
   */
  record Classifier() implements RewardObjective {
    @Override
    public LossScript lossScript() {
      String body =
          """
          margin = torch.mul(value, sign)
          loss = torch.softplus(torch.neg(margin))
          accuracy = torch.to(torch.gt(margin, 0.), 6)
          """;
      return new LossScript(
          "reward_classifier", body, List.of("sign"), List.of("accuracy"), false, true);
    }

    @Override
    public boolean compares() {
      return false;
    }

    @Override
    public List<int[]> units(List<Boolean> passed, SplittableRandom random) {
      return IntStream.range(0, passed.size()).mapToObj(i -> new int[] {i}).toList();
    }

    @Override
    public double margin(boolean passed, double score, double other) {
      return passed ? score : -score;
    }
  }

  /**
   * Bradley-Terry over pairs of one prompt: {@code -log sigmoid(s_chosen - s_rejected)}, Ouyang et
   * al. 2022 (arXiv:2203.02155), Eq. 1, where the chosen one passed and the rejected one did not.
   * Scores are learned up to a constant per prompt.
   *
   * <p>The score of the partner comes from a pass before, so a pair is two completions whose losses
   * can be computed apart. Each has the slope of the whole loss in its own score, and so the mean
   * over both completions has half of it; the script doubles the slope and keeps the value.
   *
   * @param pairsPerPrompt greatest number of pairs of a prompt, drawn without repetition; 1 or more
   */
  record Pairwise(@JsonProperty("pairs_per_prompt") int pairsPerPrompt) implements RewardObjective {
    /**
     * @throws IllegalArgumentException if it is below 1
     */
    public Pairwise {
      if (pairsPerPrompt < 1) {
        throw new IllegalArgumentException(
            "pairs_per_prompt must be 1 or more, got " + pairsPerPrompt);
      }
    }

    @Override
    public LossScript lossScript() {
      String body =
          """
          margin = torch.mul(torch.sub(value, other), sign)
          pair = torch.softplus(torch.neg(margin))
          loss = torch.sub(torch.mul(pair, 2.), torch.detach(pair))
          accuracy = torch.to(torch.gt(margin, 0.), 6)
          """;
      return new LossScript(
          "reward_pairwise", body, List.of("sign", "other"), List.of("accuracy"), false, true);
    }

    @Override
    public boolean compares() {
      return true;
    }

    @Override
    public List<int[]> units(List<Boolean> passed, SplittableRandom random) {
      List<int[]> pairs = new ArrayList<>();
      for (int chosen = 0; chosen < passed.size(); chosen++) {
        for (int rejected = 0; rejected < passed.size(); rejected++) {
          if (passed.get(chosen) && !passed.get(rejected)) {
            pairs.add(new int[] {chosen, rejected});
          }
        }
      }
      for (int i = pairs.size() - 1; i > 0; i--) {
        Collections.swap(pairs, i, random.nextInt(i + 1));
      }
      return List.copyOf(pairs.subList(0, Math.min(pairsPerPrompt, pairs.size())));
    }

    @Override
    public double margin(boolean passed, double score, double other) {
      return passed ? score - other : other - score;
    }
  }
}
