package io.atomforge.tokenizer;

import static io.atomforge.tokenizer.TokenizerJson.JSON;

import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/**
 * Runs a {@code tokenizer.json} through Hugging Face's native library.
 *
 * <p>Text never encodes to a special token: the library would read the characters {@code </s>} of a
 * prompt as the control token of that name, so it never learns the names of the tokens that the
 * file marks {@code special}, and those characters become ordinary pieces that decode to
 * themselves. Control tokens come only from their ids, as in {@link ChatTemplate}. Here this
 * differs from {@code transformers}, whose {@code tokenizer(text)} lets text forge them.
 *
 * <p>Nothing is truncated, padded or added. Instances are thread-safe and hold native memory that
 * the garbage collector frees: share one per process.
 */
public final class Tokenizer {
  private static final Map<String, String> PLAIN =
      Map.of("truncation", "false", "padding", "false", "addSpecialTokens", "false");

  private final String json;
  private final String config;
  private final HuggingFaceTokenizer library;
  private final Map<String, Integer> specialIds = new HashMap<>();
  private final boolean[] special;
  private final int lastTextId;
  private final int padId;
  private final int bosId;
  private final int eosId;

  private Tokenizer(String json, String config) {
    this.json = json;
    this.config = config;
    ObjectNode root = TokenizerJson.object(json, "tokenizer.json");
    JsonNode vocabulary = root.path("model").path("vocab");
    int size = vocabulary.size();
    for (JsonNode id : vocabulary) {
      size = Math.max(size, id.asInt(-1) + 1);
    }
    ArrayNode unforgeable = JSON.createArrayNode();
    for (JsonNode token : root.path("added_tokens")) {
      String content = token.path("content").textValue();
      int id = token.path("id").intValue();
      size = Math.max(size, id + 1);
      if (!token.path("special").booleanValue()) {
        unforgeable.add(token);
        continue;
      }
      specialIds.put(content, id);
      if (id >= vocabulary.size()) {
        // Without an entry here, the library would move the ids of the added tokens after it.
        String unguessable = "<" + UUID.randomUUID() + ">";
        unforgeable.add(((ObjectNode) token.deepCopy()).put("content", unguessable));
      }
    }
    special = new boolean[size];
    specialIds.values().forEach(id -> special[id] = true);
    lastTextId =
        ids(root).values().stream().filter(id -> !special[id]).max(Integer::compare).orElse(-1);
    JsonNode roles = TokenizerJson.object(config, "tokenizer_config.json");
    eosId = role(roles, "eos_token", "</s>");
    bosId = role(roles, "bos_token", "<s>");
    padId = role(roles, "pad_token", "<pad>");
    if (eosId < 0) {
      throw new IllegalArgumentException(
          "The tokenizer has no end-of-sequence token: name a special token as eos_token in"
              + " tokenizer_config.json");
    }
    root.set("added_tokens", unforgeable);
    library = library(TokenizerJson.text(root));
  }

  /**
   * @param tokenizerJson the text of a {@code tokenizer.json} that calls its special tokens {@code
   *     <pad>}, {@code <s>} and {@code </s>}, as {@link BpeTrainer} writes it
   * @throws IllegalArgumentException if it is not such a file
   */
  public static Tokenizer of(String tokenizerJson) {
    return of(tokenizerJson, "{}");
  }

  /**
   * @param config the text of the {@code tokenizer_config.json} beside it, which says which special
   *     token is which; an empty object where they have our names
   * @throws IllegalArgumentException if a text is not what its name says
   */
  public static Tokenizer of(String tokenizerJson, String config) {
    return new Tokenizer(tokenizerJson, config);
  }

  /**
   * @param files by name, as they lie beside a model: {@code tokenizer.json} and, where there is
   *     one, {@code tokenizer_config.json}
   * @throws IllegalArgumentException if there is no {@code tokenizer.json}, or a file is not what
   *     its name says
   */
  public static Tokenizer of(Map<String, byte[]> files) {
    byte[] json = files.get("tokenizer.json");
    if (json == null) {
      throw new IllegalArgumentException("there is no tokenizer.json");
    }
    byte[] config = files.getOrDefault("tokenizer_config.json", new byte[] {'{', '}'});
    return of(new String(json, StandardCharsets.UTF_8), new String(config, StandardCharsets.UTF_8));
  }

  /**
   * @return ids below {@link #vocabularySize}, none of them special. An unpaired surrogate, which
   *     no Unicode text holds, is read as U+FFFD
   */
  public int[] encode(String text) {
    return Arrays.stream(library.encode(text, false, false).getIds())
        .mapToInt(Math::toIntExact)
        .toArray();
  }

  /**
   * @param ids any ids; special tokens, and ids that no token has, are skipped
   * @return the text; bytes that are not UTF-8, such as half a character, come out as U+FFFD
   */
  public String decode(int[] ids) {
    return library.decode(
        Arrays.stream(ids)
            .filter(id -> id >= 0 && id < special.length && !special[id])
            .asLongStream()
            .toArray(),
        false);
  }

  /**
   * @return the id that fills the end of shorter rows; the end-of-sequence id where the file has no
   *     padding token, so mask by length and never by id
   */
  public int padId() {
    return padId < 0 ? eosId : padId;
  }

  /**
   * @return the id that begins a sequence, or -1 if there is none, as in Qwen's vocabulary
   */
  public int bosId() {
    return bosId;
  }

  /**
   * @return the id that ends a completion
   */
  public int eosId() {
    return eosId;
  }

  /**
   * @return one more than the largest id
   */
  public int vocabularySize() {
    return special.length;
  }

  /**
   * @throws IllegalArgumentException if {@code token} is not a special token
   */
  public int specialId(String token) {
    Integer id = specialIds.get(token);
    if (id == null) {
      throw new IllegalArgumentException(
          "No special token '" + token + "' in the tokenizer, only " + specialIds.keySet());
    }
    return id;
  }

  /**
   * @return the {@code tokenizer.json} this was made from, unchanged
   */
  public String toJson() {
    return json;
  }

  /**
   * @return the {@code tokenizer_config.json} this was made from, unchanged
   */
  public String config() {
    return config;
  }

  /** Whether {@code token} is a special token. */
  public boolean isSpecial(String token) {
    return specialIds.containsKey(token);
  }

  /** The special token whose name begins at that place of a text; the longest if several do. */
  Optional<String> specialAt(String text, int place) {
    return specialIds.keySet().stream()
        .filter(token -> !token.isEmpty() && text.startsWith(token, place))
        .max(Comparator.comparingInt(String::length));
  }

  /** Whether every id is the same token in both. */
  public boolean hasIdsOf(Tokenizer other) {
    String file = "tokenizer.json";
    return ids(TokenizerJson.object(json, file))
        .equals(ids(TokenizerJson.object(other.json, file)));
  }

  /**
   * That a model has a row for each token that a text or the end of a completion needs. A special
   * token that neither needs, such as one for padding, may lie outside, as in {@code transformers}.
   *
   * @param modelVocabulary the model's {@code vocab_size}
   * @throws IllegalArgumentException naming the id that the model lacks
   */
  public void requireWithin(int modelVocabulary) {
    int last = Math.max(lastTextId, eosId);
    if (last >= modelVocabulary) {
      throw new IllegalArgumentException(
          (last == eosId ? "its end-of-sequence token has id " : "its text has tokens up to id ")
              + last
              + ", but the model's vocab_size is "
              + modelVocabulary
              + "; use the model's own tokenizer or enlarge the model's embeddings");
    }
  }

  private static Map<String, Integer> ids(ObjectNode root) {
    JsonNode vocabulary = root.path("model").path("vocab"); // an array in a Unigram model
    Map<String, Integer> ids = new HashMap<>();
    for (String token : (Iterable<String>) vocabulary::fieldNames) {
      ids.put(token, vocabulary.path(token).asInt());
    }
    for (int i = 0; vocabulary.isArray() && i < vocabulary.size(); i++) {
      ids.put(vocabulary.path(i).path(0).asText(), i);
    }
    for (JsonNode token : root.path("added_tokens")) {
      ids.put(token.path("content").asText(), token.path("id").asInt());
    }
    return ids;
  }

  private int role(JsonNode roles, String key, String ours) {
    JsonNode named = roles.path(key);
    String token = named.isObject() ? named.path("content").textValue() : named.textValue();
    return specialIds.getOrDefault(roles.isEmpty() ? ours : token, -1);
  }

  private static HuggingFaceTokenizer library(String json) {
    try {
      return HuggingFaceTokenizer.newInstance(
          new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), PLAIN);
    } catch (IOException | RuntimeException e) {
      throw new IllegalArgumentException("Not a usable tokenizer.json: " + e.getMessage(), e);
    }
  }
}
