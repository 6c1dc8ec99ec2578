package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.model.LossScript;
import java.util.ArrayList;
import java.util.List;

/** The loss of one token, to be minimized; {@link LossAggregation} adds tokens up. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "cross_entropy", value = Objective.CrossEntropy.class),
  @Type(name = "dft", value = DynamicFineTuning.class),
  @Type(name = "clipped", value = Objective.Clipped.class)
})
public sealed interface Objective
    permits Objective.CrossEntropy, Objective.Clipped, DynamicFineTuning {
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
   * The clipped surrogate of PPO, Schulman et al. 2017, Eq. 7, negated; with {@code beta} above 0
   * plus beta times the estimated KL to the reference, as GRPO has it (Shao et al. 2024, Eq. 3).
   *
   * <p>Inputs: {@code advantage}, {@code old_logp} and, with {@code beta} above 0, {@code
   * reference_logp}. Statistics: {@code pg_loss}, {@code pg_clipfrac} (1 where the clip has stopped
   * the gradient), {@code ppo_kl} (old minus new log probability) and {@code kl_loss}. Log ratios
   * are clamped to +-20 against overflow.
   *
   * @param epsilon how far below 1 the ratio counts
   * @param epsilonHigh how far above 1; equal to {@code epsilon} except for clip-higher (Yu et al.
   *     2025, Eq. 10)
   * @param dualClip greatest factor of a negative advantage, above 1 (Ye et al. 2020, Eq. 5); 0 for
   *     none
   * @param beta weight of the KL, 0 for none
   * @param klEstimator k2 or k3
   */
  record Clipped(
      double epsilon,
      @JsonProperty("epsilon_high") double epsilonHigh,
      @JsonProperty("dual_clip") double dualClip,
      double beta,
      @JsonProperty("kl_estimator") KlEstimator klEstimator)
      implements Objective {

    /**
     * @throws IllegalArgumentException if a value is out of range
     */
    public Clipped {
      if (!(epsilon >= 0 && epsilon <= 1)) {
        throw new IllegalArgumentException("epsilon must be 0 to 1, got " + epsilon);
      }
      if (!(epsilonHigh >= 0)) {
        throw new IllegalArgumentException("epsilon_high must be 0 or more, got " + epsilonHigh);
      }
      if (!(dualClip == 0 || dualClip > 1)) {
        throw new IllegalArgumentException(
            "dual_clip must be 0 for none or above 1, got " + dualClip);
      }
      if (!(beta >= 0)) {
        throw new IllegalArgumentException("beta must be 0 or more, got " + beta);
      }
      if (klEstimator == KlEstimator.K1) {
        throw new IllegalArgumentException(
            "kl_estimator k1 has no gradient in the loss; use k2 or k3, or k1 in the reward");
      }
    }

    @Override
    public LossScript lossScript() {
      List<String> inputs = new ArrayList<>(List.of("advantage", "old_logp"));
      StringBuilder body =
          new StringBuilder(
              """
              log_ratio = torch.clamp(torch.sub(logp, old_logp), -20., 20.)
              ratio = torch.exp(log_ratio)
              free = torch.neg(torch.mul(ratio, advantage))
              bounded = torch.neg(torch.mul(torch.clamp(ratio, %s, %s), advantage))
              pg_loss = torch.maximum(free, bounded)
              stopped = torch.gt(bounded, free)
              """
                  .formatted(1 - epsilon, 1 + epsilonHigh));
      if (dualClip > 0) {
        body.append(
            """
            most = torch.mul(advantage, -%s)
            above = torch.logical_and(torch.lt(advantage, 0.), torch.gt(pg_loss, most))
            pg_loss = torch.where(above, most, pg_loss)
            stopped = torch.logical_or(stopped, above)
            """
                .formatted(dualClip));
      }
      if (beta > 0) {
        inputs.add("reference_logp");
        body.append(
            """
            d = torch.clamp(torch.sub(logp, reference_logp), -20., 20.)
            kl_loss = %s
            loss = torch.add(pg_loss, torch.mul(kl_loss, %s))
            """
                .formatted(klEstimator.script(), beta));
      } else {
        body.append(
            """
            kl_loss = torch.zeros_like(pg_loss)
            loss = pg_loss
            """);
      }
      body.append(
          """
          pg_clipfrac = torch.to(stopped, 6)
          ppo_kl = torch.neg(log_ratio)
          """);
      return new LossScript(
          "clipped",
          body.toString(),
          inputs,
          List.of("pg_loss", "pg_clipfrac", "ppo_kl", "kl_loss"));
    }
  }
}
