package io.atomforge.task;

import io.atomforge.synthesis.AtomLibrary;
import java.util.List;
import java.util.Set;

/**
 * How many of the steps of a reference program another program takes, found without running either.
 * A process reward for chains of atoms: the right intermediate values, of which arXiv:2505.18536
 * says that they should be rewarded beside the outcome; how they are counted is ours.
 *
 * <p>A step is a call of an atom, a comprehension, a loop or a decision, with all that it takes.
 * Two steps are the same if they are the same expression once variables are replaced by what they
 * stand for. Atoms are deterministic, so the same step has the same value on every input. A step
 * that is written in another way is not found, so the share is a lower bound.
 */
final class StepShare {
  private StepShare() {}

  /**
   * The share of the reference's steps among those that the result of {@code program} consists of.
   * Steps are counted by height, first those that take no result of another step, up to the first
   * height at which the program has more steps than the reference: so it does not help to return
   * many guesses at once, and steps that come after a mistake do no harm.
   *
   * @param reference code that calls the atoms, such as {@link
   *     io.atomforge.synthesis.Problem#referenceCall}
   * @return 0 to 1; 0 if one of the two is not in the language of {@link WiringReader}, or if they
   *     differ in the name or the number of parameters of their function
   */
  static double of(AtomLibrary library, String reference, String program) {
    Terms terms = new Terms();
    return WiringReader.read(library, terms, reference)
        .flatMap(
            expected ->
                WiringReader.read(library, terms, program)
                    .filter(
                        read ->
                            read.function().equals(expected.function())
                                && read.parameters() == expected.parameters())
                    .map(read -> share(terms.steps(expected.result()), terms.steps(read.result()))))
        .orElse(0.0);
  }

  private static double share(List<Set<Integer>> expected, List<Set<Integer>> taken) {
    int all = expected.stream().mapToInt(Set::size).sum();
    int found = 0;
    for (int h = 0; h < Math.min(expected.size(), taken.size()); h++) {
      if (taken.get(h).size() > expected.get(h).size()) {
        break;
      }
      found += (int) taken.get(h).stream().filter(expected.get(h)::contains).count();
    }
    return all == 0 ? 0 : (double) found / all;
  }
}
