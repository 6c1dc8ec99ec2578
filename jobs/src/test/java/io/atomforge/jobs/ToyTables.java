package io.atomforge.jobs;

import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.TestCase;
import java.util.ArrayList;
import java.util.List;

/** Tables filled by hand, for tests of what reads them. */
final class ToyTables {
  private ToyTables() {}

  /**
   * Problems that add i, whose parts are told apart by their names. Of the composites a sixth is of
   * composite_b and of the test split, in addition to the number given.
   *
   * @param atoms of family atom, and of each kind of atom_modify
   * @param composites of composite_a in the training split
   */
  static List<Problem> problems(int atoms, int composites) {
    List<Problem> problems = new ArrayList<>();
    for (int i = 0; i < atoms; i++) {
      problems.add(problem("atom-" + i, "atom", List.of("add" + i), i, "train"));
      for (String kind : List.of("surface", "idiom", "semantic")) {
        problems.add(
            problem(kind + "-" + i, "atom_modify", List.of("add" + i + "~" + kind), i, "train"));
      }
    }
    for (int i = 0; i < composites; i++) {
      problems.add(problem("a-" + i, "composite_a", List.of("add" + i, "twice"), i, "train"));
      if (i % 6 == 0) {
        problems.add(problem("b-" + i, "composite_b", List.of("twice", "add" + i), i, "test"));
      }
    }
    return problems;
  }

  private static Problem problem(
      String id, String family, List<String> atoms, int i, String split) {
    String function = "add" + i;
    String call = "def solve(n):\n    x = " + function + "(n)\n    return x\n";
    List<TestCase> tests = new ArrayList<>();
    for (int n = 0; n < 6; n++) {
      tests.add(new TestCase("[" + n + "]", String.valueOf(n + i), n < 2));
    }
    return new Problem(
        id,
        family,
        atoms,
        atoms.size(),
        "solve",
        "solve(n: int) -> int",
        "Write solve(n) to add " + i + " to `n`, as " + id + ".",
        "编写函数 solve(n)：把`n`加上" + i + "（" + id + "）。",
        "def " + function + "(n):\n    return n + " + i + "\n\n\n" + call,
        call,
        tests,
        "fingerprint of " + id,
        split);
  }
}
