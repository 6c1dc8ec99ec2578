package io.atomforge.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.model.Lora;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PEFT's settings file in a checkpoint of adapters that a run saved. */
final class AdapterFile {
  private static final ObjectMapper JSON = new ObjectMapper();

  private AdapterFile() {}

  /**
   * @return the adapters of a folder that also has their model's config.json; empty for a whole
   *     model
   * @throws IllegalArgumentException naming a setting that is not supported there
   */
  static Optional<Checkpoint.Adapter> read(Path folder) throws IOException {
    if (!PeftFolder.isOne(folder)) {
      return Optional.empty();
    }
    JsonNode json = PeftFolder.config(folder);
    for (String key : List.of("use_rslora", "modules_to_save", "rank_pattern", "alpha_pattern")) {
      JsonNode value = json.path(key);
      if (value.asBoolean() || value.isContainerNode() && !value.isEmpty()) {
        throw new IllegalArgumentException(
            folder.resolve(PeftFolder.CONFIG)
                + ": "
                + key
                + " is not supported beside config.json; remove config.json and the adapters are"
                + " merged");
      }
    }
    List<String> targets = new ArrayList<>();
    json.path("target_modules").forEach(target -> targets.add(target.asText()));
    Lora lora =
        new Lora(
            json.path("r").asInt(),
            json.path("lora_alpha").asDouble(),
            targets,
            json.path("lora_dropout").asDouble());
    return Optional.of(
        new Checkpoint.Adapter(lora, json.path("base_model_name_or_path").asText("")));
  }

  static String text(Checkpoint.Adapter adapter) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    json.put("peft_type", "LORA").put("task_type", "CAUSAL_LM").put("bias", "none");
    json.put("base_model_name_or_path", adapter.base()).put("inference_mode", true);
    json.put("r", adapter.lora().rank()).put("lora_alpha", adapter.lora().alpha());
    json.put("lora_dropout", adapter.lora().dropout());
    json.putPOJO("target_modules", adapter.lora().targets());
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(json) + "\n";
  }
}
