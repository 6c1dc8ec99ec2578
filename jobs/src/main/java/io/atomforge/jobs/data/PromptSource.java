package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.expr;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Mixture;
import io.atomforge.dataset.Pairing;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Style;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Which problems reinforcement learning practises on. */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "data_set", value = PromptSource.OfDataSet.class),
  @Type(name = "problems", value = PromptSource.Problems.class)
})
public sealed interface PromptSource {
  String EXTERNAL = "external";

  /**
   * What a run says beside its source.
   *
   * @param dataset name of a data set
   * @param families mixtures of the data set
   */
  record Setting(String dataset, List<String> families, long seed) {}

  /**
   * @return the problems that an epoch deals out, by the names under which it does; a problem may
   *     have several
   * @throws ConfigException if there is none
   */
  Map<String, Problem> read(Warehouse warehouse, Setting setting);

  /** The problems of the data set that SFT was trained on, each once an epoch. */
  record OfDataSet() implements PromptSource {
    @Override
    public Map<String, Problem> read(Warehouse warehouse, Setting setting) {
      List<String> families = new ArrayList<>(setting.families());
      Map<String, Problem> problems = new TreeMap<>();
      if (families.remove(EXTERNAL)) { // nobody need have been trained on them
        Dataset<Row> external =
            warehouse
                .read(PROBLEMS)
                .filter(col("family").equalTo(EXTERNAL).and(col("split").equalTo("train")));
        Rows.collect(PROBLEMS, external).forEach(p -> problems.put(p.problemId(), p));
      }
      if (!families.isEmpty()) {
        Dataset<Row> trained =
            DataSets.read(warehouse, setting.dataset())
                .filter(col("mixture").isin(families.toArray()))
                .select("problem_id")
                .distinct();
        Rows.collect(PROBLEMS, warehouse.read(PROBLEMS).join(trained, "problem_id"))
            .forEach(p -> problems.put(p.problemId(), p));
      }
      if (problems.isEmpty()) {
        String there =
            families.isEmpty() ? "" : "; the data set has " + shares(warehouse, setting.dataset());
        throw new ConfigException(
            "prompt_families: neither does data set "
                + setting.dataset()
                + " have an example of "
                + setting.families()
                + " nor table problems one of family external and split train"
                + there);
      }
      return problems;
    }

    private static List<String> shares(Warehouse warehouse, String dataset) {
      return DataSets.read(warehouse, dataset)
          .filter(col("mixture").notEqual(Sequence.VALIDATION))
          .select("mixture")
          .distinct()
          .collectAsList()
          .stream()
          .map(row -> row.getString(0))
          .sorted()
          .toList();
    }
  }

  /** Shares of table {@code problems}, whether SFT has seen them or not. */
  record Problems(List<Share> shares) implements PromptSource {
    public Problems {
      shares = List.copyOf(shares);
      if (shares.isEmpty()) {
        throw new IllegalArgumentException("prompts of type problems need shares");
      }
    }

    @Override
    public Map<String, Problem> read(Warehouse warehouse, Setting setting) {
      Map<String, Problem> dealt = new TreeMap<>();
      Map<String, Integer> copies = new HashMap<>();
      for (Share share : shares) {
        Map<String, Problem> problems = new TreeMap<>();
        Rows.collect(PROBLEMS, warehouse.read(PROBLEMS).filter(share.condition(warehouse)))
            .forEach(p -> problems.put(p.problemId(), p));
        if (problems.isEmpty()) {
          throw new ConfigException("prompts: table problems has none of " + share);
        }
        for (String id :
            Mixture.select(new ArrayList<>(problems.keySet()), share.percent, setting.seed())) {
          int copy = copies.merge(id, 1, Integer::sum);
          dealt.put(copy == 1 ? id : id + "#" + copy, problems.get(id));
        }
      }
      if (dealt.isEmpty()) {
        throw new ConfigException("prompts: the percentages of the shares leave no problem");
      }
      return dealt;
    }
  }

  /**
   * Some problems.
   *
   * @param family of problems; {@code atom_modify~KIND} too
   * @param split train or validation: what is tested is not practised on
   * @param depths numbers of atoms; empty for all
   * @param topics of which all atoms of a problem must be; empty for all
   * @param percent of them: below 100 a nested subset, above 100 copies
   */
  record Share(
      String family, String split, List<Integer> depths, List<String> topics, double percent) {
    public Share {
      depths = List.copyOf(depths);
      topics = List.copyOf(topics);
      if (!Pairing.named(family).equals(new Pairing.Code(family))) {
        throw new IllegalArgumentException("family must be a family of problems, got " + family);
      }
      if (!List.of("train", Sequence.VALIDATION).contains(split)) {
        throw new IllegalArgumentException("split must be train or validation, got " + split);
      }
      if (!(percent >= 0 && Double.isFinite(percent))) {
        throw new IllegalArgumentException("percent must be 0 or more, got " + percent);
      }
    }

    private Column condition(Warehouse warehouse) {
      Column condition =
          expr(new Pairing.Code(family).rows(Style.INLINE).condition())
              .and(col("split").equalTo(split));
      if (!depths.isEmpty()) {
        condition = condition.and(col("depth").isin(depths.toArray()));
      }
      if (!topics.isEmpty()) {
        condition = condition.and(Topics.only(warehouse, topics));
      }
      return condition;
    }
  }
}
