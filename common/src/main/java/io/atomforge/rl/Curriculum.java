package io.atomforge.rl;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/** How sampling changes while a run goes on. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "constant", value = Curriculum.Constant.class),
  @Type(name = "staged", value = Curriculum.Staged.class)
})
public sealed interface Curriculum {
  /**
   * How completions are sampled for a while.
   *
   * @param temperature divides the logits, above 0
   * @param longest tokens at which a completion is cut, 1 or more
   */
  record Stage(double temperature, int longest) {
    /** By the names of metrics. */
    public Map<String, Double> metrics() {
      return Map.of(
          "training/temperature", temperature, "training/max_completion_length", (double) longest);
    }
  }

  /** Whether sampling changes at all. */
  @JsonIgnore
  default boolean changes() {
    return greatestLength().isPresent();
  }

  /** The greatest of its limits, in tokens; empty where it sets none. */
  @JsonIgnore
  default OptionalDouble greatestLength() {
    return OptionalDouble.empty();
  }

  /**
   * @param step from 1
   * @param longest tokens at which a completion is cut where it says nothing
   * @return tokens at which completions of the step are cut
   */
  int length(long step, int longest);

  /**
   * @param step from 1
   * @return the mean entropy, in nats per token, for which a temperature is chosen before the step;
   *     empty where the temperature stays
   */
  OptionalDouble entropy(long step);

  /** Sampling stays as it is. */
  record Constant() implements Curriculum {
    @Override
    public int length(long step, int longest) {
      return longest;
    }

    @Override
    public OptionalDouble entropy(long step) {
      return OptionalDouble.empty();
    }
  }

  /**
   * Stages with a limit of the length each. At the start of each the temperature is chosen anew.
   * The optimizer goes on. AceReason-Nemotron 1.1, Liu et al. 2025 (arXiv:2506.13284).
   *
   * @param lengths tokens at which completions of each stage are cut, 1 or more
   * @param stageSteps steps of a stage, 1 or more; the last one lasts to the end of the run
   * @param targetEntropy mean entropy of the sampled distribution in nats per token, above 0
   */
  record Staged(
      List<Integer> lengths,
      @JsonProperty("stage_steps") int stageSteps,
      @JsonProperty("target_entropy") double targetEntropy)
      implements Curriculum {
    public Staged {
      lengths = List.copyOf(lengths);
      if (lengths.isEmpty() || lengths.stream().anyMatch(length -> length < 1)) {
        throw new IllegalArgumentException("lengths must be 1 or more each, got " + lengths);
      }
      if (stageSteps < 1 || !(targetEntropy > 0)) {
        throw new IllegalArgumentException(
            "stage_steps must be 1 or more and target_entropy above 0, got "
                + stageSteps
                + " and "
                + targetEntropy);
      }
    }

    private int stage(long step) {
      return (int) Math.min((step - 1) / stageSteps, lengths.size() - 1);
    }

    @Override
    public OptionalDouble greatestLength() {
      return lengths.stream().mapToDouble(length -> length).max();
    }

    @Override
    public int length(long step, int longest) {
      return lengths.get(stage(step));
    }

    @Override
    public OptionalDouble entropy(long step) {
      boolean begins = step == 1 || stage(step) > stage(step - 1);
      return begins ? OptionalDouble.of(targetEntropy) : OptionalDouble.empty();
    }
  }
}
