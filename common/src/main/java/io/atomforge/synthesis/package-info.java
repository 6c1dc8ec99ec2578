/**
 * Problems: graphs of atoms, rendered and proven.
 *
 * <p>{@link io.atomforge.synthesis.Composer} draws a {@link io.atomforge.graph.Graph} for an index
 * of a {@link io.atomforge.synthesis.Family} by a {@link io.atomforge.synthesis.Grammar}; {@link
 * io.atomforge.synthesis.Renderer} writes its code in both styles, {@link
 * io.atomforge.synthesis.Prompts} its prompt in both languages; {@link io.atomforge.synthesis.Gate}
 * runs it in the sandbox and turns it into a {@link io.atomforge.synthesis.Problem} or a {@link
 * io.atomforge.synthesis.Rejection}. Everything is a function of (seed, family, index).
 */
package io.atomforge.synthesis;
