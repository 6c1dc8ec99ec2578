/**
 * A small Llama-family language model: its shape, its parameters, its arithmetic.
 *
 * <p>Parameters are one flat fp32 vector with a {@link io.atomforge.model.ParameterLayout}; the
 * arithmetic is TorchScript text in {@code causal_lm.py}, filled in and loaded once per JVM by
 * {@link io.atomforge.model.CausalLM}, which returns gradients, log probabilities and completions.
 * Read {@code CausalLM} first.
 */
package io.atomforge.model;
