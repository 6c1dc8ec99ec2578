package io.atomforge.jobs.generate;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.spark.TextGenerator;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.ResponseFormat;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;
import org.apache.spark.sql.types.StructType;

/** JSON objects of rows with their completions. */
public final class CompletedLines {
  private final Warehouse warehouse;
  private final GenerateConfig config;
  private final TextGenerator generator;

  /**
   * @param generator whose input column is {@code prompt} and whose key column is {@code key}
   */
  public CompletedLines(Warehouse warehouse, GenerateConfig config, TextGenerator generator) {
    this.warehouse = warehouse;
    this.config = config;
    this.generator = generator;
  }

  /** The lines of some rows, in their order, one for each completion. */
  public List<String> of(List<PromptRows.Prompt> chunk) throws IOException {
    List<Row> rows =
        chunk.stream().map(p -> RowFactory.create(p.json(), p.prompt(), p.key())).toList();
    Dataset<Row> prompts =
        warehouse
            .spark()
            .createDataFrame(
                JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext())
                    .parallelize(rows, Math.min(config.partitions(), rows.size())),
                StructType.fromDDL("json STRING, prompt STRING, key STRING"));
    List<String> lines = new ArrayList<>();
    for (Row row : generator.transform(prompts).collectAsList()) {
      ObjectNode line = (ObjectNode) JobRunner.JSON.readTree(row.<String>getAs("json"));
      String text = row.getAs("completion");
      line.put(config.completionColumn(), text);
      line.put(TextGenerator.GENERATION, row.<Integer>getAs(TextGenerator.GENERATION));
      line.put(TextGenerator.FINISH_REASON, row.<String>getAs(TextGenerator.FINISH_REASON));
      if (!config.responseFormat().isEmpty()) {
        Optional<String> code =
            text == null
                ? Optional.empty()
                : ResponseFormat.named(config.responseFormat())
                    .answer(line.path("given").asText(), text);
        line.put("code", code.orElse(""));
      }
      lines.add(line.toString());
    }
    return lines;
  }
}
