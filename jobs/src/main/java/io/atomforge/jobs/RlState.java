package io.atomforge.jobs;

import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.dataset.Batches;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.training.Trainer;
import java.util.HashMap;
import java.util.Map;

/** What a run of reinforcement learning carries from step to step, beside its parameters. */
final class RlState {
  private final Trainer trainer;
  private final RlPrompts prompts;
  private double klBeta;

  /**
   * @param klBeta weight of the KL in the reward at the start
   */
  RlState(Trainer trainer, RlPrompts prompts, double klBeta) {
    this.trainer = trainer;
    this.prompts = prompts;
    this.klBeta = klBeta;
  }

  double klBeta() {
    return klBeta;
  }

  void klBeta(double next) {
    klBeta = next;
  }

  /** As JSON values. */
  Map<String, Object> values() {
    Map<String, Object> values = new HashMap<>(TrainSft.cursor(prompts.cursor()));
    values.put("optimizer_step", trainer.optimizer().step());
    values.put("kl_beta", klBeta);
    return values;
  }

  /** Goes on from a checkpoint that {@link #values} went into. */
  void restore(Checkpoint checkpoint) {
    Map<String, Object> state = checkpoint.state();
    Checkpoints.restore(trainer, checkpoint, TrainSft.number(state, "optimizer_step"));
    prompts.seek(
        new Batches.Cursor(TrainSft.number(state, "epoch"), TrainSft.number(state, "position")));
    klBeta = ((Number) state.get("kl_beta")).doubleValue();
  }
}
