package io.atomforge.task;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The tokens of a Python program, without comments: names, numbers, strings with their quotes, and
 * every other character alone, but for {@code ==}. Lines and blocks have tokens of their own, as in
 * section 2.1 of the Python language reference.
 */
final class PythonTokens {
  /** The end of a line that is not blank and not inside brackets. */
  static final String NEWLINE = "\n";

  static final String INDENT = "\n>";
  static final String DEDENT = "\n<";

  /** After the last line; stands once. */
  static final String END = "";

  private static final Pattern TOKEN =
      Pattern.compile(
          "(?s) +|#[^\n]*|\r?\n|[A-Za-z_][A-Za-z_0-9]*|[0-9]+(?:\\.[0-9]+)?(?:[eE][+-]?[0-9]+)?"
              + "|\"[^\"\\\\\n]*+(?:\\\\.[^\"\\\\\n]*+)*+\"|'[^'\\\\\n]*+(?:\\\\.[^'\\\\\n]*+)*+'"
              + "|==|.");

  private final List<String> tokens = new ArrayList<>();
  private final Deque<Integer> indents = new ArrayDeque<>(List.of(0));

  private PythonTokens() {}

  /**
   * @return the tokens, {@link #END} last; empty if a line ends a block that no line began
   */
  static Optional<List<String>> of(String program) {
    PythonTokens made = new PythonTokens();
    return made.read(program) ? Optional.of(made.tokens) : Optional.empty();
  }

  private boolean read(String program) {
    int brackets = 0;
    int line = 0;
    boolean begun = false;
    for (Matcher m = TOKEN.matcher(program); m.find(); ) {
      String token = m.group();
      if (token.endsWith(NEWLINE)) {
        line = begun && brackets > 0 ? line : m.end();
        if (begun && brackets == 0) {
          tokens.add(NEWLINE);
          begun = false;
        }
      } else if (token.charAt(0) != ' ' && token.charAt(0) != '#') {
        if (!begun && !indent(m.start() - line)) {
          return false;
        }
        begun = true;
        brackets += "([{".contains(token) ? 1 : ")]}".contains(token) ? -1 : 0;
        tokens.add(token);
      }
    }
    if (begun) {
      tokens.add(NEWLINE);
    }
    indent(0);
    tokens.add(END);
    return true;
  }

  /** Begins or ends blocks, as the first token of a line wants it. */
  private boolean indent(int column) {
    if (column > indents.element()) {
      indents.push(column);
      tokens.add(INDENT);
    }
    while (column < indents.element()) {
      indents.pop();
      tokens.add(DEDENT);
    }
    return column == indents.element();
  }
}
