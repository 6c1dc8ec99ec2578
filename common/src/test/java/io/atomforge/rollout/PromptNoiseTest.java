package io.atomforge.rollout;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromptNoiseTest {
  private static final String TEXT =
      "Write solve(values, n) to rotate the numbers. Return `values` of numpy.array, at most 12345"
          + " 'words'. Keep text[0] as it is!";

  private static String noisy(String text, double strength, long seed) {
    return PromptNoise.of(text, strength, new SplittableRandom(seed));
  }

  private static String sorted(String text) {
    char[] letters = text.toCharArray();
    Arrays.sort(letters);
    return new String(letters).strip();
  }

  @Test
  void withoutStrengthTheTextStays() {
    assertThat(noisy(TEXT, 0, 3)).isEqualTo(TEXT);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void lettersChangePlacesInsideWordsAndCodeStays(long seed) {
    String text =
        "rotate the numbers by solve(n), `values`, numpy.array, 'words' and text[0] thrice";
    String[] before = text.split(" ");
    String[] after = noisy(text, 1, seed).split(" ");
    assertThat(after).hasSameSizeAs(before);
    for (int i = 0; i < before.length; i++) {
      if (List.of("rotate", "numbers", "thrice").contains(before[i])) {
        assertThat(after[i]).isNotEqualTo(before[i]);
        assertThat(after[i].charAt(0)).isEqualTo(before[i].charAt(0));
        assertThat(after[i].substring(before[i].length() - 1))
            .isEqualTo(before[i].substring(before[i].length() - 1));
        assertThat(sorted(after[i])).isEqualTo(sorted(before[i]));
      } else {
        assertThat(after[i]).isEqualTo(before[i]);
      }
    }
  }

  @Test
  void sentencesChangeTheirOrderAndNoneIsLost() {
    List<String> texts = IntStream.range(0, 20).mapToObj(s -> noisy(TEXT, 1, s)).toList();
    assertThat(texts).allMatch(t -> sorted(t).equals(sorted(TEXT)));
    assertThat(texts).anyMatch(t -> !t.startsWith("W")).anyMatch(t -> t.startsWith("W"));
    assertThat(noisy("\u7532\u3002\u4e59\u3002\u4e19\u3002", 1, 7))
        .hasSize(6)
        .contains("\u7532\u3002", "\u4e59\u3002", "\u4e19\u3002");
  }

  @Test
  void equalSeedsMakeEqualMistakes() {
    assertThat(noisy(TEXT, 0.5, 9))
        .isEqualTo(noisy(TEXT, 0.5, 9))
        .isNotEqualTo(noisy(TEXT, 0.5, 8));
  }
}
