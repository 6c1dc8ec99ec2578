/**
 * Runs Python programs that nobody has read, and compares what they return with what they should.
 *
 * <p>Read {@link io.atomforge.sandbox.Sandbox} first: it hands each {@link
 * io.atomforge.sandbox.Program} to one of a pool of warm Python workers, which clones itself into a
 * confined process for it. {@link io.atomforge.sandbox.Tests} has the forms of tests: calls,
 * scripts and standard input. The worker's side is the resource {@code worker.py}. The expected
 * values never leave the JVM: {@link io.atomforge.value.Values} compares here, so a program passes
 * only by returning the right values. What a program does leads to an {@link
 * io.atomforge.sandbox.Outcome}, never to an exception.
 */
package io.atomforge.sandbox;
