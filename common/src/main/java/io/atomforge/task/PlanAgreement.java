package io.atomforge.task;

import io.atomforge.synthesis.AtomLibrary;
import java.util.Map;

/**
 * How far a plan and the program that follows it name the same atoms. The counterpart, for
 * programs, of the agreement between a description and a video in VideoRFT, Wang et al. 2025
 * (arXiv:2505.12434).
 */
final class PlanAgreement {
  private PlanAgreement() {}

  /**
   * The cosine of two vectors of counts: how often the plan mentions each atom, and in how many
   * places the program calls it.
   *
   * @return 0 to 1; 0 if one of them names no atom
   */
  static double of(AtomLibrary library, String plan, String program) {
    return cosine(library.mentions(plan), library.calls(program));
  }

  /**
   * @param a counts by name, 1 or more each
   * @param b likewise
   */
  static double cosine(Map<String, Integer> a, Map<String, Integer> b) {
    double product = 0;
    for (Map.Entry<String, Integer> count : a.entrySet()) {
      product += count.getValue() * (double) b.getOrDefault(count.getKey(), 0);
    }
    return product == 0 ? 0 : product / Math.sqrt(square(a) * square(b));
  }

  private static double square(Map<String, Integer> counts) {
    return counts.values().stream().mapToDouble(n -> (double) n * n).sum();
  }
}
