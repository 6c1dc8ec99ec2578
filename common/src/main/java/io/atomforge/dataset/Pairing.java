package io.atomforge.dataset;

import io.atomforge.config.ConfigException;
import io.atomforge.synthesis.Problem;

/**
 * How the problems of a mixture's share become pairs of prompt and completion (recipes 1.4): what
 * is asked, and what is answered.
 */
public enum Pairing {
  /** The problem's prompt and its code. */
  CODE,
  /** {@code atom_translate}: the prompt in the other language, the code unchanged. */
  ATOM_TRANSLATE,
  /** {@code en2cn}: the English prompt and the Chinese one, no code. */
  EN2CN,
  /** {@code cn2en}: the reverse. */
  CN2EN;

  private static final String MODIFY = "atom_modify";

  /** A share whose name is no pairing's is one of code. */
  public static Pairing of(String share) {
    for (Pairing pairing : values()) {
      if (pairing != CODE && pairing.name().equalsIgnoreCase(share)) {
        return pairing;
      }
    }
    return CODE;
  }

  /** Whether the answer is a program, which tests can judge. */
  public boolean asksForCode() {
    return this == CODE || this == ATOM_TRANSLATE;
  }

  /**
   * @return the SQL condition of the problems that a share is made of
   * @throws ConfigException if they would be those of another share, as {@code style} shows them
   */
  public static String problems(String share, Style style) {
    if (of(share) != CODE) {
      return "family = 'atom'";
    }
    if (!share.equals(MODIFY) && !share.startsWith(MODIFY + "~")) {
      return "family = '" + share.replace("'", "") + "'";
    }
    String kind = share.equals(MODIFY) ? "surface" : share.substring(MODIFY.length() + 1);
    if (kind.equals("idiom") && style == Style.CALL) {
      throw new ConfigException(
          "mixture: "
              + share
              + " differs from atom in the function's code alone, which response_style=call does"
              + " not show; set response_style=inline or take atom");
    }
    return "family = '" + MODIFY + "' AND atom_ids[0] LIKE '%~" + kind.replace("'", "") + "'";
  }

  public String prompt(Problem problem, Language language) {
    return switch (this) {
      case CODE -> language.prompt(problem);
      case ATOM_TRANSLATE -> language.other().prompt(problem);
      case EN2CN -> problem.promptEn();
      case CN2EN -> problem.promptZh();
    };
  }

  public String completion(Problem problem, Style style) {
    return switch (this) {
      case CODE, ATOM_TRANSLATE -> style.completion(problem);
      case EN2CN -> problem.promptZh();
      case CN2EN -> problem.promptEn();
    };
  }
}
