package io.atomforge.rl;

import io.atomforge.sandbox.Outcome;
import java.io.Serializable;

/**
 * One sampled completion with its verdict.
 *
 * @param sample 0, 1, ... within the problem's group
 * @param tokens sampled ids, the end token included if it came
 * @param logProbs natural log-probability of each at the sampling temperature
 * @param finished whether the end token came
 * @param passed tests passed
 * @param total tests in all
 * @param visiblePassed whether all tests passed that a prompt may show; false if there are none
 * @param wallMs what judging took, milliseconds; so is {@code cpuMs}, of the processor
 */
public record Rollout(
    String problemId,
    int sample,
    String completion,
    int[] tokens,
    float[] logProbs,
    boolean finished,
    Outcome outcome,
    int passed,
    int total,
    boolean visiblePassed,
    String detail,
    double wallMs,
    double cpuMs)
    implements Serializable {}
