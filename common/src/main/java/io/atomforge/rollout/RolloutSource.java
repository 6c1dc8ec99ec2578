package io.atomforge.rollout;

import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.Parameters;
import java.util.List;

/** Samples completions and has them judged, on this machine or on many. */
public interface RolloutSource extends AutoCloseable {
  /**
   * @return the samples of each prompt, as many as it asks for; prompts in the order given
   */
  List<List<Trace>> sample(Parameters theta, List<PromptTask> prompts, SamplingSettings settings);

  /** How many completions of the last {@link #sample} the sandbox knew and did not run again. */
  long cached();

  /** Frees what the samples needed. */
  @Override
  default void close() {}
}
