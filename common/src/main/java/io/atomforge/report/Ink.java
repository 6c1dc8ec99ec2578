package io.atomforge.report;

import java.awt.Color;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * The colours of the charts. Each is a variable of the style sheet, which gives it a value for
 * light, for dark and for paper; while a chart is drawn a marker stands in for it.
 */
enum Ink {
  TEXT,
  MUTED,
  GRID,
  BEFORE,
  SFT,
  RL,
  EXTRA_1,
  EXTRA_2,
  EXTRA_3,
  PASSED,
  WRONG_ANSWER,
  RUNTIME_ERROR,
  COMPILE_ERROR,
  TIMEOUT,
  OTHER;

  private static final Pattern MARKER = Pattern.compile("rgb\\(7,(\\d+),201\\)");
  private static final List<Ink> EXTRAS = List.of(EXTRA_1, EXTRA_2, EXTRA_3);

  /** The verdicts that charts tell apart, in the order they are stacked. */
  static final List<Ink> VERDICTS =
      List.of(PASSED, WRONG_ANSWER, RUNTIME_ERROR, COMPILE_ERROR, TIMEOUT, OTHER);

  /** The same colour for the same stage everywhere. */
  static Ink stage(String stage, List<String> stages) {
    return switch (stage) {
      case "before_sft" -> BEFORE;
      case "after_sft" -> SFT;
      case "after_rl" -> RL;
      default -> EXTRAS.get(stages.indexOf(stage) % EXTRAS.size());
    };
  }

  static Ink verdict(String outcome) {
    return VERDICTS.stream().filter(v -> v.name().equals(outcome)).findFirst().orElse(OTHER);
  }

  /** The CSS value. */
  String css() {
    return "var(--" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ")";
  }

  Color marker() {
    return marker(1);
  }

  Color marker(double opacity) {
    return new Color(7, ordinal(), 201, (int) Math.round(255 * opacity));
  }

  /** Puts the variables where the markers stand. */
  static String resolve(String svg) {
    return MARKER.matcher(svg).replaceAll(m -> values()[Integer.parseInt(m.group(1))].css());
  }
}
