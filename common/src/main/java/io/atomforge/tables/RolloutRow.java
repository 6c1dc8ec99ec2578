package io.atomforge.tables;

/** A row of {@link Tables#ROLLOUTS}. */
public record RolloutRow(
    String runId,
    long step,
    String problemId,
    String groupId,
    int sample,
    String prompt,
    String completion,
    int[] tokens,
    float[] logprobs,
    double reward,
    double advantage,
    String outcome,
    String finishReason,
    int passed,
    int total,
    boolean visiblePassed,
    double wallMs,
    double cpuMs) {}
