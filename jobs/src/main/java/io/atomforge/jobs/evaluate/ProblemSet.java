package io.atomforge.jobs.evaluate;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.annotation.JsonDeserialize;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.data.Topics;
import io.atomforge.random.Seeds;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Task;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.apache.spark.sql.Column;

/**
 * A set of problems of the table.
 *
 * @param name as in table evaluations
 * @param limit most problems, taken by a hash of their names
 * @param depths numbers of atoms; empty for all, which a YAML may leave out
 * @param topics of which all atoms of a problem must be; empty for all, which a YAML may leave out
 */
@JsonDeserialize(using = ProblemSet.Reader.class)
public record ProblemSet(
    String name,
    String family,
    String split,
    int limit,
    List<Integer> depths,
    List<String> topics) {
  public ProblemSet {
    Checks.atLeast(1, "limit", limit);
    depths = List.copyOf(depths);
    topics = List.copyOf(topics);
  }

  /** The keys of the YAML once none is missing. */
  private record Keys(
      String name,
      String family,
      String split,
      int limit,
      List<Integer> depths,
      List<String> topics) {}

  static final class Reader extends StdDeserializer<ProblemSet> {
    private static final long serialVersionUID = 1L;

    Reader() {
      super(ProblemSet.class);
    }

    @Override
    public ProblemSet deserialize(JsonParser parser, DeserializationContext context)
        throws IOException {
      JsonNode tree = context.readTree(parser);
      for (String list : List.of("depths", "topics")) {
        if (tree instanceof ObjectNode set && !set.has(list)) {
          set.putArray(list);
        }
      }
      Keys keys = context.readTreeAsValue(tree, Keys.class);
      return new ProblemSet(
          keys.name, keys.family, keys.split, keys.limit, keys.depths, keys.topics);
    }
  }

  /**
   * @param format name of a {@link io.atomforge.task.ResponseFormat}, or auto
   * @param style of the references
   * @throws ConfigException if there is none
   */
  public List<Asked> tasks(
      Warehouse warehouse, long seed, Language language, String format, Style style) {
    Column chosen = col("family").equalTo(family).and(col("split").equalTo(split));
    if (!depths.isEmpty()) {
      chosen = chosen.and(col("depth").isin(depths.toArray()));
    }
    if (!topics.isEmpty()) {
      chosen = chosen.and(Topics.only(warehouse, topics));
    }
    List<Problem> problems =
        new ArrayList<>(Rows.collect(PROBLEMS, warehouse.read(PROBLEMS).filter(chosen)));
    if (problems.isEmpty()) {
      throw new ConfigException(
          "problem_sets: "
              + name
              + " is empty: no problem of family "
              + family
              + " and split "
              + split
              + (depths.isEmpty() ? "" : " with a depth of " + depths)
              + (topics.isEmpty() ? "" : " has atoms of the topics " + topics + " alone"));
    }
    problems.sort(Comparator.comparingLong(p -> Seeds.derive(seed, "evaluate", p.problemId())));
    return problems.subList(0, Math.min(limit, problems.size())).stream()
        .map(
            p ->
                new Asked(
                    Task.of(p, language.prompt(p), format),
                    p.depth(),
                    p.depth() > 0 ? style.completion(p) : ""))
        .toList();
  }
}
