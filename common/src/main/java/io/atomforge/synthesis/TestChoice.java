package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Which simulated inputs become tests: greedily those that kill most mutants that still live, then
 * those with results not seen yet.
 *
 * @param inputs places of the chosen ones, ascending
 * @param mutationScore mutants killed by them over mutants that differ anywhere that was looked at,
 *     0 to 1; 1 if there are none
 */
record TestChoice(List<Integer> inputs, double mutationScore) {
  TestChoice {
    inputs = List.copyOf(inputs);
  }

  /**
   * @param mutants per mutant the places where it differs; those from {@code outputs.size()} on are
   *     no candidates for tests
   * @param wanted how many to choose, at most as many as there are outputs
   */
  static TestChoice of(List<BitSet> mutants, List<JsonNode> outputs, int wanted) {
    List<BitSet> alive = new ArrayList<>(mutants.stream().filter(m -> !m.isEmpty()).toList());
    int all = alive.size();
    Set<Integer> chosen = new TreeSet<>();
    Set<JsonNode> seen = new HashSet<>();
    while (chosen.size() < wanted) {
      int best = -1;
      long most = -1;
      for (int i = 0; i < outputs.size(); i++) {
        if (!chosen.contains(i)) {
          int place = i;
          long kills = 2 * alive.stream().filter(m -> m.get(place)).count();
          long worth = kills + (seen.contains(outputs.get(i)) ? 0 : 1);
          if (worth > most) {
            best = i;
            most = worth;
          }
        }
      }
      int next = best;
      chosen.add(next);
      seen.add(outputs.get(next));
      alive.removeIf(m -> m.get(next));
    }
    return new TestChoice(List.copyOf(chosen), all == 0 ? 1 : (all - alive.size()) / (double) all);
  }
}
