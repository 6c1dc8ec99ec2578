package io.atomforge.jobs.evaluate;

import io.atomforge.task.Task;

/**
 * A task of an evaluation.
 *
 * @param depth number of atoms, 0 of a task that others wrote
 */
public record Asked(Task task, int depth) {}
