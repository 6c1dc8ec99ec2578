package io.atomforge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class PreTokenizerTest {
  @Test
  void cutsWhereHuggingFaceCuts() {
    for (JsonNode words : Golden.json("splits.json")) {
      List<String> expected = new ArrayList<>();
      words.forEach(word -> expected.add(word.textValue()));
      assertThat(PreTokenizer.split(String.join("", expected))).isEqualTo(expected);
    }
  }

  @Test
  void leavesOneSpaceOfARunToTheNextWord() {
    assertThat(PreTokenizer.split("a   b\n\n  ")).containsExactly("a", "  ", " b", "\n\n  ");
  }
}
