package io.atomforge.rl;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.rollout.Trace;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the completions of a prompt are worth: a weighted sum of rewards. In a configuration one
 * reward, or a list of rewards of which each may have a {@code weight} beside its own keys.
 *
 * @param parts one or more, no two of the same name
 */
@JsonDeserialize(using = Rewards.Reader.class)
public record Rewards(List<Part> parts) {
  /**
   * @param weight factor of the reward in the sum; 1 unless the configuration says another
   */
  public record Part(Reward reward, double weight) {
    public Part {
      if (!Double.isFinite(weight)) {
        throw new IllegalArgumentException("weight must be a number, got " + weight);
      }
    }
  }

  /**
   * What one completion is worth.
   *
   * @param parts each reward by its name, before its weight
   * @param sum of the rewards times their weights
   */
  public record Score(Map<String, Double> parts, double sum) {
    /** Of what was not judged. */
    static final Score NONE = new Score(Map.of(), 0);
  }

  /**
   * @throws IllegalArgumentException if there is no part, or two have the same name
   */
  public Rewards {
    parts = List.copyOf(parts);
    List<String> names = parts.stream().map(p -> p.reward.name()).toList();
    if (names.isEmpty() || names.stream().distinct().count() < names.size()) {
      throw new IllegalArgumentException("name one reward or more, each once, got " + names);
    }
  }

  /** One reward alone. */
  public static Rewards of(Reward reward) {
    return new Rewards(List.of(new Part(reward, 1)));
  }

  /** The reward model that a part asks; empty for none. */
  public Optional<String> rewardModel() {
    return parts.stream().flatMap(part -> part.reward.rewardModel().stream()).findFirst();
  }

  /**
   * @param group as {@link Reward#values} wants it
   * @return one score per completion, in order
   */
  List<Score> scores(List<Trace> group) {
    List<Map<String, Double>> values = new ArrayList<>();
    group.forEach(r -> values.add(new LinkedHashMap<>()));
    double[] sums = new double[group.size()];
    for (Part part : parts) {
      double[] of = part.reward.values(group);
      for (int i = 0; i < of.length; i++) {
        values.get(i).put(part.reward.name(), of[i]);
        sums[i] += part.weight * of[i];
      }
    }
    List<Score> scores = new ArrayList<>();
    for (int i = 0; i < sums.length; i++) {
      scores.add(new Score(values.get(i), sums[i]));
    }
    return scores;
  }

  /** Reads one reward or a list of rewards. */
  static final class Reader extends JsonDeserializer<Rewards> {
    @Override
    public Rewards deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode tree = context.readTree(parser);
      if (!tree.isArray()) {
        return new Rewards(List.of(part(tree, context)));
      }
      List<Part> parts = new ArrayList<>();
      for (JsonNode node : tree) {
        try {
          parts.add(part(node, context));
        } catch (JsonMappingException e) {
          e.prependPath(parts, parts.size());
          throw e;
        }
      }
      try {
        return new Rewards(parts);
      } catch (IllegalArgumentException e) {
        throw JsonMappingException.from(context, e.getMessage());
      }
    }

    private static Part part(JsonNode node, DeserializationContext context) throws IOException {
      JsonNode weight = node.path("weight");
      if (!weight.isMissingNode() && !weight.isNumber()) {
        throw JsonMappingException.from(context, "weight must be a number, got " + weight);
      }
      JsonNode rest =
          node instanceof ObjectNode object ? object.deepCopy().without("weight") : node;
      return new Part(
          context.readTreeAsValue(rest, Reward.class),
          weight.isMissingNode() ? 1 : weight.asDouble());
    }
  }
}
