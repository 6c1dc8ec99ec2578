package io.atomforge.training.objective;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.atomforge.model.LossScript;
import java.util.List;

/**
 * Cross-entropy where each token's loss is multiplied by its own probability to some power, which
 * carries no gradient: DFT, Wu et al. 2025 (arXiv:2508.05629), Eq. 9. With {@code kl_coef} above 0
 * plus that much of KL(start || policy) over the whole vocabulary, where start is the model that
 * the run began with: ASFT, Zhu et al. 2025 (arXiv:2509.23753). With exponent 0 it is cross-entropy
 * with the KL.
 *
 * <p>Without inputs. Statistics: {@code sft_loss}, the plain negative log likelihood, and, with
 * {@code kl_coef} above 0, {@code kl_loss}.
 *
 * @param exponent 1 for DFT, 0 for cross-entropy
 * @param klCoef weight of the KL; 0 for none
 */
public record DynamicFineTuning(double exponent, @JsonProperty("kl_coef") double klCoef)
    implements Objective {

  /**
   * @throws IllegalArgumentException if a value is negative
   */
  public DynamicFineTuning {
    if (!(exponent >= 0)) {
      throw new IllegalArgumentException("exponent must be 0 or more, got " + exponent);
    }
    if (!(klCoef >= 0)) {
      throw new IllegalArgumentException("kl_coef must be 0 or more, got " + klCoef);
    }
  }

  @Override
  public LossScript lossScript() {
    String weighted =
        """
        sft_loss = torch.neg(logp)
        loss = torch.mul(sft_loss, torch.exp(torch.mul(torch.detach(logp), %s)))
        """
            .formatted(exponent);
    if (klCoef == 0) {
      return new LossScript("dft", weighted, List.of(), List.of("sft_loss"));
    }
    String anchored =
        weighted
            + """
            difference = torch.sub(reference, torch.log_softmax(logits, -1))
            kl_loss = torch.sum(torch.mul(torch.exp(reference), difference), [-1])
            loss = torch.add(loss, torch.mul(kl_loss, %s))
            """
                .formatted(klCoef);
    return new LossScript("dft", anchored, List.of(), List.of("sft_loss", "kl_loss"), true, false);
  }
}
