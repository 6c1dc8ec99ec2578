package io.atomforge.report.page;

import java.util.List;
import java.util.Locale;

/**
 * The colours of the charts. Each is a variable of the style sheet, which gives it a value for
 * light, for dark and for paper.
 */
public enum Ink {
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

  private static final List<Ink> ARMS = List.of(SFT, RL, EXTRA_1, EXTRA_2, EXTRA_3, BEFORE);

  /** The verdicts that charts tell apart, in the order they are stacked. */
  public static final List<Ink> VERDICTS =
      List.of(PASSED, WRONG_ANSWER, RUNTIME_ERROR, COMPILE_ERROR, TIMEOUT, OTHER);

  /** The colour of an arm among others; the stages of a run have theirs. */
  public static Ink arm(String arm, List<String> arms) {
    return switch (arm) {
      case "before_sft" -> BEFORE;
      case "after_sft" -> SFT;
      case "after_rl" -> RL;
      default -> ARMS.get(arms.indexOf(arm) % ARMS.size());
    };
  }

  public static Ink verdict(String outcome) {
    return VERDICTS.stream().filter(v -> v.name().equals(outcome)).findFirst().orElse(OTHER);
  }

  /** The style attribute of what is drawn in it. */
  public String style() {
    return "style=\"color:var(--" + name().toLowerCase(Locale.ROOT).replace('_', '-') + ")\"";
  }
}
