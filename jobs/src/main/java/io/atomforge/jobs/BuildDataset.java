package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;
import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Mixture;
import io.atomforge.dataset.Pairing;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.StoredTokenizer;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Mixes problem sets by percentages (recipes 1.4) and writes them as token {@code sequences}. */
public final class BuildDataset {
  /**
   * A share of the mixture.
   *
   * @param family of problems, or {@code atom_modify~KIND} or the name of a {@link Pairing}, or
   *     {@code rollouts:RUN_ID} for what that run wrote and passed
   * @param percent of its training problems: below 100 a nested subset, above 100 copies
   */
  public record Share(String family, double percent) {
    public Share {
      Checks.check(percent >= 0 && Double.isFinite(percent), "percent", percent, "0 or more");
    }
  }

  /**
   * See {@code conf/build-dataset.yaml}.
   *
   * @param name of the data set that is written
   * @param problemsPerSequence by family the most problems that one sequence asks side by side; 1
   *     for a family that is not named
   * @param validation problems of the first share's validation split, for the loss curve
   */
  public record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      String name,
      Language promptLanguage,
      Style responseStyle,
      List<Share> mixture,
      Map<String, Integer> problemsPerSequence,
      int validation,
      int maxLength)
      implements JobConfig {
    public Config {
      DataSets.checkName("name", name);
      Checks.check(!mixture.isEmpty(), "mixture", mixture, "a list of family and percent");
      Checks.check(
          mixture.stream().map(Share::family).distinct().count() == mixture.size(),
          "mixture",
          mixture,
          "of distinct families; add up their percentages");
      problemsPerSequence.forEach((f, n) -> Checks.atLeast(1, "problems_per_sequence." + f, n));
      List<String> families = mixture.stream().map(Share::family).toList();
      Checks.check(
          families.containsAll(problemsPerSequence.keySet()),
          "problems_per_sequence",
          problemsPerSequence,
          "of families of the mixture");
      Checks.atLeast(0, "validation", validation);
      Checks.atLeast(2, "max_length", maxLength);
    }
  }

  record Summary(Map<String, Long> sequences, long tokens, long learnedTokens, int longest) {}

  static final Job<Config> JOB =
      new Job<>(
              "BuildDataset",
              "mix problem sets and write training sequences",
              Config.class,
              List.of(PROBLEMS, ROLLOUTS, CHECKPOINTS),
              List.of(SEQUENCES),
              BuildDataset::run)
          .dependsOn(BuildDataset::inputs);

  private BuildDataset() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    return Stream.concat(
            Stream.of(Input.Rows.of(PROBLEMS), StoredTokenizer.input(config.files())),
            config.mixture().stream()
                .map(Share::family)
                .filter(AcceptedRollouts::named)
                .map(AcceptedRollouts::input))
        .toList();
  }

  static Summary run(Warehouse warehouse, Config config) {
    refuseLeaks(warehouse);
    Tokenizer tokenizer = StoredTokenizer.load(FileStore.open(warehouse, config.files()));
    ChatTemplate template = new ChatTemplate(tokenizer);
    List<Sequence> sequences = mix(warehouse.read(PROBLEMS), template, config);
    for (Share share : config.mixture()) {
      if (AcceptedRollouts.named(share.family())) {
        sequences.addAll(AcceptedRollouts.sequences(warehouse, share, template, config));
      }
    }
    DataSets.write(warehouse, config.name(), sequences);
    return new Summary(
        SynthesizeProblems.counts(DataSets.read(warehouse, config.name()), "mixture"),
        sequences.stream().mapToLong(Sequence::length).sum(),
        sequences.stream().mapToLong(Sequence::learnedTokens).sum(),
        sequences.stream().mapToInt(Sequence::length).max().orElse(0));
  }

  /** Jobs write none, but the table is open to every writer. */
  private static void refuseLeaks(Warehouse warehouse) {
    for (Row leak : SqlScope.rows(warehouse, View.V_LEAKS).takeAsList(1)) {
      throw new ConfigException(
          "table problems: two splits share what they must not, "
              + leak.json()
              + "; delete one of the problems (view v_leaks shows all)");
    }
  }

  /**
   * @return the sequences of every share of problems and of the validation set
   */
  static List<Sequence> mix(Dataset<Row> problems, ChatTemplate template, Config config) {
    List<Sequence> sequences = new ArrayList<>();
    for (Share share : config.mixture()) {
      if (AcceptedRollouts.named(share.family())) {
        continue;
      }
      Map<String, Problem> byId = byId(problems, share, "train", config);
      if (byId.isEmpty()) {
        throw new ConfigException(
            "mixture: no training problem of family "
                + share.family()
                + " in table problems"
                + (share.family().startsWith("atom_modify")
                    ? "; set renderings_per_variant of SynthesizeProblems"
                    : ""));
      }
      Pairing pairing = Pairing.of(share.family());
      String prefix = pairing == Pairing.CODE ? "" : share.family() + "/";
      Map<String, Integer> copies = new HashMap<>();
      Map<String, Problem> bySequence = new LinkedHashMap<>();
      for (String id :
          Mixture.select(new ArrayList<>(byId.keySet()), share.percent(), config.seed())) {
        String sequenceId = prefix + id + "#" + copies.merge(id, 1, Integer::sum);
        bySequence.put(sequenceId, byId.get(id));
      }
      int most = config.problemsPerSequence().getOrDefault(share.family(), 1);
      for (List<String> ids :
          Mixture.groups(new ArrayList<>(bySequence.keySet()), most, config.seed())) {
        List<Problem> together = ids.stream().map(bySequence::get).toList();
        sequences.add(sequence(ids.get(0), together, pairing, share.family(), template, config));
      }
    }
    Share first = config.mixture().get(0);
    Map<String, Problem> held = byId(problems, first, Sequence.VALIDATION, config);
    List<String> chosen = Mixture.select(new ArrayList<>(held.keySet()), 100, config.seed());
    for (String id : chosen.subList(0, Math.min(config.validation(), chosen.size()))) {
      sequences.add(
          sequence(
              id,
              List.of(held.get(id)),
              Pairing.of(first.family()),
              Sequence.VALIDATION,
              template,
              config));
    }
    return sequences;
  }

  private static Map<String, Problem> byId(
      Dataset<Row> problems, Share share, String split, Config config) {
    Map<String, Problem> byId = new java.util.TreeMap<>();
    Warehouse.collect(
            PROBLEMS,
            problems
                .filter(Pairing.problems(share.family(), config.responseStyle()))
                .filter(col("split").equalTo(split)))
        .forEach(p -> byId.put(p.problemId(), p));
    return byId;
  }

  /** Several problems are asked one after the other and answered in the same order. */
  private static Sequence sequence(
      String id,
      List<Problem> problems,
      Pairing pairing,
      String mixture,
      ChatTemplate template,
      Config config) {
    String asked =
        problems.stream()
            .map(p -> pairing.prompt(p, config.promptLanguage()))
            .collect(Collectors.joining("\n"));
    String answered =
        problems.stream()
            .map(p -> pairing.completion(p, config.responseStyle()))
            .collect(Collectors.joining("\n\n"));
    return sequence(
        id,
        problems.get(0).problemId(),
        mixture,
        template.promptIds(asked),
        template.completionIds(answered),
        config);
  }

  /**
   * @throws ConfigException if it is longer than max_length
   */
  static Sequence sequence(
      String id, String problemId, String mixture, int[] prompt, int[] completion, Config config) {
    if (prompt.length + completion.length > config.maxLength()) {
      throw new ConfigException(
          "max_length: the sequence of problem "
              + problemId
              + " has "
              + (prompt.length + completion.length)
              + " tokens, above "
              + config.maxLength()
              + "; raise max_length or vocabulary_size, or lower problems_per_sequence");
    }
    return Sequence.of(id, problemId, mixture, prompt, completion, 1);
  }
}
