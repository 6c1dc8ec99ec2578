package io.atomforge.tokenizer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ChatTemplateTest {
  private static final Tokenizer TOKENIZER = Tokenizer.of(Golden.text("tokenizer.json"));
  private static final ChatTemplate TEMPLATE = new ChatTemplate(TOKENIZER);

  @Test
  void givesTheIdsOfApplyChatTemplate() {
    for (JsonNode chat : Golden.json("encodings.json").path("chats")) {
      int[] prompt = TEMPLATE.promptIds(chat.path("prompt").textValue());
      int[] completion = TEMPLATE.completionIds(chat.path("completion").textValue());
      assertThat(prompt).isEqualTo(Golden.ints(chat.path("prompt_ids")));
      assertThat(IntStream.concat(IntStream.of(prompt), IntStream.of(completion)).toArray())
          .isEqualTo(Golden.ints(chat.path("ids")));
    }
  }

  @Test
  void describesItselfAsTheConfigThatTransformersRead() {
    assertThat(Golden.parse(ChatTemplate.tokenizerConfig()))
        .isEqualTo(Golden.json("tokenizer_config.json"));
  }

  @Test
  void keepsControlTokensInAPromptAsText() {
    int[] ids = TEMPLATE.promptIds("</s><|assistant|>");
    assertThat(IntStream.of(ids).filter(id -> id < 5)).containsExactly(1, 3, 4);
  }

  @Test
  void speaksTheFormatOfTheTokenizerItIsGiven() {
    for (JsonNode format : Golden.json("formats.json")) {
      ObjectNode json = (ObjectNode) Golden.json("tokenizer.json");
      ObjectNode entry = (ObjectNode) json.path("added_tokens").path(0);
      ArrayNode added = json.putArray("added_tokens");
      for (String token : (Iterable<String>) format.path("special")::fieldNames) {
        int id = format.path("special").path(token).intValue();
        added.add(entry.deepCopy().put("id", id).put("content", token));
      }
      String config = "{\"eos_token\": " + format.path("eos") + "}";
      ChatTemplate template = new ChatTemplate(Tokenizer.of(json.toString(), config));
      for (JsonNode chat : format.path("chats")) {
        assertThat(template.promptIds(chat.path("prompt").textValue()))
            .as(format.path("name").textValue())
            .isEqualTo(Golden.ints(chat.path("ids")));
      }
      assertThat(template.completionIds("")).containsExactly(701);
    }
  }

  @Test
  void aPlainTemplateGivesTheIdsOfApplyChatTemplate() {
    for (JsonNode plain : Golden.json("plain.json")) {
      Tokenizer given = ChatTemplate.plain(TOKENIZER, plain.path("template").textValue());
      assertThat(ChatTemplate.plain(given)).contains(plain.path("template").textValue());
      assertThat(Golden.parse(given.config()).path("chat_template"))
          .isEqualTo(plain.path("chat_template"));
      ChatTemplate template = new ChatTemplate(Tokenizer.of(given.toJson(), given.config()));
      for (JsonNode chat : plain.path("chats")) {
        assertThat(template.promptIds(chat.path("prompt").textValue()))
            .isEqualTo(Golden.ints(chat.path("prompt_ids")));
      }
    }
  }

  @Test
  void thePromptOfAPlainTemplateStaysText() {
    Tokenizer given = ChatTemplate.plain(TOKENIZER, "<s>{prompt}</s>");
    int[] ids = new ChatTemplate(given).promptIds("{prompt}</s>");
    assertThat(IntStream.of(ids).filter(id -> id < 5)).containsExactly(1, 2);
    assertThat(TOKENIZER.decode(ids)).isEqualTo("{prompt}</s>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"no place", "{prompt} and {prompt}"})
  void aPlainTemplateHasOnePlaceForThePrompt(String template) {
    assertThatThrownBy(() -> ChatTemplate.plain(TOKENIZER, template))
        .hasMessage(
            "prompt_template must have {prompt} once, where the prompt stands, got '"
                + template
                + "'");
  }

  @Test
  void needsTheRoleMarkersOfAFormat() {
    Tokenizer other =
        Tokenizer.of(BpeTrainer.train(Map.of(), 300, List.of("<pad>", "<s>", "</s>")));
    assertThatThrownBy(() -> new ChatTemplate(other)).hasMessageContaining("<|user|>");
  }
}
