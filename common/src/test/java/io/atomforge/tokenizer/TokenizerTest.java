package io.atomforge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TokenizerTest {
  private static final Tokenizer TOKENIZER = Tokenizer.of(Golden.text("tokenizer.json"));

  @Test
  void encodesAsHuggingFaceDoes() {
    for (JsonNode row : Golden.json("encodings.json").path("encodings")) {
      assertThat(TOKENIZER.encode(row.path("text").textValue()))
          .isEqualTo(Golden.ints(row.path("ids")));
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void givesAnyUnicodeTextBack(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    int[] limits = {0x80, 0x800, 0xd800, 0x110000};
    for (int i = 0; i < 200; i++) {
      int limit = limits[i % 4];
      int[] points = random.ints(i, 0, limit).filter(c -> c < 0xd800 || c > 0xdfff).toArray();
      String text = new String(points, 0, points.length);
      assertThat(TOKENIZER.decode(TOKENIZER.encode(text))).isEqualTo(text);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"</s>", "<s>", "a<pad>b", "<|user|>x<|assistant|>", " </s></s>"})
  void readsTheNameOfAControlTokenAsText(String text) {
    int[] ids = TOKENIZER.encode(text);
    assertThat(IntStream.of(ids).min().getAsInt())
        .isGreaterThanOrEqualTo(ChatTemplate.SPECIAL_TOKENS.size());
    assertThat(TOKENIZER.decode(ids)).isEqualTo(text);
  }

  @Test
  void aModelMustKnowTheTokensOfTextAndOfTheEndButNoOthers() {
    Tokenizer padded = withSpecial("<pad>", 705, "</s>", 700);
    padded.requireWithin(701);
    assertThatThrownBy(() -> padded.requireWithin(700))
        .hasMessageStartingWith(
            "its end-of-sequence token has id 700, but the model's vocab_size is 700; use");
    Tokenizer ended = withSpecial("<pad>", 700, "</s>", 2);
    ended.requireWithin(700);
    assertThatThrownBy(() -> ended.requireWithin(699))
        .hasMessageStartingWith(
            "its text has tokens up to id 699, but the model's vocab_size is 699; use");
  }

  private static Tokenizer withSpecial(String first, int firstId, String second, int secondId) {
    ObjectNode json = (ObjectNode) Golden.json("tokenizer.json");
    ObjectNode entry = (ObjectNode) json.path("added_tokens").path(0);
    json.putArray("added_tokens")
        .add(entry.deepCopy().put("id", firstId).put("content", first))
        .add(entry.deepCopy().put("id", secondId).put("content", second));
    return Tokenizer.of(json.toString());
  }

  @Test
  void readsAnUnpairedSurrogateAsReplacementCharacters() {
    assertThat(TOKENIZER.decode(TOKENIZER.encode("a\ud800b\udc00"))).matches("a\ufffd+b\ufffd+");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void decodesWhateverAModelSamples(long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    for (int i = 0; i < 200; i++) {
      assertThat(TOKENIZER.decode(random.ints(i, 0, 700).toArray())).isNotNull();
    }
  }

  @Test
  void neitherTruncatesNorPads() {
    int[] once = TOKENIZER.encode("return x\n");
    assertThat(TOKENIZER.encode("return x\n".repeat(5000)).length)
        .isGreaterThanOrEqualTo(5000 * (once.length - 1));
  }

  @Test
  void skipsSpecialAndUnknownIdsWhenDecoding() {
    int[] text = TOKENIZER.encode("ok");
    int[] ids = IntStream.concat(IntStream.of(1, 3, 99_999, -1), IntStream.of(text)).toArray();
    assertThat(TOKENIZER.decode(ids)).isEqualTo("ok");
  }

  @Test
  void knowsItsControlTokens() {
    assertThat(TOKENIZER.padId()).isZero();
    assertThat(TOKENIZER.bosId()).isEqualTo(1);
    assertThat(TOKENIZER.eosId()).isEqualTo(2);
    assertThat(TOKENIZER.specialId("<|assistant|>")).isEqualTo(4);
    assertThat(TOKENIZER.vocabularySize()).isEqualTo(700);
    assertThat(TOKENIZER.toJson()).isEqualTo(Golden.text("tokenizer.json"));
  }

  @Test
  void takesTheNamesOfTheControlTokensFromTheConfig() {
    String config = "{\"eos_token\": {\"content\": \"<|user|>\"}, \"bos_token\": null}";
    Tokenizer tokenizer = Tokenizer.of(Golden.text("tokenizer.json"), config);
    assertThat(tokenizer.eosId()).isEqualTo(3);
    assertThat(tokenizer.padId()).isEqualTo(3);
    assertThat(tokenizer.bosId()).isEqualTo(-1);
    assertThat(tokenizer.config()).isEqualTo(config);
  }

  @Test
  void keepsTheIdsOfAddedTokensAroundASpecialOneThatTextCannotForge() {
    ObjectNode root = (ObjectNode) Golden.json("tokenizer.json");
    ArrayNode added = (ArrayNode) root.get("added_tokens");
    ObjectNode entry = (ObjectNode) added.get(0);
    added.add(entry.deepCopy().put("id", 700).put("content", "<|end|>"));
    added.add(entry.deepCopy().put("id", 701).put("content", "<tool>").put("special", false));
    Tokenizer tokenizer = Tokenizer.of(root.toString());
    assertThat(tokenizer.vocabularySize()).isEqualTo(702);
    assertThat(tokenizer.specialId("<|end|>")).isEqualTo(700);
    assertThat(tokenizer.encode("<tool>")).containsExactly(701);
    assertThat(tokenizer.encode("<|end|>")).doesNotContain(700);
    assertThat(tokenizer.decode(tokenizer.encode("a<|end|><tool>b"))).isEqualTo("a<|end|><tool>b");
    assertThat(tokenizer.decode(new int[] {700, 701})).isEqualTo("<tool>");
  }

  @Test
  void encodesTheSameFromManyThreads() {
    String text = Golden.text("corpus.txt");
    int[] expected = TOKENIZER.encode(text);
    assertThat(IntStream.range(0, 64).parallel().mapToObj(i -> TOKENIZER.encode(text)))
        .allSatisfy(ids -> assertThat(ids).isEqualTo(expected));
  }

  @Test
  void saysWhatIsWrongWithAFile() {
    assertThatThrownBy(() -> Tokenizer.of("{"))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("tokenizer.json is not JSON");
    assertThatThrownBy(() -> Tokenizer.of("{}")).hasMessageContaining("eos_token");
    assertThatThrownBy(() -> TOKENIZER.specialId("a")).hasMessageContaining("'a'");
  }
}
