package io.atomforge.atoms;

import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;

/**
 * A small regular expression that can also be drawn from: literals, escaped characters, classes,
 * groups, alternation, and the quantifiers {@code ? * + {m,n}}.
 */
final class TextPattern {
  private static final int UNBOUNDED = 1 << 20;

  /** A node knows its language's bounds and how to draw from it. */
  private sealed interface Node {
    record One(CharacterSet set) implements Node {}

    record Sequence(List<Node> parts) implements Node {}

    record Choice(List<Node> options) implements Node {}

    record Repeat(Node node, int min, int max) implements Node {}
  }

  private final String text;
  private int at;
  private final Node root;

  private TextPattern(String text) {
    this.text = text;
    this.root = choice();
    if (at != text.length()) {
      throw new IllegalArgumentException("pattern " + text + ": unexpected " + text.charAt(at));
    }
  }

  static TextPattern parse(String text) {
    return new TextPattern(text);
  }

  String draw(SplittableRandom random) {
    StringBuilder out = new StringBuilder();
    draw(root, random, out);
    return out.toString();
  }

  int minLength() {
    return length(root, false);
  }

  int maxLength() {
    int max = length(root, true);
    return max >= UNBOUNDED ? Integer.MAX_VALUE : max;
  }

  /**
   * @return every character that some matching text has
   */
  CharacterSet characters() {
    return characters(root);
  }

  private static void draw(Node node, SplittableRandom random, StringBuilder out) {
    if (node instanceof Node.One one) {
      out.append(one.set.at(random.nextInt(one.set.size())));
    } else if (node instanceof Node.Sequence sequence) {
      sequence.parts.forEach(p -> draw(p, random, out));
    } else if (node instanceof Node.Choice choice) {
      draw(choice.options.get(random.nextInt(choice.options.size())), random, out);
    } else if (node instanceof Node.Repeat repeat) {
      int most = Math.min(repeat.max, repeat.min + 4);
      int times = repeat.min + random.nextInt(most - repeat.min + 1);
      for (int i = 0; i < times; i++) {
        draw(repeat.node, random, out);
      }
    }
  }

  private static int length(Node node, boolean longest) {
    if (node instanceof Node.Sequence sequence) {
      return Math.min(UNBOUNDED, sequence.parts.stream().mapToInt(p -> length(p, longest)).sum());
    } else if (node instanceof Node.Choice choice) {
      var lengths = choice.options.stream().mapToInt(p -> length(p, longest));
      return longest ? lengths.max().orElse(0) : lengths.min().orElse(0);
    } else if (node instanceof Node.Repeat repeat) {
      long total = (long) length(repeat.node, longest) * (longest ? repeat.max : repeat.min);
      return (int) Math.min(UNBOUNDED, total);
    }
    return 1;
  }

  private static CharacterSet characters(Node node) {
    if (node instanceof Node.One one) {
      return one.set;
    }
    List<Node> parts =
        node instanceof Node.Sequence s
            ? s.parts
            : node instanceof Node.Choice c ? c.options : List.of(((Node.Repeat) node).node);
    return parts.stream().map(TextPattern::characters).reduce(CharacterSet::union).orElseThrow();
  }

  private Node choice() {
    List<Node> options = new ArrayList<>();
    options.add(sequence());
    while (at < text.length() && text.charAt(at) == '|') {
      at++;
      options.add(sequence());
    }
    return options.size() == 1 ? options.get(0) : new Node.Choice(options);
  }

  private Node sequence() {
    List<Node> parts = new ArrayList<>();
    while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
      parts.add(repeat(atom()));
    }
    if (parts.isEmpty()) {
      throw new IllegalArgumentException(
          "pattern " + text + ": empty part; use (...)? for an optional one");
    }
    return new Node.Sequence(parts);
  }

  private Node atom() {
    char c = text.charAt(at++);
    if (c == '(') {
      Node group = choice();
      expect(')');
      return group;
    } else if (c == '[') {
      int end = at;
      while (end < text.length() && text.charAt(end) != ']') {
        end += text.charAt(end) == '\\' ? 2 : 1;
      }
      String inside = text.substring(at, Math.min(end, text.length()));
      at = end;
      expect(']');
      return new Node.One(CharacterSet.parse(inside));
    } else if (c == '\\') {
      char escaped = at < text.length() ? text.charAt(at++) : 'n';
      if (Character.isLetterOrDigit(escaped)) {
        throw new IllegalArgumentException(
            "pattern "
                + text
                + ": \\"
                + escaped
                + " is not supported; write a class such as [0-9]");
      }
      return new Node.One(CharacterSet.of(escaped));
    } else if (".?*+{}^$".indexOf(c) >= 0) {
      throw new IllegalArgumentException("pattern " + text + ": " + c + " is not supported here");
    }
    return new Node.One(CharacterSet.of(c));
  }

  private Node repeat(Node node) {
    if (at >= text.length()) {
      return node;
    }
    switch (text.charAt(at)) {
      case '?':
        at++;
        return new Node.Repeat(node, 0, 1);
      case '*':
        at++;
        return new Node.Repeat(node, 0, UNBOUNDED);
      case '+':
        at++;
        return new Node.Repeat(node, 1, UNBOUNDED);
      case '{':
        int end = text.indexOf('}', at);
        String[] bounds = text.substring(at + 1, end).split(",", -1);
        at = end + 1;
        int min = Integer.parseInt(bounds[0]);
        int max =
            bounds.length == 1
                ? min
                : bounds[1].isEmpty() ? UNBOUNDED : Integer.parseInt(bounds[1]);
        return new Node.Repeat(node, min, max);
      default:
        return node;
    }
  }

  private void expect(char c) {
    if (at >= text.length() || text.charAt(at++) != c) {
      throw new IllegalArgumentException("pattern " + text + ": missing " + c);
    }
  }
}
