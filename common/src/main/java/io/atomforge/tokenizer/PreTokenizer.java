package io.atomforge.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into the words inside which BPE merges: the regular expression of GPT-2 (Radford et al.
 * 2019, encoder.py) with one change: an identifier is one word, so that the name of a function can
 * become one token. Letters and digits are those of the running Java's Unicode version, so a
 * character assigned later than that may be cut differently here; {@link Tokenizer} itself never
 * asks Java.
 */
public final class PreTokenizer {
  /** As Hugging Face's library writes it. */
  static final String REGEX =
      "'s|'t|'re|'ve|'m|'ll|'d| ?[\\p{L}_][\\p{L}\\p{N}_]*| ?\\p{N}+| ?[^\\s\\p{L}\\p{N}_]+|\\s+(?!\\S)|\\s+";

  /** Java's own white space is ASCII, the library's is Unicode's. */
  private static final Pattern WORD =
      Pattern.compile(
          REGEX
              .replace("[^\\s", "[^\\p{IsWhite_Space}")
              .replace("(?!\\S)", "(?!\\P{IsWhite_Space})")
              .replace("\\s", "\\p{IsWhite_Space}"));

  private PreTokenizer() {}

  /**
   * @return the words in order; joined they give {@code text} again
   */
  public static List<String> split(String text) {
    List<String> words = new ArrayList<>();
    Matcher matcher = WORD.matcher(text);
    while (matcher.find()) {
      words.add(matcher.group());
    }
    return words;
  }
}
