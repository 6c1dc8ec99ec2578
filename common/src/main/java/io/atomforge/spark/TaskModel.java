package io.atomforge.spark;

import io.atomforge.model.CausalLM;
import io.atomforge.model.Lora;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.io.Serializable;
import org.jspecify.annotations.Nullable;

/**
 * What a task needs to find its model.
 *
 * @param recompute whether activations are computed again in place of kept
 * @param lora null if all parameters are trained
 * @param base the parameters that adapters change or a loss compares with; null if nothing does
 */
record TaskModel(
    ModelConfig config,
    Precision precision,
    boolean recompute,
    @Nullable Lora lora,
    @Nullable Version base)
    implements Serializable {

  /** What is done with a model while its parameters are on this machine. */
  interface Work<R> {
    R apply(CausalLM model, Parameters theta, @Nullable Parameters frozen);
  }

  TaskModel with(@Nullable Lora adapters, Version other) {
    return new TaskModel(config, precision, recompute, adapters, other);
  }

  CausalLM model(LossScript loss) {
    CausalLM model = CausalLM.shared(config, precision, loss, Replica.device());
    model = recompute ? model.recomputing() : model;
    return lora == null ? model : model.adapting(lora);
  }

  <R> R use(Version current, LossScript loss, Work<R> work) {
    CausalLM model = model(loss);
    try (Replica frozen = base == null ? null : base.replica(new ParameterLayout(config));
        Replica trained = current.replica(model.layout())) {
      return work.apply(model, trained.parameters(), frozen == null ? null : frozen.parameters());
    }
  }
}
