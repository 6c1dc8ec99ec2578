package io.atomforge.synthesis;

/**
 * A program that claims to solve a problem.
 *
 * @param source who wrote it, such as {@code reference_inline}
 * @param code complete source, with the atoms it calls
 */
public record Solution(String solutionId, String problemId, String source, String code) {}
