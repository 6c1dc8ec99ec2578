package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.generate.CompletedLines;
import io.atomforge.jobs.generate.CompletionParts;
import io.atomforge.jobs.generate.GenerateConfig;
import io.atomforge.jobs.generate.PromptRows;
import io.atomforge.jobs.judge.RowFiles;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.OutputFile;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.spark.TextGenerator;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.fs.Path;

/** Completes prompts of a file, a table or a query with a model; all other columns stay. */
public final class Generate {
  record Summary(long prompts, long completions, String output) {}

  static final Job<GenerateConfig> JOB =
      new Job<>(
              "Generate",
              "completions of your own prompts: a file, a table or a query",
              GenerateConfig.class,
              Tables.ALL,
              List.of(),
              Generate::run)
          .dependsOn(Generate::inputs);

  private Generate() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(GenerateConfig config) {
    List<Input> inputs = new ArrayList<>();
    inputs.add(new Inputs.OfCheckpoint("checkpoint", config.checkpoint()));
    inputs.add(
        config.asksTables() ? new Inputs.AllTables() : Inputs.OfFiles.hadoop(config.prompts()));
    return inputs;
  }

  static Summary run(Warehouse warehouse, GenerateConfig config) throws Exception {
    if (config.prompts().isEmpty() || config.output().isEmpty()) {
      throw new ConfigException(
          (config.prompts().isEmpty() ? "prompts" : "output")
              + ": give prompts and output, such as Generate prompts=questions.jsonl"
              + " output=answers.jsonl checkpoint=DIR");
    }
    boolean delta = config.output().startsWith(GenerateConfig.DELTA);
    String name = config.output().substring(delta ? GenerateConfig.DELTA.length() : 0);
    List<Path> read = config.asksTables() ? List.of() : List.of(new Path(config.prompts()));
    Path output =
        delta
            ? OutputFile.checkDelta(warehouse, "output", name)
            : OutputFile.check(warehouse, "output", name, read);
    FileStore store = FileStore.open(warehouse, config.files());
    Pretrained model =
        Pretrained.load(warehouse, store, "checkpoint", config.checkpoint())
            .with(config.promptTemplate());
    try (TextGenerator generator = generator(config, model)) {
      CompletionParts parts = new CompletionParts(warehouse, output, JOB.basis(config, warehouse));
      if (config.asksTables()) {
        PromptRows rows = PromptRows.ofQuery(config, warehouse);
        return complete(warehouse, config, generator, parts, rows);
      }
      try (RowFiles files = new RowFiles(warehouse.spark(), "prompts", config.prompts())) {
        return complete(warehouse, config, generator, parts, PromptRows.ofFiles(config, files));
      }
    }
  }

  private static TextGenerator generator(GenerateConfig config, Pretrained model) {
    return new TextGenerator(
            model.config(), model.tokenizer(), model.weights(model.whole().layout()))
        .setOutputCol("completion")
        .setKeyCol("key")
        .setBatchSize(config.rowsPerBatch())
        .setNumGenerations(config.numGenerations())
        .setTemperature(config.temperature())
        .setTopP(config.topP())
        .setTopK(config.topK())
        .setMinP(config.minP())
        .setMaxCompletionLength(config.maxCompletionLength())
        .setStop(config.stop())
        .setSeed(config.seed())
        .setPrecision(config.precision().precision());
  }

  private static Summary complete(
      Warehouse warehouse,
      GenerateConfig config,
      TextGenerator generator,
      CompletionParts parts,
      PromptRows rows)
      throws Exception {
    CompletedLines lines = new CompletedLines(warehouse, config, generator);
    long prompts = 0;
    int chunks = 0;
    try (Progress progress = Progress.ofSteps("generate", 0, Progress.UNKNOWN)) {
      while (rows.hasNext()) {
        List<PromptRows.Prompt> chunk = rows.next();
        if (!parts.has(chunks)) {
          parts.save(chunks, lines.of(chunk));
        }
        chunks++;
        prompts += chunk.size();
        progress.report(prompts, "prompts");
      }
    }
    parts.finish(chunks, config.output().startsWith(GenerateConfig.DELTA));
    return new Summary(prompts, prompts * config.numGenerations(), config.output());
  }
}
