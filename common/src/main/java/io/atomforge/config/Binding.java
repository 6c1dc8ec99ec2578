package io.atomforge.config;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.exc.InvalidTypeIdException;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import com.fasterxml.jackson.databind.exc.UnrecognizedPropertyException;
import com.fasterxml.jackson.databind.exc.ValueInstantiationException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Makes a record of settings, and says of a mistake which key it is and who set it.
 *
 * @param tree the settings
 * @param origins the layer that set each dotted key
 */
record Binding(ObjectNode tree, Map<String, String> origins) {
  private static final ObjectMapper BINDER =
      new ObjectMapper()
          .setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(DeserializationFeature.FAIL_ON_MISSING_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_CREATOR_PROPERTIES)
          .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT);

  private static final RecordComponent[] NONE = {};

  /**
   * @throws ConfigException naming the dotted key, its layer and what is wrong
   */
  <T> T to(Class<T> config) {
    ObjectNode settings = gathered(config);
    checkKeys(settings, config);
    try {
      return BINDER.treeToValue(settings, config);
    } catch (UnrecognizedPropertyException e) {
      Collection<String> known =
          e.getKnownPropertyIds() == null
              ? List.of()
              : e.getKnownPropertyIds().stream().map(Object::toString).toList();
      throw problem(e, "unknown key" + suggestion(e.getPropertyName(), known));
    } catch (InvalidTypeIdException e) {
      String known = String.join(", ", types(e.getBaseType().getRawClass()));
      throw problem(
          e,
          (e.getTypeId() == null
                  ? "the key type is missing"
                  : "unknown type '" + e.getTypeId() + "'")
              + "; known types: "
              + known);
    } catch (ValueInstantiationException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw problem(e, firstLine(cause.getMessage()));
    } catch (MismatchedInputException e) {
      String mismatch = Mismatch.of(e);
      throw problem(e, mismatch == null ? firstLine(e.getOriginalMessage()) : mismatch);
    } catch (JsonMappingException e) {
      throw problem(e, firstLine(e.getOriginalMessage()));
    } catch (JsonProcessingException e) {
      throw new ConfigException(firstLine(e.getOriginalMessage()));
    }
  }

  /** The names that the key {@code type} takes for members of a family. */
  private static List<String> types(Class<?> family) {
    JsonSubTypes members = family.getAnnotation(JsonSubTypes.class);
    return members == null
        ? List.of()
        : Arrays.stream(members.value()).map(JsonSubTypes.Type::name).sorted().toList();
  }

  /** Comes before the check that no key is missing: a misspelt key is missing too. */
  private void checkKeys(ObjectNode settings, Class<?> config) {
    if (!config.isRecord()) {
      return;
    }
    List<String> known = components(config);
    for (Map.Entry<String, JsonNode> setting : settings.properties()) {
      String name = setting.getKey();
      if (!known.contains(name)) {
        String suggestion = suggestion(name, known);
        boolean stage = setting.getValue().isObject() && !suggestion.startsWith("; did you mean");
        throw new ConfigException(
            origin(name)
                + name
                + ": unknown key"
                + (stage ? "; a file with a block for each stage is for Pipeline" : suggestion));
      }
    }
  }

  /** The key of the same name in another block is more likely than a similar one in this. */
  private String suggestion(String name, Collection<String> known) {
    List<String> elsewhere =
        origins.keySet().stream()
            .filter(
                key ->
                    key.endsWith("." + name) && !ConfigLoader.COMMAND_LINE.equals(origins.get(key)))
            .toList();
    return elsewhere.isEmpty()
        ? Suggestion.of(name, known)
        : "; did you mean " + String.join(" or ", elsewhere) + "?";
  }

  private ConfigException problem(JsonMappingException e, String what) {
    String path =
        e.getPath().stream()
            .map(r -> r.getFieldName() == null ? String.valueOf(r.getIndex()) : r.getFieldName())
            .collect(Collectors.joining("."));
    return new ConfigException(origin(path) + (path.isEmpty() ? "" : path + ": ") + what);
  }

  /** The layers that set a key or keys below it, for the start of a message. */
  private String origin(String path) {
    String layers =
        origins.entrySet().stream()
            .filter(o -> o.getKey().equals(path) || o.getKey().startsWith(path + "."))
            .map(Map.Entry::getValue)
            .distinct()
            .collect(Collectors.joining(", "));
    return layers.isEmpty() ? "" : layers + ": ";
  }

  /** The settings, with those that {@link OtherKeys} takes in one block. */
  private ObjectNode gathered(Class<?> config) {
    for (RecordComponent component : config.isRecord() ? config.getRecordComponents() : NONE) {
      if (component.isAnnotationPresent(OtherKeys.class)) {
        List<String> known = components(config);
        known.remove(key(component));
        ObjectNode others = tree.deepCopy().remove(known);
        for (Map.Entry<String, JsonNode> other : others.properties()) {
          if (!other.getValue().isObject()) {
            String name = other.getKey();
            throw new ConfigException(
                origin(name)
                    + name
                    + ": neither a shared key nor a stage's block of keys {...}"
                    + suggestion(name, known));
          }
        }
        return tree.deepCopy().retain(known).set(key(component), others);
      }
    }
    return tree;
  }

  /** The keys of a record, in snake_case. */
  static List<String> components(Class<?> type) {
    return Arrays.stream(type.getRecordComponents())
        .map(Binding::key)
        .collect(Collectors.toCollection(ArrayList::new));
  }

  private static String key(RecordComponent component) {
    return PropertyNamingStrategies.SnakeCaseStrategy.INSTANCE.translate(component.getName());
  }

  /** What a message says first. */
  static String firstLine(@Nullable String message) {
    String line =
        message == null ? "invalid value" : message.lines().findFirst().orElse("invalid value");
    return Mismatch.plain(line);
  }
}
