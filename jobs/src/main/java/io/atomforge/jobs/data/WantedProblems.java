package io.atomforge.jobs.data;

import io.atomforge.config.ConfigException;
import io.atomforge.synthesis.Family;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * How many problems of each family a run of synthesis shall make.
 *
 * @param counts by family, in the order in which candidates are drawn
 */
public record WantedProblems(Map<Family, Integer> counts) {
  public WantedProblems {
    counts = Collections.unmodifiableMap(new LinkedHashMap<>(counts));
  }

  /**
   * @throws ConfigException if that is none, or a family has no graph of a shape and depth that has
   *     a weight
   */
  public void check(CandidateSource source) {
    if (counts.values().stream().allMatch(count -> count == 0)) {
      throw new ConfigException(
          "renderings_per_atom, renderings_per_variant, composite_a, composite_b, composite_c and"
              + " composite_g are all 0, so there is nothing to make; set one");
    }
    counts.entrySet().stream()
        .filter(family -> family.getValue() > 0)
        .forEach(family -> source.composer().candidate(family.getKey(), 0));
  }

  /**
   * Tells of each family that has fewer.
   *
   * @param made problems, by the name of their family
   */
  public void sayShort(Map<String, Long> made, double oversample) {
    counts.forEach(
        (family, count) -> {
          long there = made.getOrDefault(family.label(), 0L);
          if (there < count) {
            System.err.printf(
                "SynthesizeProblems: %s has %d of the %d problems wanted; the other candidates were"
                    + " refused (table rejections says why); raise oversample of"
                    + " SynthesizeProblems, now %s%n",
                family.label(), there, count, oversample);
          }
        });
  }
}
