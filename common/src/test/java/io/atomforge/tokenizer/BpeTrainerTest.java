package io.atomforge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class BpeTrainerTest {
  @Test
  void learnsTheVocabularyAndMergesThatHuggingFaceLearns() {
    String json =
        BpeTrainer.train(
            Golden.wordCounts(Golden.text("corpus.txt")), 700, ChatTemplate.SPECIAL_TOKENS);
    assertThat(Golden.parse(json)).isEqualTo(Golden.json("tokenizer.json"));
  }

  @Test
  void doesNotDependOnTheOrderOfTheWords() {
    Map<String, Long> counts = Golden.wordCounts(Golden.text("corpus.txt"));
    assertThat(BpeTrainer.train(new TreeMap<>(counts), 400, ChatTemplate.SPECIAL_TOKENS))
        .isEqualTo(BpeTrainer.train(counts, 400, ChatTemplate.SPECIAL_TOKENS));
  }

  @Test
  void breaksTiesByTheSmallerIds() {
    assertThat(merges(Map.of("cd", 2L, "ab", 2L, "xy", 3L), 259)).containsExactly("xy", "ab", "cd");
  }

  @Test
  void keepsCountsExactWhenMergesOverlap() {
    assertThat(merges(Map.of("aaaa", 3L, "ab", 5L), 258)).containsExactly("aa", "ab");
  }

  @Test
  void stopsWhenNoPairIsLeft() {
    assertThat(merges(Map.of("abc", 1L), 1000)).containsExactly("ab", "abc");
  }

  @Test
  void neverSpellsASpecialToken() {
    String json = BpeTrainer.train(Map.of("</s>", 100L), 300, List.of("</s>"));
    assertThat(merges(json)).containsExactly("/s", "</s");
  }

  @Test
  void refusesWhatHasNoVocabulary() {
    assertThatThrownBy(() -> BpeTrainer.train(Map.of(), 256, List.of("</s>")))
        .hasMessageContaining("below 257");
    assertThatThrownBy(() -> BpeTrainer.train(Map.of(), 300, List.of("<s>", "<s>")))
        .hasMessageContaining("'<s>'");
    assertThatThrownBy(() -> BpeTrainer.train(Map.of(), 300, List.of("a")))
        .hasMessageContaining("'a'");
    assertThatThrownBy(() -> BpeTrainer.train(Map.of("a", -1L), 300, List.of()))
        .hasMessageContaining("negative count -1");
  }

  private static List<String> merges(Map<String, Long> counts, int vocabularySize) {
    return merges(BpeTrainer.train(counts, vocabularySize, List.of()));
  }

  private static List<String> merges(String json) {
    List<String> merged = new ArrayList<>();
    for (JsonNode merge : Golden.parse(json).path("model").path("merges")) {
      merged.add(merge.get(0).textValue() + merge.get(1).textValue());
    }
    return merged;
  }
}
