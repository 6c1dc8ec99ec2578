package io.atomforge.model;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.checkpoint.ConfigFile;
import io.atomforge.checkpoint.Safetensors;
import java.io.IOException;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** What PyTorch and transformers computed for a tiny model; see generate.py beside the files. */
public record Golden(ModelConfig config, float[] theta, JsonNode json, Safetensors tensors) {
  public static Golden read(String name) throws IOException {
    Path folder = Path.of("src/test/resources/golden/model", name);
    ModelConfig config = ConfigFile.read(folder.resolve("config.json"));
    return new Golden(
        config,
        flat(Safetensors.open(folder.resolve("model.safetensors")), config, ""),
        new ObjectMapper().readTree(folder.resolve("golden.json").toFile()),
        Safetensors.open(folder.resolve("golden.safetensors")));
  }

  private static float[] flat(Safetensors file, ModelConfig config, String prefix)
      throws IOException {
    ParameterLayout layout = new ParameterLayout(config);
    FloatBuffer flat = FloatBuffer.allocate(layout.arraySize());
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      file.read(prefix + tensor.name(), tensor.shape(), flat::put);
    }
    return flat.array();
  }

  public float[] gradient() throws IOException {
    return flat(tensors, config, "gradient.");
  }

  public float[] stepped() throws IOException {
    return flat(tensors, config, "stepped.");
  }

  public float[] floats(String name) throws IOException {
    FloatBuffer values = FloatBuffer.allocate(ints("targets").length);
    tensors.read(name, List.of(values.capacity()), values::put);
    return values.array();
  }

  public int[] ints(String key) {
    int[] values = new int[json.get(key).size()];
    Arrays.setAll(values, i -> json.get(key).get(i).asInt());
    return values;
  }

  public double temperature() {
    return json.get("temperature").asDouble();
  }

  public TokenBatch batch() {
    float[] weights = new float[json.get("weights").size()];
    for (int i = 0; i < weights.length; i++) {
      weights[i] = json.get("weights").get(i).floatValue();
    }
    return new TokenBatch(
        json.get("rows").asInt(),
        json.get("length").asInt(),
        ints("tokens"),
        ints("positions"),
        ints("targets"),
        weights);
  }

  public List<int[]> prompts() {
    TokenBatch batch = batch();
    int[] lengths = ints("lengths");
    List<int[]> prompts = new ArrayList<>();
    for (int row = 0; row < batch.blocks().get(0).rows(); row++) {
      int start = row * batch.blocks().get(0).length();
      prompts.add(Arrays.copyOfRange(batch.tokens(), start, start + lengths[row]));
    }
    return prompts;
  }

  public CausalLM model(Precision precision) {
    return CausalLM.shared(config, precision, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
  }

  public Parameters parameters() {
    return Parameters.of(new ParameterLayout(config), theta, Device.cpu());
  }
}
