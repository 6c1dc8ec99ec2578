package io.atomforge.training.objective;

import io.atomforge.model.LossScript;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * The loss of one sampled token: policy loss, regularizers and value loss together.
 *
 * <p>Inputs, each only where something needs it: {@code advantage}; {@code old_logp}; {@code
 * policy_logp}, that of the policy that begins the step; {@code reference_logp}; {@code
 * previous_logp}, that of the policy that began the step before, and {@code base_share}, see {@link
 * Regularizer.KlConvex}; {@code outcome} (the return) and {@code old_value}. Statistics: {@code
 * pg_loss}, {@code pg_clipfrac} (1 where the clip has stopped the gradient), {@code ppo_kl} (old
 * minus new log probability), {@code kl_loss}, and with a value head {@code vf_loss} and {@code
 * vf_clipfrac}. Log ratios are clamped to +-20 against overflow.
 *
 * @param regularizers at most one of each kind, and the KL in the reward or in the loss, not both
 * @param onPolicy whether each rollout is learned from once, so that the old policy is the policy
 */
public record PolicyObjective(
    PolicyLoss policyLoss,
    List<Regularizer> regularizers,
    Optional<ValueHead> valueHead,
    boolean onPolicy) {

  public static final String ADVANTAGE = "advantage";
  public static final String OLD_LOG_PROB = "old_logp";
  public static final String POLICY_LOG_PROB = "policy_logp";
  public static final String REFERENCE_LOG_PROB = "reference_logp";
  public static final String PREVIOUS_LOG_PROB = "previous_logp";
  public static final String BASE_SHARE = "base_share";
  public static final String OUTCOME = "outcome";
  public static final String OLD_VALUE = "old_value";

  /**
   * @throws IllegalArgumentException if the parts do not go together
   */
  public PolicyObjective {
    regularizers = List.copyOf(regularizers);
    long kinds = regularizers.stream().map(Object::getClass).distinct().count();
    if (kinds < regularizers.size()) {
      throw new IllegalArgumentException("regularizers: name each type at most once");
    }
    if (regularizers.stream().filter(Regularizer::needsReference).count() > 1) {
      throw new IllegalArgumentException(
          "regularizers: the KL belongs in the reward or in the loss, not in both; use one of"
              + " kl_reward, kl_loss and kl_convex");
    }
    if (onPolicy && policyLoss.centered()) {
      throw new IllegalArgumentException(
          "policy_loss: centered_clip compares with the policy that sampled; set"
              + " importance_correction to bypass");
    }
    if (!onPolicy && !policyLoss.correctsForOldPolicy()) {
      throw new IllegalArgumentException(
          "policy_loss: score_function learns from a rollout once; set num_iterations and"
              + " num_minibatches to 1, or use clipped");
    }
  }

  /** The regularizer of a kind, if it is in use. */
  public <R extends Regularizer> Optional<R> regularizer(Class<R> kind) {
    return regularizers.stream().filter(kind::isInstance).map(kind::cast).findFirst();
  }

  /** The KL to two policies, if it is in use. */
  public Optional<Regularizer.KlConvex> convex() {
    return regularizer(Regularizer.KlConvex.class).filter(Regularizer::needsReference);
  }

  /** Whether anything compares with the reference. */
  public boolean needsReference() {
    return regularizers.stream().anyMatch(Regularizer::needsReference);
  }

  /** Whether a token without advantage has a gradient all the same. */
  public boolean learnsWithoutAdvantage() {
    return valueHead.isPresent()
        || regularizer(Regularizer.KlLoss.class).filter(kl -> kl.beta() > 0).isPresent()
        || convex().isPresent()
        || regularizer(Regularizer.Entropy.class).filter(e -> e.coefficient() > 0).isPresent();
  }

  /** The formula, with the names of the inputs it wants per token. */
  public LossScript lossScript() {
    List<String> inputs = new ArrayList<>(List.of(ADVANTAGE));
    List<String> statistics =
        new ArrayList<>(List.of("pg_loss", "pg_clipfrac", "ppo_kl", "kl_loss"));
    StringBuilder body = new StringBuilder();
    if (onPolicy) {
      body.append("old_logp = torch.detach(logp)\n");
    } else {
      inputs.add(OLD_LOG_PROB);
    }
    if (policyLoss.centered()) {
      inputs.add(POLICY_LOG_PROB);
    }
    body.append(
        """
        log_ratio = torch.clamp(torch.sub(logp, old_logp), -20., 20.)
        ratio = torch.exp(log_ratio)
        """);
    body.append(policyLoss.script());
    body.append(
        """
        pg_clipfrac = torch.to(stopped, 6)
        ppo_kl = torch.neg(log_ratio)
        kl_loss = torch.zeros_like(pg_loss)
        loss = pg_loss
        """);
    for (Regularizer regularizer : regularizers) {
      if (regularizer instanceof Regularizer.KlLoss kl && kl.beta() > 0) {
        inputs.add(REFERENCE_LOG_PROB);
        body.append(
            """
            d = torch.clamp(torch.sub(logp, reference_logp), -20., 20.)
            kl_loss = %s
            loss = torch.add(loss, torch.mul(kl_loss, %s))
            """
                .formatted(kl.klEstimator().script(), kl.beta()));
      } else if (regularizer instanceof Regularizer.KlConvex convex && convex.beta() > 0) {
        inputs.addAll(List.of(REFERENCE_LOG_PROB, PREVIOUS_LOG_PROB, BASE_SHARE));
        body.append(convex.script());
        body.append(
            """
            loss = torch.add(loss, torch.mul(kl_loss, %s))
            """
                .formatted(convex.beta()));
      } else if (regularizer instanceof Regularizer.Entropy entropy && entropy.coefficient() > 0) {
        body.append(
            """
            all = torch.log_softmax(logits, -1)
            minus_entropy = torch.sum(torch.mul(torch.exp(all), all), [-1])
            loss = torch.add(loss, torch.mul(minus_entropy, %s))
            """
                .formatted(entropy.coefficient()));
      }
    }
    if (valueHead.isPresent()) {
      inputs.addAll(List.of(OUTCOME, OLD_VALUE));
      statistics.addAll(List.of("vf_loss", "vf_clipfrac"));
      body.append(valueHead.get().script());
      body.append(
          """
          vf_clipfrac = torch.to(vf_stopped, 6)
          loss = torch.add(loss, torch.mul(vf_loss, %s))
          """
              .formatted(valueHead.get().vfCoef()));
    }
    return new LossScript(
        "policy", body.toString(), inputs, statistics, false, valueHead.isPresent());
  }
}
