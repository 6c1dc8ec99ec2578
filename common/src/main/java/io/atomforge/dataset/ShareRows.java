package io.atomforge.dataset;

import io.atomforge.config.ConfigException;

/** Which rows of the tables a share takes. */
final class ShareRows {
  private ShareRows() {}

  /**
   * Those of a family.
   *
   * @param family or {@code atom_modify~KIND}
   * @throws ConfigException if, in this style, the family is the same as another
   */
  static Pairing.Rows of(String family, Style style) {
    String modify = "atom_modify";
    if (!family.equals(modify) && !family.startsWith(modify + "~")) {
      return new Pairing.Rows("", "family = '" + family.replace("'", "") + "'");
    }
    String kind = family.equals(modify) ? "surface" : family.substring(modify.length() + 1);
    if (kind.equals("idiom") && style == Style.CALL) {
      throw new ConfigException(
          "mixture: "
              + family
              + " differs from atom in the function's code alone, which response_style=call does"
              + " not show; set response_style=inline or take atom");
    }
    return new Pairing.Rows(
        "", "family = '" + modify + "' AND atom_ids[0] LIKE '%~" + kind.replace("'", "") + "'");
  }

  /** What a run has written in time and with bounds of the share of the tests that it passed. */
  static Pairing.Rows written(String runId, double minPassed, double maxPassed) {
    String passed =
        minPassed == 1
            ? "outcome = 'PASSED'"
            : "outcome NOT IN ('SANDBOX_ERROR', 'INVALID_TEST') AND passed / total BETWEEN %sD AND %sD"
                .formatted(minPassed, maxPassed);
    return new Pairing.Rows(runId, "finish_reason = 'stop' AND " + passed);
  }
}
