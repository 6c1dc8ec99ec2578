package io.atomforge.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** How workers share the steps of a run. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "synchronous", value = Distribution.Synchronous.class),
  @JsonSubTypes.Type(name = "local_sgd", value = Distribution.LocalSgd.class)
})
public sealed interface Distribution {
  /** Steps between two meetings of the workers. */
  int innerSteps();

  /** All add their gradients at every step: the mathematics of one machine. */
  record Synchronous() implements Distribution {
    @Override
    public int innerSteps() {
      return 1;
    }
  }

  /**
   * Each worker takes some steps on its own part of the batches, and the mean of where they ended
   * is a gradient for an outer step with Nesterov momentum: DiLoCo, Douillard et al. 2023
   * (arXiv:2311.08105), Algorithm 1. Parameters travel once in so many steps. Unlike there, the
   * moments of the inner optimizer start anew after each meeting, so that a worker that is lost
   * loses nothing, and workers count by the denominators of what they saw.
   *
   * @param innerSteps steps a worker takes alone, H, 1 or more
   * @param outerLearningRate above 0; 0.7 in the paper
   * @param outerMomentum 0 to below 1; 0.9 in the paper
   */
  record LocalSgd(int innerSteps, double outerLearningRate, double outerMomentum)
      implements Distribution {
    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public LocalSgd {
      if (innerSteps < 1) {
        throw new IllegalArgumentException("inner_steps must be 1 or more, got " + innerSteps);
      }
      if (!(outerLearningRate > 0) || !(outerMomentum >= 0 && outerMomentum < 1)) {
        throw new IllegalArgumentException(
            "outer_learning_rate must be above 0 and outer_momentum at least 0 and below 1, got "
                + outerLearningRate
                + " and "
                + outerMomentum);
      }
    }
  }
}
