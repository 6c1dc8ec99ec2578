package io.atomforge.report;

import java.util.List;
import java.util.Locale;

/**
 * The colours of the charts. Each is a variable of the style sheet, which gives it a value for
 * light, for dark and for paper.
 */
enum Ink {
  MUTED,
  TEXT,
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

  /** The style attribute of what is drawn in it. */
  String style() {
    return "style=\"color:" + css() + "\"";
  }
}
