package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * A linear function of the hidden state from which a token is predicted: the expected return from
 * there on. Its loss is half the squared error, or that of the value held within a range of the old
 * one if this is greater (Schulman's implementation of PPO; Engstrom et al. 2020, section 2).
 *
 * @param learningRate of the head's own parameters, 0 or more
 * @param vfCoef weight of the value loss beside the policy loss, 0 or more
 * @param cliprangeValue how far the value may go from the old one before its gradient stops; above
 *     0
 */
public record ValueHead(
    @JsonProperty("learning_rate") double learningRate,
    @JsonProperty("vf_coef") double vfCoef,
    @JsonProperty("cliprange_value") double cliprangeValue) {

  /** Statements that assign {@code vf_loss} and the mask {@code vf_stopped}. */
  String script() {
    return """
    near = torch.add(old_value, torch.clamp(torch.sub(value, old_value), -%s, %s))
    error = torch.square(torch.sub(value, outcome))
    near_error = torch.square(torch.sub(near, outcome))
    vf_loss = torch.mul(torch.maximum(error, near_error), 0.5)
    vf_stopped = torch.gt(near_error, error)
    """
        .formatted(cliprangeValue, cliprangeValue);
  }

  public ValueHead {
    if (!(learningRate >= 0 && vfCoef >= 0)) {
      throw new IllegalArgumentException(
          "learning_rate and vf_coef must be 0 or more, got " + learningRate + " and " + vfCoef);
    }
    if (!(cliprangeValue > 0)) {
      throw new IllegalArgumentException("cliprange_value must be positive, got " + cliprangeValue);
    }
  }
}
