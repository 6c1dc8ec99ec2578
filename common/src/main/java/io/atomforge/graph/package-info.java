/**
 * Graphs of atoms that feed each other.
 *
 * <p>{@link io.atomforge.graph.Graph} is what a problem computes: steps that each use an atom in a
 * {@link io.atomforge.graph.Form}. {@link io.atomforge.graph.GraphSpace} counts all graphs of a
 * {@link io.atomforge.graph.Shape} and depth exactly and draws them uniformly; {@link
 * io.atomforge.graph.Variants} lists the graphs that are one change away.
 */
package io.atomforge.graph;
