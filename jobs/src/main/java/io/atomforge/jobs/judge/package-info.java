/**
 * Programs of anybody, judged: {@link io.atomforge.jobs.judge.SolutionLine} reads one line of a
 * file as a program with its tests.
 */
package io.atomforge.jobs.judge;
