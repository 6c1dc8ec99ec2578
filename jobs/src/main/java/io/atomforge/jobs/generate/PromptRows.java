package io.atomforge.jobs.generate;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.struct;
import static org.apache.spark.sql.functions.to_json;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.judge.RowFiles;
import io.atomforge.tables.ReadOnlySql;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import org.apache.spark.SparkThrowable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;

/** Rows with a prompt as JSON objects, some at a time, always in the same order. */
public final class PromptRows implements Iterator<List<PromptRows.Prompt>> {
  private static final int CHUNK = 2_048;

  /**
   * A row.
   *
   * @param json all its columns
   */
  public record Prompt(String json, String prompt, String key) {}

  private final GenerateConfig config;
  private final Iterator<RowFiles.Line> lines;

  private PromptRows(GenerateConfig config, Iterator<RowFiles.Line> lines) {
    this.config = config;
    this.lines = lines;
  }

  /** Of files. */
  public static PromptRows ofFiles(GenerateConfig config, RowFiles files) {
    return new PromptRows(config, files);
  }

  /**
   * Of a query, in the order of their JSON text.
   *
   * @throws ConfigException if the statement is wrong or does more than read
   */
  public static PromptRows ofQuery(GenerateConfig config, Warehouse warehouse) throws Exception {
    Dataset<Row> rows = query(warehouse, config);
    Iterator<String> texts =
        rows.select(to_json(struct(col("*")), Map.of("ignoreNullFields", "false")).as("json"))
            .orderBy("json")
            .as(Encoders.STRING())
            .toLocalIterator();
    return new PromptRows(
        config,
        new Iterator<>() {
          private long number;

          @Override
          public boolean hasNext() {
            return texts.hasNext();
          }

          @Override
          public RowFiles.Line next() {
            return new RowFiles.Line("row", ++number, texts.next());
          }
        });
  }

  private static Dataset<Row> query(Warehouse warehouse, GenerateConfig config) throws Exception {
    try {
      ReadOnlySql sql = new ReadOnlySql(warehouse.spark(), config.sql());
      SqlScope.open(warehouse, sql::names);
      return sql.open();
    } catch (Exception e) { // Spark throws its AnalysisException undeclared
      if (e instanceof SparkThrowable) {
        String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
        throw new ConfigException("prompts: " + why);
      }
      throw e;
    }
  }

  @Override
  public boolean hasNext() {
    return lines.hasNext();
  }

  @Override
  public List<Prompt> next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    List<Prompt> chunk = new ArrayList<>();
    while (chunk.size() < CHUNK && lines.hasNext()) {
      chunk.add(prompt(lines.next()));
    }
    return chunk;
  }

  private Prompt prompt(RowFiles.Line line) {
    ObjectNode row = object(line);
    String key = config.keyColumn().isEmpty() ? config.promptColumn() : config.keyColumn();
    for (String column : List.of(config.completionColumn(), "generation", "finish_reason")) {
      if (row.has(column)) {
        throw new ConfigException(
            line.where() + ": the row has a column " + column + " already; rename that one");
      }
    }
    JsonNode prompt = column(line, row, "prompt_column", config.promptColumn());
    if (!prompt.isTextual()) {
      throw new ConfigException(
          line.where()
              + ": column "
              + config.promptColumn()
              + " must be a text, got "
              + prompt.getNodeType());
    }
    return new Prompt(
        row.toString(), prompt.textValue(), column(line, row, "key_column", key).asText());
  }

  private static ObjectNode object(RowFiles.Line line) {
    try {
      if (JobRunner.JSON.readTree(line.text()) instanceof ObjectNode row) {
        return row;
      }
    } catch (IOException e) {
      throw new ConfigException(line.where() + ": the line is no JSON: " + line.text().strip());
    }
    throw new ConfigException(line.where() + ": the line is no JSON object");
  }

  private static JsonNode column(RowFiles.Line line, ObjectNode row, String key, String name) {
    JsonNode value = row.path(name);
    if (value.isMissingNode()) {
      List<String> names = new ArrayList<>();
      row.fieldNames().forEachRemaining(names::add);
      throw new ConfigException(
          key + ": " + line.where() + " has no column " + name + "; it has " + names);
    }
    return value;
  }
}
