package io.atomforge.rollout;

import io.atomforge.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** Texts that end a completion, which is read without them. */
public final class StopTexts {
  private final Tokenizer tokenizer;
  private final List<String> texts;
  private final int longest;

  /**
   * @param texts not empty ones; may be none
   */
  public StopTexts(Tokenizer tokenizer, List<String> texts) {
    this.tokenizer = tokenizer;
    this.texts = List.copyOf(texts);
    // A token is a byte or more, so that as many tokens as the longest text has bytes hold it.
    longest =
        texts.stream().mapToInt(t -> t.getBytes(StandardCharsets.UTF_8).length).max().orElse(0);
  }

  /**
   * Whether one of the texts stands at the end of the tokens' text.
   *
   * @param tokens of a completion so far, shape (T,)
   */
  public boolean end(int[] tokens) {
    if (texts.isEmpty()) {
      return false;
    }
    int from = Math.max(0, tokens.length - longest);
    String tail = tokenizer.decode(Arrays.copyOfRange(tokens, from, tokens.length));
    return texts.stream().anyMatch(tail::contains);
  }

  /**
   * The text before the first of the texts.
   *
   * @param from place in {@code whole} before which no text is looked for
   */
  public String cut(String whole, int from) {
    int end =
        texts.stream()
            .mapToInt(stop -> whole.indexOf(stop, from))
            .filter(at -> at >= 0)
            .min()
            .orElse(whole.length());
    return whole.substring(0, end);
  }
}
