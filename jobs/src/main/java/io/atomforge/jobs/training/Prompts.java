package io.atomforge.jobs.training;

import io.atomforge.rollout.PromptTask;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.Warehouse;
import java.util.List;

/** Where the steps of reinforcement learning get their prompts from. */
public interface Prompts extends Stateful {
  /** Before the prompts of a step are asked for. */
  void begin(long step);

  /** After a step: the rollouts that were drawn for it. */
  void seen(List<RolloutRow> rows);

  /** Before a run goes on: takes out of the table what the steps up to this one have drawn. */
  void recall(Warehouse warehouse, long committed);

  /** The next prompts of the step. A problem that comes again in it gets new seeds. */
  List<PromptTask> next();

  /** A problem of the run with the seeds of its samples. */
  PromptTask task(String problemId, long[] seeds);

  /** A problem's prompt as the model reads it. */
  String text(String problemId);
}
