package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.tables.Warehouse;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;

/**
 * Jobs one after the other: a finished one is skipped when they are run again, one that was
 * interrupted goes on, and one whose config changed is done anew together with all after it.
 */
public final class Stages {
  /**
   * A job with its config, under a name of its own.
   *
   * @param always whether it runs even where it is done already: it is quick, and its summary is
   *     what the caller prints
   */
  public record Stage(String name, Job<?> job, ConfigLoader loader, boolean always) {}

  private Stages() {}

  /**
   * The config of one of several jobs that share keys.
   *
   * @param layer names {@code shared}, which may hold keys that the job does not have
   * @param words {@code key=value} that nothing overrides
   * @throws ConfigException naming the job whose block is wrong
   */
  public static ConfigLoader load(
      Job<?> job, String layer, ObjectNode shared, ObjectNode block, Map<String, String> words) {
    ConfigLoader loader =
        new ConfigLoader()
            .shipped(job.file() + ".yaml")
            .layer(layer, shared)
            .layer(job.key(), block);
    words.forEach((k, v) -> loader.override(k + "=" + v));
    loader.dropUnused(layer, job.config());
    try {
      loader.bind(job.config());
    } catch (ConfigException e) {
      throw new ConfigException(job.key() + ": " + e.getMessage());
    }
    return loader;
  }

  /**
   * @return what the last one that was run said, or null if all were done
   */
  public static Record run(List<Stage> stages, Warehouse warehouse, FileStore store)
      throws Exception {
    StageMarks marks = StageMarks.open(store);
    warehouse.mark();
    String key = "";
    Record last = null;
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      key = chain(key, stage);
      boolean written = stage.job().writes().stream().allMatch(warehouse::exists);
      System.err.printf("stage %d/%d %s%n", i + 1, stages.size(), stage.name());
      if (!stage.always() && written && marks.finished(stage.name(), key)) {
        System.err.println("  already done");
        continue;
      }
      JsonNode settings = stage.loader().tree();
      if (!marks.begun(stage.name(), key) && settings.has("resume_from_checkpoint")) {
        // Before the mark: a run that is killed in between must not resume what is left.
        TrainingRun.discard(store, settings.path("run_id").asText());
      }
      marks.begin(stage.name(), key);
      long begin = System.nanoTime();
      last = start(stage.job(), stage.loader(), warehouse);
      marks.finish(stage.name(), (System.nanoTime() - begin) / 1e9);
      System.err.printf("  done in %s%n", Progress.duration((System.nanoTime() - begin) / 1e9));
    }
    return last;
  }

  private static <C extends Record & JobConfig> Record start(
      Job<C> job, ConfigLoader loader, Warehouse warehouse) throws Exception {
    return job.body()
        .run(warehouse.as(JobRunner.provenance(job, loader)), loader.bind(job.config()));
  }

  /**
   * Names a stage's settings and all that came before; where it runs, with how many tasks and who
   * watches is left out.
   */
  private static String chain(String before, Stage stage) throws Exception {
    ObjectNode settings = stage.loader().tree();
    settings.remove(
        List.of(
            "warehouse",
            "files",
            "partitions",
            "sandbox",
            "tensorboard",
            "mlflow",
            "resume_from_checkpoint"));
    byte[] text = (before + stage.name() + settings).getBytes(StandardCharsets.UTF_8);
    return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(text));
  }
}
