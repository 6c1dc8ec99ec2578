package io.atomforge.checkpoint;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.model.Precision;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A model's tensors in one file, or in several with an index that says which tensor is where, as
 * {@code transformers} saves them.
 */
final class WeightFiles {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String WHOLE = "model.safetensors";
  private static final String INDEX = "model.safetensors.index.json";

  private WeightFiles() {}

  /** Where a tensor is to be read. */
  interface Source {
    Safetensors file(String tensor) throws IOException;
  }

  /**
   * @throws IllegalArgumentException if there are no weights or a file is damaged; the source does
   *     so if the index lacks a tensor or names a file that is not there
   */
  static Source open(Path folder) throws IOException {
    Path index = folder.resolve(INDEX);
    if (!Files.isRegularFile(index)) {
      if (!Files.isRegularFile(folder.resolve(WHOLE))) {
        throw new IllegalArgumentException(folder + " has neither " + WHOLE + " nor " + INDEX);
      }
      Safetensors file = Safetensors.open(folder.resolve(WHOLE));
      return tensor -> file;
    }
    JsonNode places = JSON.readTree(index.toFile()).path("weight_map");
    Map<String, Safetensors> opened = new HashMap<>();
    return tensor -> {
      String name = places.path(tensor).asText();
      if (name.isEmpty() || !Path.of(name).equals(Path.of(name).getFileName())) {
        throw new IllegalArgumentException(index + " names no file of this folder for " + tensor);
      }
      if (!opened.containsKey(name)) {
        opened.put(name, Safetensors.open(folder.resolve(name)));
      }
      return opened.get(name);
    };
  }

  /**
   * Fills files one by one, each with as many tensors as fit and one at least.
   *
   * @param mostBytes of the tensors in a file
   */
  static void write(
      PendingFolder folder, List<Safetensors.Tensor> tensors, Precision stored, long mostBytes)
      throws IOException {
    List<List<Safetensors.Tensor>> files = new ArrayList<>();
    long size = mostBytes;
    long total = 0;
    for (Safetensors.Tensor tensor : tensors) {
      long bytes = tensor.bytes(stored);
      if (files.isEmpty() || size + bytes > mostBytes) {
        files.add(new ArrayList<>());
        size = 0;
      }
      files.get(files.size() - 1).add(tensor);
      size += bytes;
      total += bytes;
    }
    if (files.size() == 1) {
      Safetensors.write(folder.path(WHOLE), tensors, stored);
      return;
    }
    ObjectNode index = JSON.createObjectNode();
    long parameters = tensors.stream().mapToLong(tensor -> tensor.place().size()).sum();
    index.putObject("metadata").put("total_parameters", parameters).put("total_size", total);
    ObjectNode places = index.putObject("weight_map");
    for (int i = 0; i < files.size(); i++) {
      String name = String.format("model-%05d-of-%05d.safetensors", i + 1, files.size());
      Safetensors.write(folder.path(name), files.get(i), stored);
      files.get(i).forEach(tensor -> places.put(tensor.name(), name));
    }
    folder.write(INDEX, JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(index));
  }
}
