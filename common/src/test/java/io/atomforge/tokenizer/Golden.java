package io.atomforge.tokenizer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/** The files of {@code golden/tokenizer}, made by its {@code generate.py}. */
final class Golden {
  private Golden() {}

  static String text(String file) {
    try (InputStream in = Golden.class.getResourceAsStream("/golden/tokenizer/" + file)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static JsonNode json(String file) {
    return parse(text(file));
  }

  static JsonNode parse(String json) {
    try {
      return new ObjectMapper().readTree(json);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static int[] ints(JsonNode array) {
    int[] values = new int[array.size()];
    for (int i = 0; i < values.length; i++) {
      values[i] = array.get(i).intValue();
    }
    return values;
  }

  static Map<String, Long> wordCounts(String text) {
    Map<String, Long> counts = new HashMap<>();
    PreTokenizer.split(text).forEach(word -> counts.merge(word, 1L, Long::sum));
    return counts;
  }
}
