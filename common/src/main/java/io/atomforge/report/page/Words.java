package io.atomforge.report.page;

import io.atomforge.evaluation.Interval;
import java.util.List;
import java.util.Locale;

/** Names and numbers as the reader sees them. */
public final class Words {
  private Words() {}

  /** after_rl becomes after RL. */
  public static String stage(String stage) {
    return stage.replace('_', ' ').replaceAll("\\bsft\\b", "SFT").replaceAll("\\brl\\b", "RL");
  }

  /** What was done last: after_rl becomes RL. */
  public static String deed(String stage) {
    return stage(stage).replaceFirst("^after ", "");
  }

  /** As part of a sentence: after RL, or with grpo. */
  public static String at(String stage) {
    return (stage.matches("(after|before)_.*") ? "" : "with ") + stage(stage);
  }

  public static String set(String set) {
    return set.equals("atom")
        ? "atoms"
        : set.matches("[a-z]_test") ? set.substring(0, 1).toUpperCase(Locale.ROOT) + "-test" : set;
  }

  /** WRONG_ANSWER becomes wrong answer; a text that is not Python is a syntax error. */
  public static String verdict(String outcome) {
    return switch (outcome) {
      case "COMPILE_ERROR" -> "syntax error";
      case "RUNTIME_ERROR" -> "run-time error";
      default -> outcome.toLowerCase(Locale.ROOT).replace('_', ' ');
    };
  }

  /** V3_CONSTANT becomes V3 constant. */
  public static String check(String check) {
    return capital(verdict(check));
  }

  public static String capital(String words) {
    return words.isEmpty()
        ? words
        : words.substring(0, 1).toUpperCase(Locale.ROOT) + words.substring(1);
  }

  /** a, b and c. */
  public static String and(List<String> words) {
    int last = words.size() - 1;
    return last < 1
        ? String.join("", words)
        : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
  }

  public static String percent(double share) {
    return fixed(100 * share, 1) + " %";
  }

  /** 84.2 % [80.1, 88.0]. */
  public static String level(Interval share) {
    return percent(share.mean()) + " " + range(share, false);
  }

  /** +8.4 points [+4.1, +12.7]. */
  public static String points(Interval difference) {
    return signed(difference.mean()) + " points " + range(difference, true);
  }

  /** 8.4 points [4.1, 12.7]. */
  public static String gain(Interval difference) {
    return fixed(100 * difference.mean(), 1) + " points " + range(difference, false);
  }

  /** 8.4 points [4.1, 12.7], of a difference of -8.4. */
  public static String loss(Interval difference) {
    return gain(new Interval(-difference.mean(), -difference.high(), -difference.low()));
  }

  public static String range(Interval i, boolean sign) {
    return sign
        ? "[" + signed(i.low()) + ", " + signed(i.high()) + "]"
        : "[" + fixed(100 * i.low(), 1) + ", " + fixed(100 * i.high(), 1) + "]";
  }

  /**
   * Whether the interval, as it is printed, holds zero.
   *
   * @return 1 for a gain, -1 for a loss, 0 where neither is shown
   */
  public static int shown(Interval difference) {
    String low = signed(difference.low());
    String high = signed(difference.high());
    return low.startsWith("+") ? 1 : high.startsWith("−") ? -1 : 0;
  }

  public static String signed(double share) {
    String number = fixed(100 * share, 1);
    return number.startsWith("−") || number.equals("0.0") ? number : "+" + number;
  }

  /** With a true minus sign, and none before zero. */
  public static String fixed(double value, int decimals) {
    String text = String.format(Locale.ROOT, "%,." + decimals + "f", value);
    return text.matches("-[0.]*") ? text.substring(1) : text.replace('-', '−');
  }

  public static String count(long number) {
    return fixed((double) number, 0);
  }

  /** Three significant digits. */
  public static String number(double value) {
    if (value == 0 || Double.isNaN(value)) {
      return value == 0 ? "0" : "not a number";
    }
    int digits = (int) Math.floor(Math.log10(Math.abs(value))) + 1;
    return digits < -3
        ? String.format(Locale.ROOT, "%.1e", value).replace('-', '−')
        : fixed(value, Math.max(0, 3 - digits));
  }

  public static String duration(double seconds) {
    long whole = Math.round(seconds);
    return whole < 60
        ? number(seconds) + " s"
        : whole < 3600
            ? whole / 60 + " min " + whole % 60 + " s"
            : whole / 3600 + " h " + whole % 3600 / 60 + " min";
  }
}
