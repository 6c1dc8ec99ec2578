package io.atomforge.jobs.run;

import io.atomforge.jobs.cli.Checks;
import io.atomforge.model.Lora;
import java.util.List;
import java.util.Optional;

/**
 * The {@code lora} block, in the names of PEFT.
 *
 * @param r rank; 0 to train all parameters
 * @param loraAlpha numerator of the scale {@code lora_alpha / r}
 * @param targetModules short names of the adapted modules
 * @param loraDropout rate at which values that enter an adapter are dropped in training
 */
public record LoraSettings(
    int r, double loraAlpha, List<String> targetModules, double loraDropout) {
  public LoraSettings {
    Checks.atLeast(0, "lora.r", r);
    new Lora(Math.max(1, r), loraAlpha, targetModules, loraDropout);
  }

  public Optional<Lora> lora() {
    return r == 0
        ? Optional.empty()
        : Optional.of(new Lora(r, loraAlpha, targetModules, loraDropout));
  }
}
