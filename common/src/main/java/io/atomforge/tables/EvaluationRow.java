package io.atomforge.tables;

import io.atomforge.sandbox.Outcome;
import java.util.Map;

/** A row of {@link Tables#EVALUATIONS}. */
public record EvaluationRow(
    String runId,
    String checkpointId,
    String problemSet,
    String problemId,
    int depth,
    int n,
    int c,
    boolean greedyPassed,
    String greedyOutcome,
    String greedyCompletion,
    Map<String, Long> sampledOutcomes,
    double meanTokens,
    int votes,
    boolean votePassed,
    boolean likeliestPassed,
    double entropy,
    double referenceNll,
    double kl) {
  /**
   * Whether {@code greedyOutcome} says something about the greedy completion: there is one, and
   * neither its tests nor the sandbox failed.
   */
  public boolean greedyJudged() {
    return !greedyOutcome.isEmpty() && Outcome.valueOf(greedyOutcome).judgesProgram();
  }
}
