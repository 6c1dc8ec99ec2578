package io.atomforge.training.objective;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.atomforge.training.objective.ImportanceCorrection.BatchNormalized;
import io.atomforge.training.objective.ImportanceCorrection.Bypass;
import io.atomforge.training.objective.ImportanceCorrection.GeometricMasked;
import io.atomforge.training.objective.ImportanceCorrection.K2Masked;
import io.atomforge.training.objective.ImportanceCorrection.K3Masked;
import io.atomforge.training.objective.ImportanceCorrection.None;
import io.atomforge.training.objective.ImportanceCorrection.SequenceMasked;
import io.atomforge.training.objective.ImportanceCorrection.SequenceTruncated;
import io.atomforge.training.objective.ImportanceCorrection.TokenTruncated;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ImportanceCorrectionTest {
  private static final double[] RATIOS = {1.2, 0.5, 3.0, 0.9};

  private static double[] logs(double... ratios) {
    return Arrays.stream(ratios).map(Math::log).toArray();
  }

  @Test
  void tokensAreTruncatedOneByOne() {
    double[] weights = new TokenTruncated(2).weights(logs(RATIOS)).orElseThrow();
    assertThat(weights).containsExactly(new double[] {1.2, 0.5, 2, 0.9}, within(1e-12));
    assertThat(ImportanceCorrection.effectiveSampleSize(weights)).isCloseTo(3.255385, within(1e-6));
  }

  @Test
  void sequencesHaveTheProductOfTheirTokens() {
    assertThat(new SequenceTruncated(2).weights(logs(RATIOS)).orElseThrow())
        .containsExactly(new double[] {1.62, 1.62, 1.62, 1.62}, within(1e-9));
    assertThat(new SequenceTruncated(1.5).weights(logs(RATIOS)).orElseThrow()).containsOnly(1.5);
    assertThat(new SequenceMasked(1.5).weights(logs(RATIOS))).isEmpty();
    assertThat(new SequenceMasked(2).weights(logs(RATIOS)).orElseThrow()[0])
        .isCloseTo(1.62, within(1e-9));
  }

  @Test
  void theGeometricMeanDecidesWhateverTheLength() {
    // the mean of these ratios is 1.128181
    assertThat(new GeometricMasked(0.9, 1.128).weights(logs(RATIOS))).isEmpty();
    assertThat(new GeometricMasked(0.9, 1.1282).weights(logs(RATIOS)).orElseThrow())
        .containsOnly(1);
    assertThat(new GeometricMasked(0.9, 1.1).weights(logs(0.8))).isEmpty();
  }

  @Test
  void theEstimatedKlOfThePoliciesDecides() {
    // half the mean square is 0.216468, the mean of k3 0.279393
    assertThat(new K2Masked(0.216467).weights(logs(RATIOS))).isEmpty();
    assertThat(new K2Masked(0.216469).weights(logs(RATIOS)).orElseThrow()).containsOnly(1);
    assertThat(new K3Masked(0.279392).weights(logs(RATIOS))).isEmpty();
    assertThat(new K3Masked(0.279394).weights(logs(RATIOS)).orElseThrow()).containsOnly(1);
  }

  @Test
  void weightsOfAStepMayBeDividedByTheirMean() {
    ImportanceCorrection each = new BatchNormalized(new SequenceMasked(2));
    List<Optional<double[]>> weights = each.ofStep(List.of(logs(RATIOS), logs(3), logs(1, 1)));
    double mean = (4 * 1.62 + 2) / 6;
    assertThat(weights.get(0).orElseThrow()[3]).isCloseTo(1.62 / mean, within(1e-9));
    assertThat(weights.get(1)).isEmpty();
    assertThat(weights.get(2).orElseThrow()[0]).isCloseTo(1 / mean, within(1e-9));
  }

  @Test
  void equalPoliciesNeedNoCorrection() {
    for (ImportanceCorrection each :
        List.of(
            new None(),
            new Bypass(),
            new K2Masked(0.001),
            new K3Masked(0.001),
            new BatchNormalized(new TokenTruncated(2)),
            new TokenTruncated(2),
            new SequenceTruncated(2),
            new SequenceMasked(2),
            new GeometricMasked(0.99, 1.01))) {
      assertThat(each.weights(new double[3]).orElseThrow()).containsOnly(1).hasSize(3);
    }
  }

  /** Without truncation, the mean under the sampling policy is that under the old one. */
  @Test
  void untruncatedSequenceWeightsAreUnbiased() {
    double[] sampling = {0.5, 0.3, 0.2};
    double[] old = {0.2, 0.2, 0.6};
    double[] f = {1, -2, 4};
    double expected = 0;
    double corrected = 0;
    for (int a = 0; a < 3; a++) {
      for (int b = 0; b < 3; b++) {
        double[] logs = logs(old[a] / sampling[a], old[b] / sampling[b]);
        double weight = new SequenceTruncated(1000).weights(logs).orElseThrow()[0];
        corrected += sampling[a] * sampling[b] * weight * f[a] * f[b];
        expected += old[a] * old[b] * f[a] * f[b];
      }
    }
    assertThat(corrected).isCloseTo(expected, within(1e-12));
  }

  @Test
  void rangesAreChecked() {
    assertThatThrownBy(() -> new TokenTruncated(0.5)).hasMessage("cap must be 1 or more, got 0.5");
    assertThatThrownBy(() -> new GeometricMasked(1.1, 1.2)).hasMessageContaining("got 1.1 and 1.2");
  }
}
