package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonProperty;

/**
 * Estimates KL(policy || reference) from one token sampled from the policy, with d = log policy -
 * log reference. Schulman 2020, "Approximating KL divergence". d is clamped to +-20, k3 to 10.
 */
public enum KlEstimator {
  /** d: unbiased, may be negative. As a loss its expected gradient is zero. */
  @JsonProperty("k1")
  K1("d"),
  /** |d|: never negative, biased. */
  @JsonProperty("abs")
  ABS("torch.abs(d)"),
  /** d^2 / 2: biased to third order. As a loss its expected gradient is that of the KL. */
  @JsonProperty("k2")
  K2("torch.mul(torch.mul(d, d), 0.5)"),
  /**
   * exp(-d) + d - 1: unbiased, never negative. As a loss its expected gradient is that of the
   * reverse, KL(reference || policy).
   */
  @JsonProperty("k3")
  K3("torch.clamp_max(torch.sub(torch.add(torch.exp(torch.neg(d)), d), 1.), 10.)"),
  /** The value of k3 with the gradient of k2: both as they should be. */
  @JsonProperty("k3_plus")
  K3_PLUS(
      "torch.add(%s, torch.detach(torch.sub(%s, %s)))".formatted(K2.script, K3.script, K2.script));

  private static final double MAX_DIFFERENCE = 20;
  private static final double MAX_K3 = 10;

  private final String script;

  KlEstimator(String script) {
    this.script = script;
  }

  /** The estimate in nats from the two natural log probabilities of the sampled token. */
  public double estimate(double logProb, double referenceLogProb) {
    double d = Math.max(-MAX_DIFFERENCE, Math.min(MAX_DIFFERENCE, logProb - referenceLogProb));
    return switch (this) {
      case K1 -> d;
      case ABS -> Math.abs(d);
      case K2 -> d * d / 2;
      case K3, K3_PLUS -> Math.min(MAX_K3, Math.expm1(-d) + d);
    };
  }

  /** The same as script text over a tensor {@code d}. */
  String script() {
    return script;
  }
}
