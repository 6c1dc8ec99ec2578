package io.atomforge.training;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShardingTest {
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 7, 100})
  void everyLearnedTokenStandsInOneShardBehindTheStateThatPredictsIt(int count) {
    SplittableRandom random = new SplittableRandom(count);
    List<Example> examples = new ArrayList<>();
    for (int e = 0; e < 40; e++) {
      int length = 5 + random.nextInt(120);
      int first = 1 + random.nextInt(length - 2);
      int id = e;
      int[] tokens = IntStream.range(0, length).map(t -> 1000 * id + t).toArray();
      int[] learned = IntStream.range(first, length).toArray();
      float[] weights = new float[learned.length];
      Arrays.fill(weights, e + 1);
      examples.add(new Example(tokens, learned, weights, new float[][] {weights}, learned.length));
    }
    List<Shard> shards = Sharding.cut(examples, count);
    assertThat(shards).hasSizeLessThanOrEqualTo(count);
    List<Integer> targets = new ArrayList<>();
    for (Shard shard : shards) {
      assertThat(shard.batch().length() % 16).isZero();
      for (int i = 0; i < shard.batch().positions().length; i++) {
        int target = shard.batch().targets()[i];
        targets.add(target);
        assertThat(shard.batch().tokens()[shard.batch().positions()[i]]).isEqualTo(target - 1);
        assertThat(shard.batch().weights()[i]).isEqualTo(target / 1000 + 1f);
        assertThat(shard.inputs()[0][i]).isEqualTo(shard.batch().weights()[i]);
      }
    }
    List<Integer> wanted = new ArrayList<>();
    examples.forEach(e -> Arrays.stream(e.learned()).forEach(t -> wanted.add(e.tokens()[t])));
    assertThat(targets).containsExactlyInAnyOrderElementsOf(wanted);
    assertThat(shards.stream().mapToDouble(Shard::denominator).sum())
        .isCloseTo(wanted.size(), within(1e-9));
  }
}
