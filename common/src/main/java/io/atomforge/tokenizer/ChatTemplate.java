package io.atomforge.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How a prompt and its completion become one token sequence: {@code <s><|user|>} prompt {@code
 * <|assistant|>} completion {@code </s>}. A training sequence is {@link #promptIds} followed by
 * {@link #completionIds}; a sampler continues {@link #promptIds} until the end-of-sequence token.
 * With the tokenizer of another model its role markers take the place of ours, where they are those
 * of ChatML, as Qwen's, or of Llama 3; there is no system message.
 *
 * <p>{@link #tokenizerConfig} says the same to {@code transformers}: its {@code
 * apply_chat_template} of one user message with {@code add_generation_prompt=True} gives {@link
 * #promptIds}, unless the message spells a control token, which stays text here.
 */
public final class ChatTemplate {
  private static final String PAD = "<pad>";
  private static final String BOS = "<s>";
  private static final String EOS = "</s>";
  private static final String USER = "<|user|>";
  private static final String ASSISTANT = "<|assistant|>";

  /** What {@link BpeTrainer#train} must be given for this template; the ids are the positions. */
  public static final List<String> SPECIAL_TOKENS = List.of(PAD, BOS, EOS, USER, ASSISTANT);

  private static final String JINJA =
      "{{ bos_token }}{% for message in messages %}{% if message['role'] == 'user' %}{{ '<|user|>'"
          + " + message['content'] }}{% elif message['role'] == 'assistant' %}{{ '<|assistant|>' +"
          + " message['content'] + eos_token }}{% else %}{{ raise_exception('Roles are user and"
          + " assistant, got ' + message['role']) }}{% endif %}{% endfor %}{% if"
          + " add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

  /** Stands for the prompt. */
  private static final String PROMPT = "%s";

  /** Special tokens and the text between them. */
  private static final List<List<String>> FORMATS =
      List.of(
          List.of(BOS, USER, PROMPT, ASSISTANT),
          List.of(
              "<|im_start|>", "user\n" + PROMPT, "<|im_end|>", "\n", "<|im_start|>", "assistant\n"),
          List.of(
              "<|begin_of_text|>",
              "<|start_header_id|>",
              "user",
              "<|end_header_id|>",
              "\n\n" + PROMPT,
              "<|eot_id|>",
              "<|start_header_id|>",
              "assistant",
              "<|end_header_id|>",
              "\n\n"));

  private final Tokenizer tokenizer;
  private final List<String> format;

  /**
   * @throws IllegalArgumentException if the tokenizer has the role markers of none of the formats
   */
  public ChatTemplate(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.format =
        FORMATS.stream()
            .filter(f -> f.stream().allMatch(p -> !p.startsWith("<") || tokenizer.isSpecial(p)))
            .findFirst()
            .orElseThrow(
                () ->
                    new IllegalArgumentException(
                        "The tokenizer has the role markers neither of ChatML (<|im_start|>) nor of"
                            + " Llama 3 (<|start_header_id|>) nor ours (<|user|>, <|assistant|>)"));
  }

  /**
   * @return the prompt between the markers of its role and of the answer's
   */
  public int[] promptIds(String prompt) {
    return format.stream()
        .flatMapToInt(
            piece ->
                tokenizer.isSpecial(piece)
                    ? IntStream.of(tokenizer.specialId(piece))
                    : IntStream.of(tokenizer.encode(piece.replace(PROMPT, prompt))))
        .toArray();
  }

  /**
   * @return what plain text without roles begins with: the token for the beginning of a text, or,
   *     of a format that has none, the end-of-sequence token
   */
  public int[] startIds() {
    boolean begins = List.of(BOS, "<|begin_of_text|>").contains(format.get(0));
    return new int[] {begins ? tokenizer.specialId(format.get(0)) : tokenizer.eosId()};
  }

  /**
   * @return the completion, then the end-of-sequence token
   */
  public int[] completionIds(String completion) {
    int[] text = tokenizer.encode(completion);
    int[] ids = Arrays.copyOf(text, text.length + 1);
    ids[text.length] = tokenizer.eosId();
    return ids;
  }

  /**
   * @return the text of the {@code tokenizer_config.json} that belongs beside the {@code
   *     tokenizer.json}
   */
  public static String tokenizerConfig() {
    ObjectNode config = TokenizerJson.JSON.createObjectNode();
    config.put("tokenizer_class", "PreTrainedTokenizerFast");
    config.put("pad_token", PAD).put("bos_token", BOS).put("eos_token", EOS);
    config.putArray("additional_special_tokens").add(USER).add(ASSISTANT);
    config.putArray("model_input_names").add("input_ids").add("attention_mask");
    config.put("clean_up_tokenization_spaces", false).put("chat_template", JINJA);
    return TokenizerJson.text(config);
  }
}
