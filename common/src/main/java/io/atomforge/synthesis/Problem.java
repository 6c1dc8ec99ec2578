package io.atomforge.synthesis;

import io.atomforge.graph.Graph;
import java.util.List;

/**
 * A task with its reference solutions and tests.
 *
 * @param problemId 16 hexadecimal digits of the hash of its graph and words
 * @param family {@link Family#label}
 * @param atomIds the atoms, one per step
 * @param entryPoint the function that the tests call
 * @param signature the typed signature, for readers
 * @param referenceInline complete program with the atoms' own code
 * @param referenceCall the wiring alone; the atoms it names are in scope when it is judged
 * @param mutationScore share of the graph's mutants, without those that behave like it, that the
 *     tests tell from it; 0 to 1
 * @param graphHash {@link Graph#hash}
 * @param fingerprint hash of the outputs on inputs shared by all problems of the same signature
 * @param split train, validation or test; by the ordered atoms, so that no tuple is in two
 */
public record Problem(
    String problemId,
    String family,
    List<String> atomIds,
    int depth,
    String entryPoint,
    String signature,
    String promptEn,
    String promptZh,
    String referenceInline,
    String referenceCall,
    List<TestCase> tests,
    double mutationScore,
    String graphHash,
    String fingerprint,
    String split) {
  public Problem {
    atomIds = List.copyOf(atomIds);
    tests = List.copyOf(tests);
  }
}
