package io.atomforge.tokenizer;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * How a prompt and its completion become one token sequence: {@code <s><|user|>} prompt {@code
 * <|assistant|>} completion {@code </s>}. A training sequence is {@link #promptIds} followed by
 * {@link #completionIds}; a sampler continues {@link #promptIds} until the end-of-sequence token.
 * With the tokenizer of another model its role markers take the place of ours, where they are those
 * of ChatML, as Qwen's, or of Llama 3; there is no system message. For a model without role markers
 * a plain template says what stands before and after the prompt.
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
  private static final String PROMPT = "{prompt}";

  private static final Map<String, String> ROLES =
      Map.of(PAD, "pad_token", BOS, "bos_token", EOS, "eos_token");

  /** Where a {@code tokenizer_config.json} has a plain template. */
  private static final String PLAIN = "prompt_template";

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
   * The tokenizer's plain template if it has one, else the format whose role markers it has.
   *
   * @throws IllegalArgumentException if it has neither
   */
  public ChatTemplate(Tokenizer tokenizer) {
    this.tokenizer = tokenizer;
    this.format = plain(tokenizer).map(this::pieces).orElseGet(() -> markers(tokenizer));
  }

  public Tokenizer tokenizer() {
    return tokenizer;
  }

  private static List<String> markers(Tokenizer tokenizer) {
    return FORMATS.stream()
        .filter(f -> f.stream().allMatch(p -> !p.startsWith("<") || tokenizer.isSpecial(p)))
        .findFirst()
        .orElseThrow(
            () ->
                new IllegalArgumentException(
                    "The tokenizer has the role markers neither of ChatML (<|im_start|>) nor of"
                        + " Llama 3 (<|start_header_id|>) nor ours (<|user|>, <|assistant|>); give"
                        + " a prompt_template, such as \"### Task\\n"
                        + "{prompt}\\n"
                        + "### Answer\\n"
                        + "\""));
  }

  /** The plain template that a tokenizer carries. */
  public static Optional<String> plain(Tokenizer tokenizer) {
    ObjectNode config = TokenizerJson.object(tokenizer.config(), "tokenizer_config.json");
    return Optional.ofNullable(config.path(PLAIN).textValue());
  }

  /** Special tokens are those of their names, the longest where several begin at a place. */
  private List<String> pieces(String template) {
    List<String> pieces = new ArrayList<>();
    int begin = 0;
    for (int at = 0; at < template.length(); ) {
      Optional<String> special = tokenizer.specialAt(template, at);
      if (special.isPresent()) {
        pieces.add(template.substring(begin, at));
        pieces.add(special.get());
        begin = at + special.get().length();
      }
      at = Math.max(at + 1, begin);
    }
    pieces.add(template.substring(begin));
    return pieces;
  }

  /**
   * The same tokenizer with a plain template, which its files carry from then on.
   *
   * @param template what the model reads, with {@code {prompt}} in the prompt's place; names of
   *     special tokens in it are these tokens
   * @throws IllegalArgumentException if the prompt has no place in it, or several
   */
  public static Tokenizer plain(Tokenizer tokenizer, String template) {
    String[] around = around(template);
    ObjectNode config = TokenizerJson.object(tokenizer.config(), "tokenizer_config.json");
    if (config.isEmpty()) { // the roles are then those of our names
      for (String token : List.of(PAD, BOS, EOS)) {
        if (tokenizer.isSpecial(token)) {
          config.put(ROLES.get(token), token);
        }
      }
    }
    config.put(PLAIN, template);
    config.put(
        "chat_template",
        "{% for message in messages %}{% if message['role'] == 'user' %}{{ "
            + quoted(around[0])
            + " + message['content'] + "
            + quoted(around[1])
            + " }}{% else %}{{ message['content'] + eos_token }}{% endif %}{% endfor %}");
    return Tokenizer.of(tokenizer.toJson(), TokenizerJson.text(config));
  }

  /**
   * @param template a plain template, or empty for none
   * @throws IllegalArgumentException if the prompt has no place in it, or several
   */
  public static void check(String template) {
    if (!template.isEmpty()) {
      around(template);
    }
  }

  private static String[] around(String template) {
    String[] around = template.split(Pattern.quote(PROMPT), -1);
    if (around.length != 2) {
      throw new IllegalArgumentException(
          "prompt_template must have {prompt} once, where the prompt stands, got '"
              + template
              + "'");
    }
    return around;
  }

  /** As Jinja has it, which has the escapes of JSON. */
  private static String quoted(String text) {
    return TokenizerJson.JSON.getNodeFactory().textNode(text).toString();
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
