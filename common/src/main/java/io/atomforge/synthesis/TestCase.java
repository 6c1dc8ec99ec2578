package io.atomforge.synthesis;

import java.io.Serializable;

/**
 * One call with its expected result, both as JSON in the sandbox's encoding.
 *
 * @param argsJson array of the arguments
 * @param visible whether a prompt may show it; the others stay hidden
 */
public record TestCase(String argsJson, String expectedJson, boolean visible)
    implements Serializable {}
