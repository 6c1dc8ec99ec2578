package io.atomforge.rl;

import io.atomforge.rl.Episodes.Episode;
import io.atomforge.rl.Episodes.Scores;
import io.atomforge.training.objective.PolicyObjective;
import java.util.Arrays;
import java.util.List;

/**
 * What the loss is told of each token of the episodes of a step.
 *
 * @param bypasses whether the old policy is the one that sampled
 * @param old what the policy that begins the step says
 * @param base what the reference says
 * @param previous what the policy that began the step before says
 * @param baseShare share of the reference in a KL to both
 * @param outcomes what a value head is to learn; empty without one
 */
record LossInputs(
    boolean bypasses,
    Scores old,
    Scores base,
    Scores previous,
    double baseShare,
    List<double[]> outcomes) {
  /**
   * @param names of the inputs of the loss script
   * @param i place of the episode among all that count
   * @return in the order of the names
   */
  float[][] of(List<String> names, Episode episode, int i, double[] advantages) {
    float[][] inputs = new float[names.size()][];
    for (int k = 0; k < inputs.length; k++) {
      inputs[k] =
          switch (names.get(k)) {
            case PolicyObjective.ADVANTAGE -> floats(advantages);
            case PolicyObjective.OLD_LOG_PROB ->
                bypasses ? episode.sample().trace().logProbs() : old.logProbs().get(i);
            case PolicyObjective.POLICY_LOG_PROB -> old.logProbs().get(i);
            case PolicyObjective.REFERENCE_LOG_PROB -> base.logProbs().get(i);
            case PolicyObjective.PREVIOUS_LOG_PROB -> previous.logProbs().get(i);
            case PolicyObjective.BASE_SHARE -> filled(episode.length(), (float) baseShare);
            case PolicyObjective.OUTCOME -> floats(outcomes.get(i));
            case PolicyObjective.OLD_VALUE -> old.values().get(i);
            default -> throw new IllegalStateException("no values for " + names.get(k));
          };
    }
    return inputs;
  }

  private static float[] filled(int length, float value) {
    float[] row = new float[length];
    Arrays.fill(row, value);
    return row;
  }

  private static float[] floats(double[] row) {
    float[] floats = new float[row.length];
    for (int i = 0; i < row.length; i++) {
      floats[i] = (float) row[i];
    }
    return floats;
  }
}
