package io.atomforge.atoms;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Draws values from a {@link Domain}. Where the domain is unlimited it draws what a reader can
 * check by eye: integers from -20 to 20, floats with two decimals, up to 12 characters, up to 8
 * elements.
 */
public final class InputGenerator {
  private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

  private InputGenerator() {}

  /**
   * @return one JSON array with a value for each parameter, in order
   */
  public static ArrayNode arguments(List<Atom.Parameter> parameters, SplittableRandom random) {
    ArrayNode arguments = JSON.arrayNode();
    parameters.forEach(p -> arguments.add(draw(p.generate(), random)));
    return arguments;
  }

  /**
   * @return a value of the domain in the sandbox's JSON encoding
   */
  public static JsonNode draw(Domain domain, SplittableRandom random) {
    return switch (domain.type().name()) {
      case "int" -> {
        long low = lowest(domain);
        yield number(low + random.nextLong(highest(domain) - low + 1));
      }
      case "float" -> {
        double low = lowest(domain);
        double drawn = low + random.nextDouble() * (highest(domain) - low);
        yield JSON.numberNode(
            Math.max(domain.min(), Math.min(domain.max(), Math.round(drawn * 100) / 100.0)));
      }
      case "bool" -> JSON.booleanNode(random.nextBoolean());
      case "str" -> JSON.textNode(text(domain, random));
      case "list" -> list(domain, random);
      case "set" -> JSON.objectNode().set("$set", distinct(list(domain, random)));
      case "tuple" -> {
        ArrayNode items = JSON.arrayNode();
        domain.parts().forEach(p -> items.add(draw(p, random)));
        yield JSON.objectNode().set("$tuple", items);
      }
      default -> dict(domain, random);
    };
  }

  private static long lowest(Domain domain) {
    if (domain.min() != Double.NEGATIVE_INFINITY) {
      return (long) Math.ceil(domain.min());
    }
    return domain.max() == Double.POSITIVE_INFINITY ? -20 : (long) Math.min(-20, domain.max() - 40);
  }

  private static long highest(Domain domain) {
    return domain.max() != Double.POSITIVE_INFINITY
        ? (long) Math.floor(domain.max())
        : Math.max(20, lowest(domain) + 40);
  }

  private static JsonNode number(long value) {
    return value == (int) value ? JSON.numberNode((int) value) : JSON.numberNode(value);
  }

  private static int length(Domain domain, int usual, SplittableRandom random) {
    int most = Math.min(domain.maxLength(), Math.max(usual, domain.minLength() + 6));
    return domain.minLength() + random.nextInt(most - domain.minLength() + 1);
  }

  private static String text(Domain domain, SplittableRandom random) {
    if (!domain.pattern().isEmpty()) {
      return TextPattern.parse(domain.pattern()).draw(random);
    }
    CharacterSet set =
        domain.chars().isEmpty() ? CharacterSet.DEFAULT : CharacterSet.parse(domain.chars());
    StringBuilder out = new StringBuilder();
    for (int n = length(domain, 12, random); n > 0; n--) {
      out.append(set.at(random.nextInt(set.size())));
    }
    return out.toString();
  }

  private static ArrayNode list(Domain domain, SplittableRandom random) {
    ArrayNode items = JSON.arrayNode();
    for (int n = length(domain, 8, random); n > 0; n--) {
      items.add(draw(domain.parts().get(0), random));
    }
    if (domain.distinct()) {
      items = distinct(items);
    }
    if (domain.sorted()) {
      List<JsonNode> sorted = new ArrayList<>();
      items.forEach(sorted::add);
      sorted.sort(
          items.size() > 0 && items.get(0).isNumber()
              ? Comparator.comparing(JsonNode::decimalValue)
              : Comparator.comparing(JsonNode::asText));
      items = JSON.arrayNode().addAll(sorted);
    }
    return items;
  }

  private static ArrayNode distinct(ArrayNode items) {
    List<JsonNode> seen = new ArrayList<>();
    for (JsonNode item : items) {
      if (!seen.contains(item)) {
        seen.add(item);
      }
    }
    return JSON.arrayNode().addAll(seen);
  }

  private static ObjectNode dict(Domain domain, SplittableRandom random) {
    boolean text = domain.parts().get(0).type().name().equals("str");
    ObjectNode entries = JSON.objectNode();
    ArrayNode keys = JSON.arrayNode();
    for (int n = length(domain, 8, random); n > 0; n--) {
      keys.add(draw(domain.parts().get(0), random));
    }
    ArrayNode pairs = JSON.arrayNode();
    for (JsonNode key : distinct(keys)) {
      JsonNode value = draw(domain.parts().get(1), random);
      if (text) {
        entries.set(key.asText(), value);
      } else {
        pairs.add(JSON.arrayNode().add(key).add(value));
      }
    }
    return text ? entries : JSON.objectNode().set("$dict", pairs);
  }
}
