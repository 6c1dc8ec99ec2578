package io.atomforge.synthesis;

/**
 * A candidate that did not become a problem.
 *
 * @param candidate its key: family, index and graph
 * @param stage the check that refused it, such as {@code V3_CONSTANT}
 * @param reason what was wrong, in words
 * @param detail what was observed
 */
public record Rejection(String candidate, String stage, String reason, String detail) {}
