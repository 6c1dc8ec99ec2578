package io.atomforge.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class FilledBatchTest {
  private static TokenBatch batch(int length, int predictions, int keys) {
    int[] ones = new int[length];
    Arrays.fill(ones, 1);
    int[] positions = IntStream.range(0, predictions).toArray();
    int[] targets = Arrays.copyOf(ones, predictions);
    List<TokenBatch.Block> blocks = List.of(new TokenBatch.Block(1, length));
    return new TokenBatch(blocks, ones, positions, targets, new float[predictions], new long[keys]);
  }

  @Test
  void sizesComeAgain() {
    Set<Integer> sizes = new HashSet<>();
    Set<Integer> predictions = new HashSet<>();
    for (int length = 1024; length < 2048; length++) {
      FilledBatch filled = FilledBatch.of(batch(length, length / 2, 0));
      sizes.add(filled.tokens().length);
      predictions.add(filled.positions().length);
      assertThat(filled.tokens().length).isBetween(length, length + 3 * 64);
      assertThat(filled.keys()).isEmpty();
    }
    assertThat(sizes).hasSizeLessThanOrEqualTo(18);
    assertThat(predictions).hasSizeLessThanOrEqualTo(17);
  }

  @Test
  void whatFillsUpIsInNoRowAndCountsNothing() {
    FilledBatch filled = FilledBatch.of(batch(70, 33, 70));
    assertThat(filled.tokens()).hasSize(72).endsWith(1, 0, 0);
    assertThat(filled.keys()).hasSize(72);
    assertThat(filled.positions()).hasSize(34).endsWith(32, 70);
    assertThat(filled.targets()).hasSize(34).endsWith(1, 0);
    float[] weights = new float[33];
    float[] input = new float[33];
    Arrays.fill(weights, 2);
    Arrays.fill(input, 3);
    float[] rows = filled.rows(weights, new float[][] {input});
    assertThat(rows).hasSize(68).endsWith(3, 3);
    assertThat(Arrays.copyOf(rows, 34)).endsWith(2, 0);
  }

  @Test
  void smallBatchesStayAsTheyAre() {
    FilledBatch filled = FilledBatch.of(batch(31, 0, 0));
    assertThat(filled.tokens()).hasSize(31);
    assertThat(filled.positions()).isEmpty();
    assertThat(filled.rows(new float[0], new float[][] {{}})).isEmpty();
  }
}
