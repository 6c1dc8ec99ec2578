package io.atomforge.tokenizer;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;

/**
 * The {@code tokenizer.json} of a byte-level BPE vocabulary, as Hugging Face's library saves it.
 */
final class TokenizerJson {
  static final ObjectMapper JSON = new ObjectMapper();

  private TokenizerJson() {}

  /**
   * @param ids every token's id, in the order of the ids
   * @param merges pairs of tokens, first merge first
   */
  static String write(
      Map<String, Integer> ids, List<List<String>> merges, List<String> specialTokens) {
    ObjectNode root = JSON.createObjectNode().put("version", "1.0");
    root.putNull("truncation").putNull("padding");
    ArrayNode added = root.putArray("added_tokens");
    for (String token : specialTokens) {
      added
          .addObject()
          .put("id", ids.get(token))
          .put("content", token)
          .put("single_word", false)
          .put("lstrip", false)
          .put("rstrip", false)
          .put("normalized", false)
          .put("special", true);
    }
    root.putNull("normalizer");
    ObjectNode split = JSON.createObjectNode().put("type", "Split");
    split.putObject("pattern").put("Regex", PreTokenizer.REGEX);
    split.put("behavior", "Isolated").put("invert", false);
    root.putObject("pre_tokenizer")
        .put("type", "Sequence")
        .putArray("pretokenizers")
        .add(split)
        .add(byteLevel(false, false));
    root.putNull("post_processor");
    root.set("decoder", byteLevel(true, true));
    ObjectNode model = root.putObject("model").put("type", "BPE");
    model.putNull("dropout").putNull("unk_token");
    model.putNull("continuing_subword_prefix").putNull("end_of_word_suffix");
    model.put("fuse_unk", false).put("byte_fallback", false).put("ignore_merges", false);
    model.set("vocab", JSON.valueToTree(ids));
    model.set("merges", JSON.valueToTree(merges));
    return text(root);
  }

  private static ObjectNode byteLevel(boolean addPrefixSpace, boolean useRegex) {
    return JSON.createObjectNode()
        .put("type", "ByteLevel")
        .put("add_prefix_space", addPrefixSpace)
        .put("trim_offsets", true)
        .put("use_regex", useRegex);
  }

  static String text(ObjectNode root) {
    try {
      return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(root);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("A JSON tree always has a text", e);
    }
  }

  static ObjectNode object(String json, String file) {
    try {
      if (JSON.readTree(json) instanceof ObjectNode object) {
        return object;
      }
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(file + " is not JSON: " + e.getOriginalMessage(), e);
    }
    throw new IllegalArgumentException(file + " is not a JSON object");
  }
}
