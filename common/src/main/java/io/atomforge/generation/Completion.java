package io.atomforge.generation;

/**
 * @param tokens what was sampled, the end token included if it came
 * @param logProbs natural, at the sampling temperature (at 1 if greedy), over the whole vocabulary;
 *     one per token
 * @param finished whether the end token came
 */
public record Completion(int[] tokens, float[] logProbs, boolean finished) {}
