package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.PROBLEMS;
import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.TinyPipeline;
import io.atomforge.jobs.ToyTables;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WordCountsTest {
  @TempDir Path folder;

  /** The prompts of each language count, and a completion counts once. */
  @Test
  void promptsOfSeveralLanguagesStandBesideOneCompletion() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    Dataset<Row> problems = warehouse.dataset(PROBLEMS, ToyTables.problems(2, 1));
    Map<String, Long> english = WordCounts.of(problems, List.of(Language.EN), Style.CALL);
    Map<String, Long> chinese = WordCounts.of(problems, List.of(Language.ZH), Style.CALL);
    Map<String, Long> completions = WordCounts.of(problems, List.of(), Style.CALL);
    Map<String, Long> both = WordCounts.of(problems, List.of(Language.EN, Language.ZH), Style.CALL);
    assertThat(english).isNotEqualTo(chinese);
    assertThat(completions).isNotEmpty();
    for (String word : both.keySet()) {
      assertThat(both.get(word))
          .as(word)
          .isEqualTo(
              english.getOrDefault(word, 0L)
                  + chinese.getOrDefault(word, 0L)
                  - completions.getOrDefault(word, 0L));
    }
    assertThat(both).containsKeys(english.keySet().toArray(String[]::new));
    assertThat(both).containsKeys(chinese.keySet().toArray(String[]::new));
  }
}
