package io.atomforge.training;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/** Learning rate as a fraction of its peak, by optimizer step. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(name = "cosine", value = Schedule.Cosine.class),
  @JsonSubTypes.Type(name = "constant", value = Schedule.Constant.class)
})
public sealed interface Schedule {
  /**
   * @param step from 1
   * @param totalSteps length of the run
   * @return above 0, at most 1
   */
  double factor(long step, long totalSteps);

  /**
   * Linear warm-up, then half a cosine down to a floor.
   *
   * @param warmupRatio part of the run spent rising, 0 to 1
   * @param minRatio floor, 0 to 1
   */
  record Cosine(double warmupRatio, double minRatio) implements Schedule {
    public Cosine {
      if (!(warmupRatio >= 0 && warmupRatio <= 1) || !(minRatio >= 0 && minRatio <= 1)) {
        throw new IllegalArgumentException(
            "warmup_ratio and min_ratio must be 0 to 1, got " + warmupRatio + " and " + minRatio);
      }
    }

    @Override
    public double factor(long step, long totalSteps) {
      double warmup = Math.round(warmupRatio * totalSteps);
      if (step <= warmup) {
        return step / warmup;
      }
      double progress = Math.min(1, (step - warmup) / Math.max(1, totalSteps - warmup));
      return minRatio + (1 - minRatio) * 0.5 * (1 + Math.cos(Math.PI * progress));
    }
  }

  /**
   * Linear warm-up, then the peak.
   *
   * @param warmupSteps steps spent rising, 0 or more
   */
  record Constant(int warmupSteps) implements Schedule {
    public Constant {
      if (warmupSteps < 0) {
        throw new IllegalArgumentException("warmup_steps must be 0 or more, got " + warmupSteps);
      }
    }

    @Override
    public double factor(long step, long totalSteps) {
      return step <= warmupSteps ? step / (double) warmupSteps : 1;
    }
  }
}
