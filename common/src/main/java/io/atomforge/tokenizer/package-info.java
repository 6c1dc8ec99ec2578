/**
 * Text to token ids and back, and how a prompt and its completion become one token sequence.
 *
 * <p>Byte-level BPE as in GPT-2: every text has an encoding, there is no unknown token. {@link
 * io.atomforge.tokenizer.BpeTrainer} learns a vocabulary from counted words and writes it as the
 * {@code tokenizer.json} that Hugging Face's libraries read; {@link
 * io.atomforge.tokenizer.Tokenizer} runs such a file; {@link io.atomforge.tokenizer.ChatTemplate}
 * adds the control tokens. Text never encodes to a control token. Read {@code Tokenizer} first.
 */
package io.atomforge.tokenizer;
