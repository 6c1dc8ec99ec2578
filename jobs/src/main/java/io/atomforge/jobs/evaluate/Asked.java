package io.atomforge.jobs.evaluate;

import io.atomforge.task.Task;

/**
 * A task of an evaluation.
 *
 * @param depth number of atoms, 0 of a task that others wrote
 * @param reference an answer that is right, as training data writes it; empty if none is known
 */
public record Asked(Task task, int depth, String reference) {}
