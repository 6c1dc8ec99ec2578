package io.atomforge.sandbox;

import io.atomforge.value.Equality;
import java.io.Serializable;
import java.util.Objects;

/**
 * How a program is judged.
 *
 * @param limits what the program may use; of {@link Tests.Stdin}, each run of it
 * @param equality what counts as equal in {@link Tests.Calls}; the other forms have their own
 * @param afterFailure whether calls after the first that fails count; at STOP they are {@link
 *     Outcome#NOT_RUN}, and those after an exception or in another process are not even started
 */
public record JudgeOptions(Limits limits, Equality equality, Program.AfterFailure afterFailure)
    implements Serializable {
  public static final JudgeOptions DEFAULT =
      new JudgeOptions(Limits.DEFAULT, Equality.DEFAULT, Program.AfterFailure.GO_ON);

  public JudgeOptions {
    Objects.requireNonNull(limits, "limits");
    Objects.requireNonNull(equality, "equality");
    Objects.requireNonNull(afterFailure, "afterFailure");
  }
}
