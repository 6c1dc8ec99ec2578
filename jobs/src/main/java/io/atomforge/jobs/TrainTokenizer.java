package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.PreTokenizer;
import io.atomforge.tokenizer.Tokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Learns a byte-level BPE vocabulary from the training split and saves it as {@code
 * tokenizer.json}.
 */
public final class TrainTokenizer {
  /** See {@code conf/train-tokenizer.yaml}. */
  record Config(
      String warehouse,
      String files,
      Language promptLanguage,
      Style responseStyle,
      List<String> families,
      int vocabularySize)
      implements JobConfig {
    Config {
      Checks.atLeast(256 + ChatTemplate.SPECIAL_TOKENS.size(), "vocabulary_size", vocabularySize);
    }
  }

  record Summary(int vocabularySize, long words, String file) {}

  static final Job<Config> JOB =
      new Job<>(
          "TrainTokenizer",
          "learn a byte-level BPE tokenizer from the training split",
          Config.class,
          List.of(PROBLEMS),
          List.of(),
          TrainTokenizer::run);

  static final String FILE = "tokenizer/tokenizer.json";

  private TrainTokenizer() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  /** A word and how often it occurs. */
  record Word(String word, long occurrences) {}

  static Summary run(Warehouse warehouse, Config config) {
    Language language = config.promptLanguage();
    Style style = config.responseStyle();
    Dataset<Row> problems =
        warehouse
            .read(PROBLEMS)
            .filter(
                col("split").equalTo("train").and(col("family").isin(config.families().toArray())));
    var codec = io.atomforge.tables.RecordCodec.of(Word.class);
    Dataset<Row> words =
        Warehouse.map(
                problems,
                PROBLEMS.codec(),
                codec,
                partition -> {
                  Map<String, Long> counts = new HashMap<>();
                  for (Problem problem : partition) {
                    PreTokenizer.split(language.prompt(problem))
                        .forEach(w -> counts.merge(w, 1L, Long::sum));
                    PreTokenizer.split(style.completion(problem))
                        .forEach(w -> counts.merge(w, 1L, Long::sum));
                  }
                  return counts.entrySet().stream()
                      .map(e -> new Word(e.getKey(), e.getValue()))
                      .toList();
                })
            .groupBy("word")
            .sum("occurrences");
    Map<String, Long> counts = new HashMap<>();
    words.collectAsList().forEach(r -> counts.put(r.getString(0), r.getLong(1)));
    if (counts.isEmpty()) {
      throw new ConfigException(
          "families: no training problem of " + config.families() + " in table problems");
    }
    String json = BpeTrainer.train(counts, config.vocabularySize(), ChatTemplate.SPECIAL_TOKENS);
    FileStore store = FileStore.open(warehouse, config.files());
    store.write("tokenizer/tokenizer_config.json", ChatTemplate.tokenizerConfig());
    store.write(FILE, json);
    return new Summary(
        Tokenizer.of(json).vocabularySize(),
        counts.values().stream().mapToLong(Long::longValue).sum(),
        store.address(FILE));
  }

  /**
   * @throws ConfigException if it was not trained yet
   */
  static Tokenizer load(FileStore store) {
    String json =
        store
            .read(FILE)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "no tokenizer at " + store.address(FILE) + "; run TrainTokenizer first"));
    try {
      return Tokenizer.of(json);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          store.address(FILE) + " is damaged: " + e.getMessage() + "; run TrainTokenizer again");
    }
  }
}
