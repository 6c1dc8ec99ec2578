package io.atomforge.value;

import java.io.Serializable;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.StringTokenizer;
import java.util.function.BiPredicate;
import java.util.regex.Pattern;

/** When what a program printed is right. */
public sealed interface Comparison extends Serializable {
  /** Line by line: white space at the ends of lines and empty lines at the end do not count. */
  record Exact() implements Comparison {}

  /** Token by token: how much white space parts them, and which, does not count. */
  record Tokens() implements Comparison {}

  /**
   * Token by token, where numbers may differ: by {@code absolute} at most, or by the part {@code
   * relative} of the expected one. Integers are exact where both are written as integers.
   *
   * @param relative 0 to 1
   * @param absolute 0 or more
   */
  record Tolerance(double relative, double absolute) implements Comparison {
    public Tolerance {
      if (!(relative >= 0 && relative <= 1)) {
        throw new IllegalArgumentException(
            "relative_tolerance must be from 0 to 1, got " + relative);
      }
      if (!(absolute >= 0 && absolute < Double.POSITIVE_INFINITY)) {
        throw new IllegalArgumentException(
            "absolute_tolerance must be 0 or more and finite, got " + absolute);
      }
    }
  }

  /**
   * By a program of the test's author, for tasks with many right answers: Python that defines
   * {@code check(stdin, expected, printed)}, which returns True or False. It runs in the sandbox,
   * in a process of its own.
   *
   * @param code Python source text
   */
  record Checker(String code) implements Comparison {
    public Checker {
      Objects.requireNonNull(code, "code");
    }
  }

  /**
   * The first difference, empty if the printed text is right.
   *
   * @throws IllegalArgumentException for a {@link Checker}, which decides itself
   */
  public static Optional<String> difference(
      Comparison comparison, String expected, String printed) {
    if (comparison instanceof Exact) {
      return difference("line", lines(expected), lines(printed), String::equals);
    }
    if (comparison instanceof Tokens) {
      return difference("token", tokens(expected), tokens(printed), String::equals);
    }
    if (comparison instanceof Tolerance t) {
      return difference("token", tokens(expected), tokens(printed), (e, p) -> close(t, e, p));
    }
    throw new IllegalArgumentException("a checker compares by running");
  }

  private static Optional<String> difference(
      String unit, List<String> expected, List<String> printed, BiPredicate<String, String> equal) {
    for (int i = 0; i < Math.max(expected.size(), printed.size()); i++) {
      boolean both = i < expected.size() && i < printed.size();
      if (!both || !equal.test(expected.get(i), printed.get(i))) {
        return Optional.of(
            String.format(
                "%s %d: expected %s, got %s", unit, i + 1, at(expected, i), at(printed, i)));
      }
    }
    return Optional.empty();
  }

  private static String at(List<String> units, int place) {
    return place < units.size() ? new Value.Text(units.get(place)).brief() : "the end";
  }

  private static List<String> lines(String text) {
    List<String> lines = new ArrayList<>(List.of(text.stripTrailing().split("\r?\n", -1)));
    lines.replaceAll(String::stripTrailing);
    return lines;
  }

  private static List<String> tokens(String text) {
    List<String> tokens = new ArrayList<>();
    StringTokenizer parts = new StringTokenizer(text, " \t\n\r\f\u000b");
    while (parts.hasMoreTokens()) {
      tokens.add(parts.nextToken());
    }
    return tokens;
  }

  private static boolean close(Tolerance tolerance, String expected, String printed) {
    if (expected.equals(printed)) {
      return true;
    }
    if (!Numbers.REAL.matcher(expected).matches() || !Numbers.REAL.matcher(printed).matches()) {
      return false;
    }
    if (Numbers.INTEGER.matcher(expected).matches() && Numbers.INTEGER.matcher(printed).matches()) {
      return new BigInteger(expected).equals(new BigInteger(printed));
    }
    double e = Double.parseDouble(expected);
    double p = Double.parseDouble(printed);
    double allowed = Math.max(tolerance.relative * Math.abs(e), tolerance.absolute);
    return Double.isFinite(e) && Double.isFinite(p) && Math.abs(e - p) <= allowed;
  }

  /** How numbers are written; longer ones are texts, since reading them takes quadratic time. */
  final class Numbers {
    private static final Pattern INTEGER = Pattern.compile("[+-]?[0-9]{1,1000}");
    private static final Pattern REAL =
        Pattern.compile(
            "[+-]?(?:[0-9]{1,1000}\\.?[0-9]{0,1000}|\\.[0-9]{1,1000})(?:[eE][+-]?[0-9]{1,9})?");

    private Numbers() {}
  }
}
