package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.WordCounts;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.run.StoredTokenizer;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Learns a byte-level BPE vocabulary from the training split and saves it as {@code
 * tokenizer.json}, or takes over the one of a model that training shall begin with.
 */
public final class TrainTokenizer {
  /** See {@code conf/train-tokenizer.yaml}. */
  record Config(
      @Operational String warehouse,
      @Operational String files,
      Language promptLanguage,
      Style responseStyle,
      List<Language> promptLanguages,
      List<String> families,
      int vocabularySize,
      String modelNameOrPath,
      String promptTemplate)
      implements JobConfig {
    Config {
      Checks.atLeast(256 + ChatTemplate.SPECIAL_TOKENS.size(), "vocabulary_size", vocabularySize);
      ChatTemplate.check(promptTemplate);
    }
  }

  record Summary(int vocabularySize, long words, String file) {}

  static final Job<Config> JOB =
      new Job<>(
              "TrainTokenizer",
              "learn a byte-level BPE tokenizer from the training split",
              Config.class,
              List.of(PROBLEMS, CHECKPOINTS),
              List.of(),
              TrainTokenizer::run)
          .dependsOn(TrainTokenizer::inputs);

  private TrainTokenizer() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    String model = config.modelNameOrPath();
    return List.of(
        model.isEmpty()
            ? Input.Rows.of(PROBLEMS)
            : new Inputs.OfCheckpoint("model_name_or_path", model));
  }

  static Summary run(Warehouse warehouse, Config config) {
    FileStore store = FileStore.open(warehouse, config.files());
    if (!config.modelNameOrPath().isEmpty()) {
      Pretrained base =
          Pretrained.load(warehouse, store, "model_name_or_path", config.modelNameOrPath())
              .with(config.promptTemplate());
      return save(store, base.tokenizer(), 0);
    }
    Map<String, Long> counts = count(warehouse, config);
    String json = BpeTrainer.train(counts, config.vocabularySize(), ChatTemplate.SPECIAL_TOKENS);
    Tokenizer learned = Tokenizer.of(json, ChatTemplate.tokenizerConfig());
    return save(
        store,
        config.promptTemplate().isEmpty()
            ? learned
            : ChatTemplate.plain(learned, config.promptTemplate()),
        counts.values().stream().mapToLong(Long::longValue).sum());
  }

  private static Summary save(FileStore store, Tokenizer tokenizer, long words) {
    StoredTokenizer.write(store, tokenizer);
    return new Summary(tokenizer.vocabularySize(), words, store.address(StoredTokenizer.FILE));
  }

  private static Map<String, Long> count(Warehouse warehouse, Config config) {
    Dataset<Row> problems =
        warehouse
            .read(PROBLEMS)
            .filter(
                col("split").equalTo("train").and(col("family").isin(config.families().toArray())));
    List<Language> languages =
        config.promptLanguages().isEmpty()
            ? List.of(config.promptLanguage())
            : config.promptLanguages();
    Map<String, Long> counts = WordCounts.of(problems, languages, config.responseStyle());
    if (counts.isEmpty()) {
      throw new ConfigException(
          "families: no training problem of " + config.families() + " in table problems");
    }
    return counts;
  }
}
