package io.atomforge.dataset;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.Collection;
import java.util.List;

/**
 * A share of a mixture. In a config either {@code {family: NAME, percent: N}}, where the name is
 * one that {@link Pairing#named} knows, or the keys of a pairing with its {@code type}, {@code
 * percent} and, if wanted, {@code name}; both forms take {@code topics} and {@code failed_in}.
 *
 * @param name what the share is called in the column {@code mixture}
 * @param percent of its training examples: below 100 a nested subset, above 100 copies
 * @param topics of which all atoms of a problem must be; empty for all problems
 * @param failedIn a run of Evaluate: only problems whose greedy completion failed in it are trained
 *     on; empty for all problems
 */
@JsonDeserialize(using = Share.Reader.class)
public record Share(
    String name, Pairing pairing, double percent, List<String> topics, String failedIn) {
  public Share {
    topics = List.copyOf(topics);
    if (!(percent >= 0 && Double.isFinite(percent))) {
      throw new IllegalArgumentException("percent must be 0 or more, got " + percent);
    }
  }

  /** A share of all problems. */
  public Share(String name, Pairing pairing, double percent) {
    this(name, pairing, percent, List.of(), "");
  }

  /**
   * @param family a name that {@link Pairing#named} knows
   */
  public static Share of(String family, double percent) {
    return new Share(family, Pairing.named(family), percent);
  }

  /**
   * @param exampleId of one of its examples
   * @return the same with the share before it where that is needed to tell sequences apart
   */
  public String sequenceId(String exampleId) {
    boolean alone = pairing.namesItsExamples() && name.equals(pairing.name());
    return alone ? exampleId : name + "/" + exampleId;
  }

  static final class Reader extends StdDeserializer<Share> {
    private static final long serialVersionUID = 1L;

    Reader() {
      super(Share.class);
    }

    @Override
    public Collection<Object> getKnownPropertyNames() {
      return List.of("family", "type", "percent", "name", "topics", "failed_in");
    }

    @Override
    public Share deserialize(JsonParser parser, DeserializationContext context) throws IOException {
      JsonNode tree = context.readTree(parser);
      if (!(tree instanceof ObjectNode share) || !share.path("percent").isNumber()) {
        return context.reportInputMismatch(
            this, "a share is a block of keys, among them percent with a number");
      }
      double percent = share.remove("percent").asDouble();
      JsonNode named = share.remove("topics");
      List<String> topics =
          named == null ? List.of() : List.of(context.readTreeAsValue(named, String[].class));
      JsonNode failedIn = share.remove("failed_in");
      if (failedIn != null && (!failedIn.isTextual() || failedIn.asText().isBlank())) {
        return context.reportInputMismatch(
            this, "failed_in must be a run_id of Evaluate, got " + failedIn);
      }
      String evaluation = failedIn == null ? "" : failedIn.asText();
      if (share.has("type")) {
        JsonNode name = share.remove("name");
        Pairing pairing = context.readTreeAsValue(share, Pairing.class);
        return new Share(
            name == null ? pairing.name() : name.asText(), pairing, percent, topics, evaluation);
      }
      for (var keys = share.fieldNames(); keys.hasNext(); ) {
        String key = keys.next();
        if (!key.equals("family")) {
          context.handleUnknownProperty(parser, this, Share.class, key);
        }
      }
      if (!share.path("family").isTextual()) {
        return context.reportInputMismatch(this, "a share needs a family or a type");
      }
      String family = share.get("family").asText();
      return new Share(family, Pairing.named(family), percent, topics, evaluation);
    }
  }
}
