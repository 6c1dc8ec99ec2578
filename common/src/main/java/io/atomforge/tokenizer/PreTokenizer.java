package io.atomforge.tokenizer;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Cuts text into the words inside which BPE merges: the regular expression of GPT-2 (Radford et al.
 * 2019, encoder.py), as Hugging Face's {@code ByteLevel(add_prefix_space=false, use_regex=true)}
 * applies it. Letters and digits are those of the running Java's Unicode version, so a character
 * assigned later than that may be cut differently there; {@link Tokenizer} itself never asks Java.
 */
public final class PreTokenizer {
  private static final Pattern WORD =
      Pattern.compile(
          "'s|'t|'re|'ve|'m|'ll|'d| ?\\p{L}+| ?\\p{N}+| ?[^\\p{IsWhite_Space}\\p{L}\\p{N}]+"
              + "|\\p{IsWhite_Space}+(?!\\P{IsWhite_Space})|\\p{IsWhite_Space}+");

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
