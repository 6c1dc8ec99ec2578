package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.model.LossScript;

/** The loss of one token, to be minimized; {@link LossAggregation} adds tokens up. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "cross_entropy", value = Objective.CrossEntropy.class),
  @Type(name = "dft", value = DynamicFineTuning.class)
})
public sealed interface Objective permits Objective.CrossEntropy, DynamicFineTuning {
  /** The formula, with the names of the inputs it wants per token. */
  @JsonIgnore
  LossScript lossScript();

  /** The negative log likelihood: supervised fine-tuning. Without inputs. */
  record CrossEntropy() implements Objective {
    @Override
    public LossScript lossScript() {
      return LossScript.NEGATIVE_LOG_LIKELIHOOD;
    }
  }
}
