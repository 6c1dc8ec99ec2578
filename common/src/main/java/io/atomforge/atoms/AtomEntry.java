package io.atomforge.atoms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.atoms.Atom.Example;
import io.atomforge.atoms.Atom.Parameter;
import io.atomforge.atoms.Atom.Variant;
import io.atomforge.config.Suggestion;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Checks one entry of an atoms file and makes its four atoms: the base and its variants. */
final class AtomEntry {
  private static final int LEAST_EXAMPLES = 8;
  private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_]*");
  private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private AtomEntry() {}

  /**
   * @return the base, then its variants
   * @throws IllegalArgumentException saying what is wrong
   */
  static List<Atom> atoms(String topic, JsonNode entry) {
    keys(
        entry,
        "",
        Set.of("name", "params", "returns", "prompt", "code", "examples", "variants"),
        Set.of());
    String name = name(entry);
    List<Parameter> params = new ArrayList<>();
    for (JsonNode p : entry.path("params")) {
      keys(p, "params.", Set.of("name", "type"), Set.of("domain", "generate"));
      Type type = Type.parse(p.path("type").asText());
      Domain domain = Domain.parse(type, p.path("domain"));
      Domain generate = p.has("generate") ? Domain.parse(type, p.path("generate")) : domain;
      if (!NAME.matcher(p.path("name").asText()).matches()) {
        throw new IllegalArgumentException(
            "parameter name " + p.path("name") + " is not snake_case");
      }
      if (!generate.fits(domain)) {
        throw new IllegalArgumentException(
            "parameter " + p.path("name").asText() + ": 'generate' is not inside 'domain'");
      }
      params.add(new Parameter(p.path("name").asText(), domain, generate));
    }
    if (params.isEmpty()) {
      throw new IllegalArgumentException("params: at least one parameter is needed");
    }
    Domain returns = returns(entry.path("returns"));
    List<Atom> atoms = new ArrayList<>();
    atoms.add(
        atom(
            topic,
            name,
            name,
            Variant.BASE,
            params,
            returns,
            entry,
            entry.path("prompt"),
            entry.path("examples")));
    JsonNode variants = entry.path("variants");
    keys(variants, "variants.", Set.of("surface", "idiom", "semantic"), Set.of());
    JsonNode surface = variants.path("surface");
    keys(surface, "variants.surface.", Set.of("prompt", "code"), Set.of());
    atoms.add(
        atom(
            topic,
            name,
            name,
            Variant.SURFACE,
            params,
            returns,
            surface,
            surface.path("prompt"),
            entry.path("examples")));
    JsonNode idiom = variants.path("idiom");
    keys(idiom, "variants.idiom.", Set.of("code"), Set.of());
    atoms.add(
        atom(
            topic,
            name,
            name,
            Variant.IDIOM,
            params,
            returns,
            idiom,
            entry.path("prompt"),
            entry.path("examples")));
    JsonNode semantic = variants.path("semantic");
    keys(
        semantic,
        "variants.semantic.",
        Set.of("name", "prompt", "code", "examples"),
        Set.of("returns"));
    Domain otherReturns = semantic.has("returns") ? returns(semantic.path("returns")) : returns;
    atoms.add(
        atom(
            topic,
            name,
            name(semantic),
            Variant.SEMANTIC,
            params,
            otherReturns,
            semantic,
            semantic.path("prompt"),
            semantic.path("examples")));
    return atoms;
  }

  private static Domain returns(JsonNode node) {
    keys(node, "returns.", Set.of("type"), Set.of("domain"));
    return Domain.parse(Type.parse(node.path("type").asText()), node.path("domain"));
  }

  private static String name(JsonNode node) {
    String name = node.path("name").asText();
    if (!NAME.matcher(name).matches() || name.equals("solve")) {
      throw new IllegalArgumentException("name '" + name + "' must be snake_case and not 'solve'");
    }
    return name;
  }

  private static Atom atom(
      String topic,
      String base,
      String name,
      Variant variant,
      List<Parameter> params,
      Domain returns,
      JsonNode node,
      JsonNode prompt,
      JsonNode examples) {
    String where =
        variant == Variant.BASE
            ? ""
            : "variants." + variant.name().toLowerCase(java.util.Locale.ROOT) + ".";
    keys(prompt, where + "prompt.", Set.of("en"), Set.of("zh"));
    for (JsonNode clause : prompt) {
      places(clause.asText(), params, where);
    }
    String code = node.path("code").asText().strip();
    if (!Pattern.compile("(?m)^def " + name + "\\(").matcher(code).find()) {
      throw new IllegalArgumentException(where + "code: does not define " + name);
    }
    String id =
        variant == Variant.BASE
            ? base
            : base + "~" + variant.name().toLowerCase(java.util.Locale.ROOT);
    return new Atom(
        id,
        topic,
        name,
        variant,
        params,
        returns,
        prompt.path("en").asText(),
        prompt.path(prompt.has("zh") ? "zh" : "en").asText(),
        code,
        examples(examples, params, returns, where));
  }

  private static void places(String clause, List<Parameter> params, String where) {
    List<String> found = new ArrayList<>();
    for (Matcher m = PLACE.matcher(clause); m.find(); ) {
      found.add(m.group(1));
    }
    List<String> names = params.stream().map(Parameter::name).toList();
    if (!new TreeSet<>(found).equals(new TreeSet<>(names)) || found.size() != names.size()) {
      throw new IllegalArgumentException(
          where + "prompt: '" + clause + "' must name each of " + names + " once in braces");
    }
  }

  private static List<Example> examples(
      JsonNode list, List<Parameter> params, Domain returns, String where) {
    List<Example> examples = new ArrayList<>();
    Set<String> seen = new HashSet<>();
    for (JsonNode e : list) {
      keys(e, where + "examples.", Set.of("args", "result"), Set.of());
      if (e.path("args").size() != params.size()) {
        throw new IllegalArgumentException(
            where + "examples: " + e + " must have " + params.size() + " args");
      }
      ArrayNode args = JSON.arrayNode();
      for (int i = 0; i < params.size(); i++) {
        args.add(
            encode(params.get(i).domain(), e.path("args").get(i), where + "examples: argument"));
      }
      JsonNode result =
          encode(returns, e.path("result"), where + "examples: the result of " + args);
      if (!seen.add(args.toString())) {
        throw new IllegalArgumentException(where + "examples: the call " + args + " stands twice");
      }
      examples.add(new Example(args.toString(), result.toString()));
    }
    if (examples.size() < LEAST_EXAMPLES) {
      throw new IllegalArgumentException(
          where
              + "examples: "
              + examples.size()
              + " given, at least "
              + LEAST_EXAMPLES
              + " are needed");
    }
    return examples;
  }

  private static JsonNode encode(Domain domain, JsonNode value, String what) {
    JsonNode encoded = encode(domain.type(), value);
    if (!domain.contains(encoded)) {
      throw new IllegalArgumentException(
          what + " " + value + " is not a " + domain.type() + " of its domain");
    }
    return encoded;
  }

  /** Writes a YAML value as the JSON that the sandbox reads for {@code type}. */
  private static JsonNode encode(Type type, JsonNode value) {
    switch (type.name()) {
      case "float":
        return value.isIntegralNumber() ? JSON.numberNode(value.asDouble()) : value;
      case "list", "set", "tuple":
        if (!value.isArray()) {
          return value;
        }
        ArrayNode items = JSON.arrayNode();
        for (int i = 0; i < value.size(); i++) {
          items.add(
              encode(type.arguments().get(Math.min(i, type.arguments().size() - 1)), value.get(i)));
        }
        return type.name().equals("list") ? items : JSON.objectNode().set("$" + type.name(), items);
      case "dict":
        Type key = type.arguments().get(0);
        ObjectNode entries = JSON.objectNode();
        ArrayNode pairs = JSON.arrayNode();
        value
            .properties()
            .forEach(
                e -> {
                  JsonNode v = encode(type.arguments().get(1), e.getValue());
                  entries.set(e.getKey(), v);
                  if (key.name().equals("int")) {
                    pairs.add(
                        JSON.arrayNode().add(JSON.numberNode(Integer.parseInt(e.getKey()))).add(v));
                  }
                });
        return key.name().equals("int") ? JSON.objectNode().set("$dict", pairs) : entries;
      default:
        return value;
    }
  }

  private static void keys(
      JsonNode node, String where, Set<String> required, Set<String> optional) {
    node.fieldNames()
        .forEachRemaining(
            key -> {
              if (!required.contains(key) && !optional.contains(key)) {
                Set<String> known = new TreeSet<>(required);
                known.addAll(optional);
                throw new IllegalArgumentException(
                    "unknown key " + where + key + Suggestion.of(key, known));
              }
            });
    List<String> missing =
        required.stream().filter(key -> !node.hasNonNull(key)).sorted().map(where::concat).toList();
    if (!missing.isEmpty()) {
      throw new IllegalArgumentException(
          String.join(", ", missing) + (missing.size() == 1 ? " is missing" : " are missing"));
    }
  }
}
