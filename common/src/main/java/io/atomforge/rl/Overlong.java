package io.atomforge.rl;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;

/**
 * What becomes of long completions. One that was cut at the greatest length has the reward's
 * failure value in any case.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "none", value = Overlong.None.class),
  @Type(name = "penalty", value = Overlong.Penalty.class),
  @Type(name = "filter", value = Overlong.Filter.class)
})
public sealed interface Overlong {
  /**
   * @param length tokens of a completion, the end included
   * @param longest tokens at which a completion is cut
   * @return what is added to the reward, 0 or less
   */
  double shaping(int length, int longest);

  /** Whether a completion that was cut is learned from; it counts in its group's mean anyway. */
  boolean learnsFromCut();

  /** Nothing more. */
  record None() implements Overlong {
    @Override
    public double shaping(int length, int longest) {
      return 0;
    }

    @Override
    public boolean learnsFromCut() {
      return true;
    }
  }

  /**
   * Nothing up to {@code longest - buffer} tokens, then linearly down to minus {@code factor}. Yu
   * et al. 2025 (DAPO, arXiv:2503.14476), Eq. 13.
   *
   * @param buffer tokens, 1 or more
   * @param factor 0 or more
   */
  record Penalty(int buffer, double factor) implements Overlong {
    public Penalty {
      if (buffer < 1 || !(factor >= 0)) {
        throw new IllegalArgumentException(
            "buffer must be 1 or more and factor 0 or more, got " + buffer + " and " + factor);
      }
    }

    @Override
    public double shaping(int length, int longest) {
      double over = Math.max(0, length - (longest - buffer));
      return over == 0 ? 0 : -factor * over / buffer;
    }

    @Override
    public boolean learnsFromCut() {
      return true;
    }
  }

  /** A completion that was cut is not learned from. Yu et al. 2025 (DAPO), section 3.4. */
  record Filter() implements Overlong {
    @Override
    public double shaping(int length, int longest) {
      return 0;
    }

    @Override
    public boolean learnsFromCut() {
      return false;
    }
  }
}
