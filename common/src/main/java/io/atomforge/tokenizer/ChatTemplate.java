package io.atomforge.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;

/**
 * How a prompt and its completion become one token sequence: {@code <s><|user|>} prompt {@code
 * <|assistant|>} completion {@code </s>}. A training sequence is {@link #promptIds} followed by
 * {@link #completionIds}; a sampler continues {@link #promptIds} until the end-of-sequence token.
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
      "{{ bos_token }}{% for message in messages %}"
          + "{% if message['role'] == 'user' %}{{ '<|user|>' + message['content'] }}"
          + "{% elif message['role'] == 'assistant' %}"
          + "{{ '<|assistant|>' + message['content'] + eos_token }}"
          + "{% else %}{{ raise_exception('Roles are user and assistant, got ' + message['role']) }}"
          + "{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>' }}{% endif %}";

  private final Tokenizer tokenizer;
  private final int user;
  private final int assistant;

  /**
   * @throws IllegalArgumentException if the tokenizer lacks {@code <|user|>} or {@code
   *     <|assistant|>}, being made for another template
   */
  public ChatTemplate(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.user = tokenizer.specialId(USER);
    this.assistant = tokenizer.specialId(ASSISTANT);
  }

  /**
   * @return the prompt between {@code <s><|user|>} and {@code <|assistant|>}
   */
  public int[] promptIds(String prompt) {
    int[] text = tokenizer.encode(prompt);
    int[] ids = new int[text.length + 3];
    ids[0] = tokenizer.bosId();
    ids[1] = user;
    System.arraycopy(text, 0, ids, 2, text.length);
    ids[ids.length - 1] = assistant;
    return ids;
  }

  /**
   * @return the completion, then {@code </s>}
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
