package io.atomforge.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.ConfigException;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.tokenizer.Tokenizer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TextGeneratorTest {
  private static final String TOKENIZER = "src/test/resources/golden/tokenizer/tokenizer.json";

  @TempDir private static Path folder;
  private static SparkSession spark;
  private static Path model;

  @BeforeAll
  static void save() throws Exception {
    LocalSpark.context();
    spark = SparkSession.builder().config("spark.sql.shuffle.partitions", "2").getOrCreate();
    String tokenizer = Files.readString(Path.of(TOKENIZER));
    int vocabulary = Tokenizer.of(tokenizer).vocabularySize();
    ModelConfig shape = ModelConfig.of(16, 1, 2, 1, 32, vocabulary, 48);
    model = folder.resolve("model");
    Map<String, byte[]> files =
        Map.of("tokenizer.json", tokenizer.getBytes(StandardCharsets.UTF_8));
    try (Parameters theta = Parameters.initial(new ParameterLayout(shape), 3, Device.cpu())) {
      Checkpoint.of(model, shape, files).save(theta, Precision.FP32);
    }
  }

  private static TextGenerator generator() {
    return new TextGenerator()
        .setModelUrl(model.toString())
        .setPrecision(Precision.FP32)
        .setTemperature(1)
        .setMaxCompletionLength(12);
  }

  private static Dataset<Row> prompts(int partitions) {
    return spark
        .sql(
            "SELECT id, repeat('ab ', int(id % 4)) || 'c' || id AS prompt, array(id) AS kept"
                + " FROM range(9)")
        .repartition(partitions);
  }

  private static List<String> lines(Dataset<Row> rows) {
    return rows.orderBy("id", "generation").toJSON().collectAsList();
  }

  @Test
  void everyPromptIsCompletedAsOftenAsWantedHoweverRowsAreCut() {
    try (TextGenerator generator = generator().setNumGenerations(3)) {
      Dataset<Row> completed = generator.transform(prompts(1));
      assertThat(completed.columns())
          .containsExactly("id", "prompt", "kept", "completion", "generation", "finish_reason");
      List<String> lines = lines(completed);
      assertThat(lines).hasSize(27).doesNotHaveDuplicates();
      assertThat(lines.get(4)).startsWith("{\"id\":1,\"prompt\":\"ab c1\",\"kept\":[1],");
      assertThat(completed.select("completion").distinct().count()).isGreaterThan(20);
      assertThat(lines(generator.setBatchSize(2).transform(prompts(4)))).isEqualTo(lines);
      assertThat(lines(generator.setSeed(18).transform(prompts(4)))).isNotEqualTo(lines);
    }
  }

  @Test
  void rowsOfOneKeyAreCompletedTheSameAndWithoutChanceTheLikeliestComes() {
    Dataset<Row> twice = prompts(2).union(prompts(3));
    try (TextGenerator generator = generator()) {
      assertThat(generator.transform(twice).distinct().count()).isEqualTo(9);
      Dataset<Row> keyed = twice.withColumn("key", org.apache.spark.sql.functions.rand(1));
      assertThat(
              generator.setKeyCol("key").transform(keyed).select("completion").distinct().count())
          .isGreaterThan(14);
      generator.setTemperature(0);
      assertThat(generator.transform(keyed).select("prompt", "completion").distinct().count())
          .isEqualTo(9);
    }
  }

  @Test
  void aStopTextEndsACompletionAndIsCutOff() {
    try (TextGenerator generator = generator()) {
      List<Row> free = generator.transform(prompts(1)).collectAsList();
      Row row =
          free.stream()
              .filter(r -> r.<String>getAs("completion").length() > 4)
              .findFirst()
              .orElseThrow();
      String text = row.getAs("completion");
      String stop = text.substring(2, 4);
      Row cut =
          generator
              .setStop(List.of(stop))
              .transform(prompts(1))
              .filter("id = " + row.getLong(0))
              .head();
      assertThat(cut.<String>getAs("completion")).isEqualTo(text.substring(0, text.indexOf(stop)));
      assertThat(cut.<String>getAs("finish_reason")).isEqualTo("stop");
    }
  }

  @Test
  void aPromptThatDoesNotFitOrIsNullHasNoCompletion() {
    try (TextGenerator generator = generator()) {
      Dataset<Row> rows =
          spark.sql("SELECT * FROM VALUES (repeat('ab ', 60)), (null) AS t(prompt)");
      for (Row row : generator.transform(rows).collectAsList()) {
        assertThat(row.isNullAt(1)).isTrue();
        assertThat(row.getString(3)).isEqualTo("prompt_too_long");
      }
    }
  }

  @Test
  void whatCannotBeIsSaidBeforeAnythingRuns() {
    assertThatThrownBy(() -> generator().setInputCol("text").transform(prompts(1)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no column text among [id, prompt, kept]");
    assertThatThrownBy(() -> generator().setInputCol("id").transform(prompts(1)))
        .hasMessageContaining("column id must hold texts, got BIGINT");
    assertThatThrownBy(() -> generator().setOutputCol("kept").transform(prompts(1)))
        .hasMessageContaining("a column kept already");
    assertThatThrownBy(() -> generator().setModelUrl("/nowhere").transform(prompts(1)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("modelUrl: /nowhere");
    assertThatThrownBy(() -> generator().setBatchSize(0)).hasMessageContaining("batchSize");
  }
}
