/**
 * Completions of prompts, token by token.
 *
 * <p>{@link io.atomforge.generation.SamplingSettings} say how a token is chosen, {@link
 * io.atomforge.generation.Draw} which completions are wanted, {@link
 * io.atomforge.generation.Decoding} is told of each {@link io.atomforge.generation.Completion}.
 * {@link io.atomforge.generation.Generation} decides which of them are decoded together; of a model
 * it knows its parameters and the script that decodes.
 */
package io.atomforge.generation;
