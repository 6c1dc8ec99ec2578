package io.atomforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import ai.djl.Device;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.model.TokenBatch;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * C-RLFT (Wang et al. 2023, arXiv:2309.11235): likelihood weighted by the class of the data. An
 * expert answers a, others answer b; where the optimum lies is known.
 */
class WeightedClassesTest {
  private static final LossScript LOSS = LossScript.NEGATIVE_LOG_LIKELIHOOD;
  private static final CausalLM MODEL =
      CausalLM.shared(ModelConfig.of(16, 1, 2, 1, 32, 8, 8), Precision.FP32, LOSS, Device.cpu());
  private static final int QUESTION = 1;
  private static final int A = 2;
  private static final int B = 3;
  private static final int EXPERT = 4;
  private static final int OTHER = 5;

  private static Example answer(int condition, int answer, float weight) {
    int[] tokens = {QUESTION, condition, answer};
    return new Example(tokens, new int[] {2}, new float[] {weight}, new float[0][], 1);
  }

  /** The probability of an answer after the question and a condition, once trained on examples. */
  private static double probability(List<Example> examples, int condition, int answer) {
    AdamW optimizer = new AdamW(0.01, 0.9, 0.95, 1e-8, 0);
    try (Parameters theta = Parameters.initial(MODEL.layout(), 3, Device.cpu());
        Trainer trainer =
            new Trainer(
                theta,
                optimizer,
                0,
                new Schedule.Cosine(0, 0),
                300,
                1,
                new LocalGradients(MODEL))) {
      for (int step = 0; step < 300; step++) {
        trainer.step(Sharding.cut(examples, LOSS, 1), 1);
      }
      int[] tokens = {QUESTION, condition, answer};
      TokenBatch asked =
          new TokenBatch(1, 3, tokens, new int[] {1}, new int[] {answer}, new float[] {1});
      return Math.exp(MODEL.logProbs(theta, asked, 1).logProbs()[0]);
    }
  }

  private static List<Example> mixed(boolean conditioned, float otherWeight) {
    List<Example> examples = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      if (i < 2) {
        examples.add(answer(EXPERT, A, 1));
      } else {
        examples.add(answer(conditioned ? OTHER : EXPERT, B, otherWeight));
      }
    }
    return examples;
  }

  /** With n experts and m others of weight w the best probability of a is n / (n + w m). */
  @Test
  void withoutAConditionTheWeightDecides() {
    assertThat(probability(mixed(false, 0.1f), EXPERT, A)).isCloseTo(2 / 2.8, within(0.005));
    assertThat(probability(mixed(false, 1), EXPERT, A)).isCloseTo(0.2, within(0.005));
    assertThat(probability(mixed(false, 0), EXPERT, A)).isGreaterThan(0.99);
  }

  @Test
  void withAConditionEachClassIsLearnedWhateverItsWeight() {
    for (float weight : new float[] {0.1f, 1}) {
      assertThat(probability(mixed(true, weight), EXPERT, A)).isGreaterThan(0.98);
      assertThat(probability(mixed(true, weight), OTHER, B)).isGreaterThan(0.98);
    }
  }
}
