package io.atomforge.rl;

import java.util.Collection;
import java.util.List;

/** A completion read as blocks between tags, such as {@code <answer>} and {@code </answer>}. */
final class Blocks {
  private Blocks() {}

  /**
   * Whether a text consists of these blocks, each once and in this order, with nothing but white
   * space around them.
   *
   * @param tags words, at least one
   * @param others tags that must not stand anywhere in it; those of {@code tags} are passed over
   */
  static boolean are(String text, List<String> tags, Collection<String> others) {
    StringBuilder outside = new StringBuilder();
    int done = 0;
    for (String tag : tags) {
      int from = text.indexOf(begin(tag));
      int to = text.indexOf(end(tag));
      boolean once = from == text.lastIndexOf(begin(tag)) && to == text.lastIndexOf(end(tag));
      if (!once || from < done || to < from) {
        return false;
      }
      outside.append(text, done, from);
      done = to + end(tag).length();
    }
    outside.append(text, done, text.length());
    return outside.toString().isBlank()
        && others.stream()
            .filter(tag -> !tags.contains(tag))
            .noneMatch(tag -> text.contains(begin(tag)) || text.contains(end(tag)));
  }

  /** Whether all are words of small letters, each once, and there is at least one. */
  static boolean named(List<String> tags) {
    return !tags.isEmpty()
        && tags.stream().distinct().count() == tags.size()
        && tags.stream().allMatch(tag -> tag.matches("[a-z]+"));
  }

  private static String begin(String tag) {
    return "<" + tag + ">";
  }

  private static String end(String tag) {
    return "</" + tag + ">";
  }
}
