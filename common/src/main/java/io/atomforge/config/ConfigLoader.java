package io.atomforge.config;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Stacks YAML layers and binds them to a record. A later layer wins key by key; a block that names
 * another {@code type} replaces the earlier block whole. Keys are snake_case; unknown, missing,
 * null and duplicate keys fail, and so does a fraction where an integer is due.
 */
public final class ConfigLoader {
  private static final ObjectMapper YAML =
      YAMLMapper.builder(new YAMLFactory())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  static final String COMMAND_LINE = "command line";

  private final ObjectNode tree = JsonNodeFactory.instance.objectNode();
  private final Map<String, String> origins = new TreeMap<>();

  /**
   * Adds the file {@code conf/<name>} that ships with the program.
   *
   * @throws IllegalArgumentException if there is none
   */
  public ConfigLoader shipped(String name) {
    return layer("conf/" + name, shippedText(name));
  }

  /**
   * @return the text of {@code conf/<name>}, comments included
   */
  public static String shippedText(String name) {
    try (InputStream in = ConfigLoader.class.getResourceAsStream("/conf/" + name)) {
      if (in == null) {
        throw new IllegalArgumentException("No shipped configuration conf/" + name);
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Adds a file of the user's; {@code conf/x.yaml} also finds the shipped one. */
  public ConfigLoader file(String path) {
    try {
      return layer(path, Files.readString(Path.of(path)));
    } catch (IOException e) {
      if (path.startsWith("conf/") && getClass().getResource("/" + path) != null) {
        return shipped(path.substring("conf/".length()));
      }
      throw new ConfigException(
          path
              + (e instanceof CharacterCodingException
                  ? ": is not text in UTF-8; give a YAML file"
                  : Files.isDirectory(Path.of(path))
                      ? ": is a folder; give a YAML file"
                      : ": no such file that can be read; give a YAML file"));
    }
  }

  /**
   * Adds a layer given as text.
   *
   * @param name what messages call it
   */
  public ConfigLoader layer(String name, String yaml) {
    JsonNode node;
    try {
      node = YAML.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          name + ":" + line(e) + " not valid YAML: " + Binding.firstLine(e.getOriginalMessage()));
    }
    if (node == null || node.isMissingNode() || node.isNull()) {
      return this;
    }
    if (!node.isObject()) {
      throw new ConfigException(name + ": expected 'key: value' lines at the top level");
    }
    return layer(name, (ObjectNode) node);
  }

  /** Adds a layer given as a tree. */
  public ConfigLoader layer(String name, ObjectNode node) {
    merge(tree, node, "", name);
    return this;
  }

  /**
   * Adds one {@code dotted.key=value} word; the value is read as YAML.
   *
   * @throws ConfigException if the word has another form
   */
  public ConfigLoader override(String word) {
    int eq = word.indexOf('=');
    if (eq < 1) {
      throw new ConfigException("'" + word + "' is not understood; settings are key=value");
    }
    ObjectNode layer = JsonNodeFactory.instance.objectNode();
    ObjectNode at = layer;
    String[] parts = word.substring(0, eq).split("\\.", -1);
    for (int i = 0; i < parts.length - 1; i++) {
      at = at.putObject(parts[i]);
    }
    JsonNode value;
    try {
      String text = word.substring(eq + 1);
      value = text.isEmpty() ? JsonNodeFactory.instance.textNode("") : YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ConfigException(word + ": the value is not valid YAML");
    }
    at.set(parts[parts.length - 1], value);
    return layer(COMMAND_LINE, layer);
  }

  /**
   * Removes top-level keys that {@code config} does not have, where only {@code layer} set them.
   */
  public ConfigLoader dropUnused(String layer, Class<? extends Record> config) {
    List<String> known = Binding.components(config);
    List<String> names = new ArrayList<>();
    tree.fieldNames().forEachRemaining(names::add);
    for (String name : names) {
      boolean onlyThere =
          origins.entrySet().stream()
              .filter(e -> e.getKey().equals(name) || e.getKey().startsWith(name + "."))
              .allMatch(e -> e.getValue().equals(layer));
      if (!known.contains(name) && onlyThere) {
        tree.remove(name);
        origins.keySet().removeIf(k -> k.equals(name) || k.startsWith(name + "."));
      }
    }
    return this;
  }

  /**
   * @return the record with every component set
   * @throws ConfigException naming the dotted key, its layer and what is wrong
   */
  public <T> T bind(Class<T> config) {
    return new Binding(tree, origins).to(config);
  }

  /**
   * @return the merged settings as one JSON object
   */
  public ObjectNode tree() {
    return tree.deepCopy();
  }

  /**
   * @return one line per key: key, value, and the layer that set it
   */
  public String describe() {
    int width = origins.keySet().stream().mapToInt(String::length).max().orElse(0);
    return origins.entrySet().stream()
        .map(
            e ->
                String.format(
                    "%-" + (width + 2) + "s%s  (%s)", e.getKey(), at(e.getKey()), e.getValue()))
        .collect(Collectors.joining("\n"));
  }

  private JsonNode at(String dotted) {
    return tree.at("/" + dotted.replace('.', '/'));
  }

  private void merge(ObjectNode base, ObjectNode layer, String prefix, String name) {
    JsonNode oldType = base.get("type");
    JsonNode newType = layer.get("type");
    if (newType != null && oldType != null && !newType.equals(oldType)) {
      base.removeAll();
      origins.keySet().removeIf(k -> k.startsWith(prefix));
    }
    layer
        .properties()
        .forEach(
            field -> {
              String key = prefix + field.getKey();
              JsonNode old = base.get(field.getKey());
              JsonNode value = field.getValue();
              if (value instanceof ObjectNode block && !block.isEmpty()) {
                ObjectNode target =
                    old instanceof ObjectNode existing ? existing : base.putObject(field.getKey());
                origins.remove(key);
                merge(target, block, key + ".", name);
              } else {
                origins.keySet().removeIf(k -> k.startsWith(key + "."));
                base.set(field.getKey(), value);
                origins.put(key, name);
              }
            });
  }

  private static String line(JacksonException e) {
    return e.getLocation() == null ? "" : e.getLocation().getLineNr() + ":";
  }
}
