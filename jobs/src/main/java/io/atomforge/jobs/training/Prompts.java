package io.atomforge.jobs.training;

import io.atomforge.rollout.PromptTask;
import java.util.List;

/** Where the steps of reinforcement learning get their prompts from. */
public interface Prompts extends Stateful {
  /** Before the prompts of a step are asked for. */
  void begin(long step);

  /** The next prompts of the step. A problem that comes again in it gets new seeds. */
  List<PromptTask> next();

  /** A problem of the run with the seeds of its samples. */
  PromptTask task(String problemId, long[] seeds);

  /** A problem's prompt as the model reads it. */
  String text(String problemId);
}
