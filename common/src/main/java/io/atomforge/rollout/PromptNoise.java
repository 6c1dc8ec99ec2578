package io.atomforge.rollout;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Mistakes in a prompt that a reader sees through: two letters that have changed places inside a
 * word, and sentences in another order. Names in quotes, numbers and code stay as they are, because
 * words of letters alone are changed, and neither their first nor their last letter.
 */
final class PromptNoise {
  private static final Pattern WORD =
      Pattern.compile("(?<![\\w`'\".])\\p{L}{4,}(?![\\w`'\"(\\[]|\\.\\w)");

  private static final Pattern SENTENCE_END =
      Pattern.compile("(?<=[.!?])\\s+|(?<=[\u3002\uff01\uff1f])");

  private PromptNoise() {}

  /**
   * @param strength the share of words that get a mistake, and the chance that sentences change
   *     their order; 0 to 1
   */
  static String of(String text, double strength, SplittableRandom random) {
    Matcher words = WORD.matcher(text);
    StringBuilder changed = new StringBuilder();
    while (words.find()) {
      boolean mistaken = random.nextDouble() < strength;
      String word = mistaken ? swapped(words.group(), random) : words.group();
      words.appendReplacement(changed, Matcher.quoteReplacement(word));
    }
    words.appendTail(changed);
    return random.nextDouble() < strength
        ? shuffled(changed.toString(), random)
        : changed.toString();
  }

  private static String swapped(String word, SplittableRandom random) {
    int at = random.nextInt(1, word.length() - 2);
    StringBuilder letters = new StringBuilder(word);
    letters.setCharAt(at, word.charAt(at + 1));
    letters.setCharAt(at + 1, word.charAt(at));
    return letters.toString();
  }

  private static String shuffled(String text, SplittableRandom random) {
    List<String> sentences = new ArrayList<>(List.of(SENTENCE_END.split(text)));
    for (int last = sentences.size() - 1; last > 0; last--) {
      sentences.set(last, sentences.set(random.nextInt(last + 1), sentences.get(last)));
    }
    return String.join(text.matches("(?s).*[.!?]\\s.*") ? " " : "", sentences);
  }
}
