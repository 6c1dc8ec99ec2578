package io.atomforge.rl;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How the prompts of a run fared each time that they were practised on. Threads may share one. */
public final class PromptHistory {
  /**
   * One group of completions, or a search whose completions came one after the other until one
   * passed.
   *
   * @param step the step that it was drawn for; 0 of a search
   * @param passed completions that passed all tests
   * @param judged completions that have a verdict
   */
  public record Visit(long step, int passed, int judged) {}

  private final Map<String, List<Visit>> visits = new HashMap<>();

  /** Adds a visit, which is not before those that the problem has. */
  public synchronized void add(String problemId, Visit visit) {
    visits.computeIfAbsent(problemId, id -> new ArrayList<>()).add(visit);
  }

  /**
   * @param last the last step that counts
   * @return oldest first, those without a verdict left out
   */
  public synchronized List<Visit> upTo(String problemId, long last) {
    return visits.getOrDefault(problemId, List.of()).stream()
        .filter(visit -> visit.step <= last && visit.judged > 0)
        .toList();
  }
}
