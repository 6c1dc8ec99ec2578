package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.model.LossScript;
import java.util.List;

/** The loss of one token, to be minimized; {@link LossAggregation} adds tokens up. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "cross_entropy", value = Objective.CrossEntropy.class),
  @Type(name = "entropy_regularized", value = Objective.EntropyRegularized.class),
  @Type(name = "dft", value = DynamicFineTuning.class)
})
public sealed interface Objective
    permits Objective.CrossEntropy, Objective.EntropyRegularized, DynamicFineTuning {
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

  /**
   * The negative log likelihood minus {@code coefficient} times the entropy of the prediction, in
   * nats: the supervised loss of ReLIFT, Ma et al. 2025 (arXiv:2506.07527). Its statistic {@code
   * entropy} is that entropy.
   *
   * @param coefficient 0 or more; 1e-4 in the paper
   */
  record EntropyRegularized(double coefficient) implements Objective {
    /**
     * @throws IllegalArgumentException if it is negative or not a number
     */
    public EntropyRegularized {
      if (!(coefficient >= 0)) {
        throw new IllegalArgumentException("coefficient must be 0 or more, got " + coefficient);
      }
    }

    @Override
    public LossScript lossScript() {
      String body =
          """
          all = torch.log_softmax(logits, -1)
          entropy = torch.neg(torch.sum(torch.mul(torch.exp(all), all), [-1]))
          loss = torch.neg(torch.add(logp, torch.mul(entropy, %s)))
          """
              .formatted(coefficient);
      return new LossScript("entropy_regularized", body, List.of(), List.of("entropy"));
    }
  }
}
