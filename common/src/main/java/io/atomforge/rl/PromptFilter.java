package io.atomforge.rl;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.rl.PromptHistory.Visit;
import java.util.List;

/** Which prompts are practised on, by how they fared before. One that never was is kept. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "learnable", value = PromptFilter.Learnable.class),
  @Type(name = "hard", value = PromptFilter.Hard.class),
  @Type(name = "solved_dropped", value = PromptFilter.SolvedDropped.class),
  @Type(name = "difficulty", value = PromptFilter.Difficulty.class)
})
public sealed interface PromptFilter {
  /** The run whose rollouts or searches decide; empty for the rollouts of the run itself. */
  String runId();

  /**
   * Whether the visits are searches of table {@code difficulties}, one per prompt, and not groups
   * of rollouts.
   */
  default boolean readsSearches() {
    return false;
  }

  /**
   * @param visits of one prompt, oldest first, each with a verdict
   */
  boolean keeps(List<Visit> visits);

  /**
   * Prompts whose completions pass now and then: the pass rate over the last visits lies within
   * bounds. RIF-RFT filters so before each of its tasks.
   *
   * @param visits how many of the last visits count, 1 or more
   * @param min least pass rate, 0 to 1
   * @param max greatest pass rate, 0 to 1
   */
  record Learnable(@JsonProperty("run_id") String runId, int visits, double min, double max)
      implements PromptFilter {
    public Learnable {
      check(visits, min, max);
    }

    @Override
    public boolean keeps(List<Visit> all) {
      return all.isEmpty() || within(all, visits, min, max);
    }
  }

  /**
   * Prompts whose completions seldom pass, those that never do among them. ThinkLite-VL, Wang et
   * al. 2025 (arXiv:2504.07934), with the pass rate in place of its tree search; see {@link
   * Difficulty}.
   *
   * @param visits how many of the last visits count, 1 or more
   * @param max greatest pass rate, 0 to 1
   */
  record Hard(@JsonProperty("run_id") String runId, int visits, double max)
      implements PromptFilter {
    public Hard {
      check(visits, 0, max);
    }

    @Override
    public boolean keeps(List<Visit> all) {
      return all.isEmpty() || within(all, visits, 0, max);
    }
  }

  /**
   * Leaves out a prompt when all completions of its last visits passed. AceReason-Nemotron 1.1, Liu
   * et al. 2025 (arXiv:2506.13284), drops such prompts after each epoch.
   *
   * @param visits how many visits must have passed whole, 1 or more
   */
  record SolvedDropped(@JsonProperty("run_id") String runId, int visits) implements PromptFilter {
    public SolvedDropped {
      check(visits, 0, 1);
    }

    @Override
    public boolean keeps(List<Visit> all) {
      return all.size() < visits
          || all.subList(all.size() - visits, all.size()).stream()
              .anyMatch(visit -> visit.passed() < visit.judged());
    }
  }

  /**
   * Prompts for which a tree search took more than some iterations, and those that it did not
   * solve. ThinkLite-VL, Wang et al. 2025 (arXiv:2504.07934), which keeps what took more than 5 of
   * 50.
   *
   * @param runId of the searches, not empty
   * @param above the greatest difficulty that is left out, 0 or more
   */
  record Difficulty(@JsonProperty("run_id") String runId, int above) implements PromptFilter {
    public Difficulty {
      if (runId.isEmpty()) {
        throw new IllegalArgumentException(
            "run_id of a prompt filter of type difficulty must name a run of RateDifficulty, got ''");
      }
      if (above < 0) {
        throw new IllegalArgumentException("above must be 0 or more, got " + above);
      }
    }

    @Override
    public boolean readsSearches() {
      return true;
    }

    @Override
    public boolean keeps(List<Visit> all) {
      return all.stream().allMatch(search -> search.passed() == 0 || search.judged() > above);
    }
  }

  private static void check(int visits, double min, double max) {
    if (visits < 1 || !(0 <= min && min <= max && max <= 1)) {
      throw new IllegalArgumentException(
          "a prompt filter needs visits of 1 or more and pass rates from 0 to 1, got "
              + visits
              + ", "
              + min
              + " and "
              + max);
    }
  }

  private static boolean within(List<Visit> all, int visits, double min, double max) {
    List<Visit> last = all.subList(Math.max(0, all.size() - visits), all.size());
    double passed = last.stream().mapToInt(Visit::passed).sum();
    double rate = passed / last.stream().mapToInt(Visit::judged).sum();
    return rate >= min && rate <= max;
  }
}
