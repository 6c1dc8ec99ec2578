package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.value.Excerpt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ExcerptTest {
  private static final int MOST = 200;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "[1,-2.5,true,\"a\\u00e9\\ud83d\\ude00\\u0000\"]",
        "{\"a\":{\"b\":[]},\"c\":{}}",
        "{\"$dict\":[[1,{\"$set\":[\"x\"]}]]}",
        "123456789012345678901234567890",
        "1e-320",
      })
  void whatIsShortAndSafeStaysAsItIs(String json) {
    assertThat(Excerpt.json(json, MOST)).isEqualToIgnoringCase(json);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"a\":[1,{\"\\ud800b\":2,\"c\":3}]} | {\"a\":[1,{\"$cut\":\"2 more entries\"}]}",
        "[\"\\udfff\\ud800x\"] | [\"\\uFFFD\\uFFFDx\"]",
        "1e999 | {\"$float\":\"inf\"}",
        "-1e999 | {\"$float\":\"-inf\"}",
      })
  void whatSomeReaderRefusesIsReplacedOrMarked(String json, String shown) {
    assertThat(Excerpt.json(json, MOST)).isEqualTo(shown);
  }

  @Test
  void manyDigitsAreMarked() {
    assertThat(Excerpt.json("9".repeat(300), MOST)).isEqualTo("9".repeat(300));
    assertThat(Excerpt.json("[-" + "9".repeat(301) + "]", MOST))
        .isEqualTo("[{\"$cut\":\"an int of 301 digits, -9999999999999999999...\"}]");
    assertThat(Excerpt.json("1." + "3".repeat(5000), MOST)).isEqualTo("1.3333333333333333");
  }

  @Test
  void theRestOfALongValueIsMarked() throws Exception {
    String numbers = "[" + "[1],".repeat(99_999) + "[1]]";
    StringBuilder distinct = new StringBuilder("{\"0\":1");
    for (int i = 1; i < 1000; i++) {
      distinct.append(",\"").append(i).append("\":1");
    }

    for (String json :
        new String[] {
          numbers,
          distinct + "}",
          "\"" + "x".repeat(100_000) + "\"",
          "[\"" + "x".repeat(100_000) + "\",1]",
          "[\"" + "\\u00e9\\ud83d\\ude00".repeat(10_000) + "\",1]",
          "{\"" + "k".repeat(100_000) + "\":1,\"b\":2}",
          "[".repeat(990) + "]".repeat(990),
          "{\"$tuple\":[" + "1,".repeat(1000) + "1]}",
        }) {
      String shown = Excerpt.json(json, MOST);

      assertThat(shown).hasSizeLessThan(3 * MOST).contains("\"$cut\"");
      JsonNode read = new ObjectMapper().readTree(shown);
      assertThat(Excerpt.json(read.toString(), 3 * MOST)).isEqualTo(shown);
    }
  }

  @Test
  void aMessageIsPrintableAndBounded() {
    CallResult call =
        CallResult.failed(Outcome.RUNTIME_ERROR, "é\ud83d\ude00\t\n\0\ud800\u001b[1m");

    assertThat(call.error()).isEqualTo("é\ud83d\ude00\t\n\ufffd\ufffd\ufffd[1m");
    assertThat(CallResult.failed(Outcome.TIMEOUT, "x".repeat(5000)).error())
        .isEqualTo("x".repeat(1000) + "... (5000 characters)");
    assertThat(CallResult.failed(Outcome.TIMEOUT, "\ud83d\ude00".repeat(501) + "x").error())
        .startsWith("\ud83d\ude00".repeat(500) + "...");
    assertThat(CallResult.failed(Outcome.TIMEOUT, "x" + "\ud83d\ude00".repeat(501)).error())
        .startsWith("x" + "\ud83d\ude00".repeat(499) + "...");
  }
}
