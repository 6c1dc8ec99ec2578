package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.PROBLEMS;

import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.RecordCodec;
import io.atomforge.tables.Rows;
import io.atomforge.tokenizer.PreTokenizer;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** How often each word occurs in the prompts and completions of problems. */
public final class WordCounts {
  /** A word and how often it occurs in a partition. */
  record Word(String word, long occurrences) {}

  private WordCounts() {}

  /**
   * @param problems rows of table {@code problems}
   * @param languages those of the prompts that are counted
   * @return occurrences by word, as {@link PreTokenizer} cuts them; empty without problems
   */
  public static Map<String, Long> of(Dataset<Row> problems, List<Language> languages, Style style) {
    Dataset<Row> words =
        Rows.map(
                problems,
                PROBLEMS.codec(),
                RecordCodec.of(Word.class),
                partition -> {
                  Map<String, Long> counts = new HashMap<>();
                  for (Problem problem : partition) {
                    for (Language language : languages) {
                      PreTokenizer.split(language.prompt(problem))
                          .forEach(w -> counts.merge(w, 1L, Long::sum));
                    }
                    PreTokenizer.split(style.completion(problem))
                        .forEach(w -> counts.merge(w, 1L, Long::sum));
                  }
                  return words(counts);
                })
            .groupBy("word")
            .sum("occurrences");
    Map<String, Long> counts = new HashMap<>();
    words.collectAsList().forEach(r -> counts.put(r.getString(0), r.getLong(1)));
    return counts;
  }

  private static List<Word> words(Map<String, Long> counts) {
    return counts.entrySet().stream().map(e -> new Word(e.getKey(), e.getValue())).toList();
  }
}
