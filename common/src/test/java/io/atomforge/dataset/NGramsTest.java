package io.atomforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class NGramsTest {
  private static NGrams of(String text) {
    NGrams grams = new NGrams(4);
    grams.add("theirs/1", text);
    return grams;
  }

  @Test
  void aRunOfNWordsIsFoundWhateverStandsBetweenThem() {
    NGrams grams = of("Return the sum of the SQUARED digits of a number.");
    assertThat(grams.owner("Write solve(n): squared, digits of... a number"))
        .contains("theirs/1: \"squared digits of a\"");
    assertThat(grams.owner("Write solve(n): squared digits of `n`, the sum of the")).isPresent();
    assertThat(grams.owner("the sum of cubed digits of some number")).isEmpty();
  }

  @Test
  void aChineseCharacterIsAWord() {
    assertThat(of("求各位数字的平方和").owner("编写函数：求各位数")).contains("theirs/1: \"求 各 位 数\"");
    assertThat(of("求各位数字的平方和").owner("各数位")).isEmpty();
  }

  @Test
  void aShortTextIsFoundWholeOnly() {
    assertThat(of("add two").owner("add two")).isPresent();
    assertThat(of("add two").owner("add two and three to it")).isEmpty();
    assertThat(of("...").owner("...")).isEmpty();
  }
}
