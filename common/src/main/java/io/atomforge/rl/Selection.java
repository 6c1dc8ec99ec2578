package io.atomforge.rl;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.rollout.Trace;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Which prompts of a step, and which of their rollouts, are learned from. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "all", value = Selection.All.class),
  @Type(name = "mixed_groups", value = Selection.MixedGroups.class),
  @Type(name = "accepted", value = Selection.Accepted.class)
})
public sealed interface Selection {
  /**
   * @param group rollouts of one prompt, without those the sandbox failed on
   * @param scores their rewards before any shaping, in the same order
   * @return which of them are learned from
   */
  boolean[] keep(List<Trace> group, double[] scores);

  /**
   * How many times a step may draw prompts until it has as many groups of which something is kept
   * as it wants.
   */
  default int rounds() {
    return 1;
  }

  /** All. */
  record All() implements Selection {
    @Override
    public boolean[] keep(List<Trace> group, double[] scores) {
      return filled(scores.length, true);
    }
  }

  /**
   * Groups whose rewards are not all the same; for the others the step draws further prompts, and
   * what it then has too much is dropped. Dynamic sampling, Yu et al. 2025 (DAPO,
   * arXiv:2503.14476), section 3.2.
   *
   * @param maxRounds draws of prompts after which a step takes what it has, 1 or more
   */
  record MixedGroups(@JsonProperty("max_rounds") int maxRounds) implements Selection {
    public MixedGroups {
      if (maxRounds < 1) {
        throw new IllegalArgumentException("max_rounds must be 1 or more, got " + maxRounds);
      }
    }

    @Override
    public boolean[] keep(List<Trace> group, double[] scores) {
      return filled(scores.length, Arrays.stream(scores).distinct().count() > 1);
    }

    @Override
    public int rounds() {
      return maxRounds;
    }
  }

  /**
   * Rollouts with a great enough reward, equal completions of a prompt once. Rejection sampling;
   * with weights that go on it is RAFT, Dong et al. 2023 (arXiv:2304.06767).
   *
   * @param threshold least reward
   */
  record Accepted(double threshold) implements Selection {
    public Accepted {
      if (!Double.isFinite(threshold)) {
        throw new IllegalArgumentException("threshold must be a number, got " + threshold);
      }
    }

    @Override
    public boolean[] keep(List<Trace> group, double[] scores) {
      Set<String> seen = new HashSet<>();
      boolean[] kept = new boolean[scores.length];
      for (int i = 0; i < scores.length; i++) {
        kept[i] = scores[i] >= threshold && seen.add(group.get(i).completion());
      }
      return kept;
    }
  }

  private static boolean[] filled(int length, boolean value) {
    boolean[] row = new boolean[length];
    Arrays.fill(row, value);
    return row;
  }
}
