package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.SEQUENCES;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Share;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.data.SequenceBuilder;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.StoredTokenizer;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.sql.Row;

/** Mixes problem sets by percentages and writes them as token {@code sequences}. */
public final class BuildDataset {
  /**
   * See {@code conf/build-dataset.yaml}.
   *
   * @param name of the data set that is written
   * @param problemsPerSequence by share the most problems that one sequence asks side by side; 1
   *     for a share that is not named
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
      Checks.check(!mixture.isEmpty(), "mixture", mixture, "a list of shares");
      List<String> names = mixture.stream().map(Share::name).toList();
      Checks.check(
          names.stream().distinct().count() == names.size(),
          "mixture",
          names,
          "of distinct families; add up their percentages, or give each a name");
      Checks.check(
          !names.contains(Sequence.VALIDATION), "mixture", names, "of shares with other names");
      problemsPerSequence.forEach((f, n) -> Checks.atLeast(1, "problems_per_sequence." + f, n));
      Checks.check(
          names.containsAll(problemsPerSequence.keySet()),
          "problems_per_sequence",
          problemsPerSequence,
          "of shares of the mixture");
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
              List.of(PROBLEMS, ATOMS, ROLLOUTS, EVALUATIONS, CHECKPOINTS),
              List.of(SEQUENCES),
              BuildDataset::run)
          .dependsOn(BuildDataset::inputs);

  private BuildDataset() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    boolean topics = config.mixture().stream().anyMatch(share -> !share.topics().isEmpty());
    return Stream.<Input>concat(
            Stream.concat(
                Stream.of(Input.Rows.of(PROBLEMS), StoredTokenizer.input(config.files())),
                topics ? Stream.of(Input.Rows.of(ATOMS)) : Stream.empty()),
            config.mixture().stream()
                .flatMap(share -> SequenceBuilder.inputs(share, config.responseStyle()).stream())
                .distinct())
        .toList();
  }

  static Summary run(Warehouse warehouse, Config config) {
    refuseLeaks(warehouse);
    Tokenizer tokenizer = StoredTokenizer.load(FileStore.open(warehouse, config.files()));
    return write(warehouse, tokenizer, config);
  }

  static Summary write(Warehouse warehouse, Tokenizer tokenizer, Config config) {
    List<Sequence> sequences = mix(warehouse, new ChatTemplate(tokenizer), config);
    if (sequences.stream().allMatch(s -> s.mixture().equals(Sequence.VALIDATION))) {
      throw new ConfigException(
          "mixture: its shares have no training problem; raise percent, or make more problems");
    }
    DataSets.write(warehouse, config.name(), sequences);
    return new Summary(
        Counts.of(DataSets.read(warehouse, config.name()), "mixture"),
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
   * @return the sequences of every share, and those of the validation set
   */
  static List<Sequence> mix(Warehouse warehouse, ChatTemplate template, Config config) {
    SequenceBuilder builder =
        new SequenceBuilder(
            warehouse,
            template,
            new SequenceBuilder.Settings(
                config.seed(),
                config.promptLanguage(),
                config.responseStyle(),
                config.problemsPerSequence(),
                config.maxLength()));
    List<Sequence> sequences = new ArrayList<>();
    config.mixture().forEach(share -> sequences.addAll(builder.training(share)));
    sequences.addAll(builder.validation(config.mixture().get(0), config.validation()));
    return sequences;
  }
}
