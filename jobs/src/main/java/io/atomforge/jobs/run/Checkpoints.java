package io.atomforge.jobs.run;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static org.apache.spark.sql.functions.col;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.checkpoint.PeftFolder;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.AdamW;
import io.atomforge.training.Trainer;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.ToLongFunction;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.spark.sql.Encoders;

/** Finds checkpoints by name. */
public final class Checkpoints {
  /** Ends the run_id under which the merged model of a run of adapters is saved. */
  public static final String MERGED = "-merged";

  /** Models of other file systems, by address and content. */
  private static final Map<String, Path> COPIES = new ConcurrentHashMap<>();

  private Checkpoints() {}

  /** A checkpoint's name and its folder on this machine. */
  public record Found(String id, Path folder) {}

  /** The folder of a run's step inside the store. */
  static String folder(String runId, long step) {
    return "checkpoints/" + runId + "/step-" + step;
  }

  /**
   * @param key the config key that names it, for messages
   * @param name a checkpoint_id such as {@code sft/step-200}, a run_id for its latest one, or a
   *     folder, also the address of one on any Hadoop file system
   * @throws ConfigException if there is none
   */
  public static Found find(Warehouse warehouse, FileStore store, String key, String name) {
    return search(warehouse, store, key, name)
        .orElseThrow(() -> new ConfigException(key + ": " + missing(warehouse, name)));
  }

  /** Whether the latest checkpoint of a run is one that training goes on from. */
  public static boolean isTrained(Warehouse warehouse, FileStore store, String runId) {
    return row(warehouse, runId).isPresent()
        && !read(find(warehouse, store, "run_id", runId).folder()).state().isEmpty();
  }

  static Optional<Found> search(Warehouse warehouse, FileStore store, String key, String name) {
    Optional<CheckpointRow> row = row(warehouse, name);
    if (row.isPresent()) {
      String folder = folder(row.get().runId(), row.get().step());
      Path found =
          store
              .fetch(folder)
              .orElseThrow(
                  () ->
                      new ConfigException(
                          key
                              + ": "
                              + name
                              + " is in table checkpoints, but its folder "
                              + store.address(folder)
                              + " is gone"));
      if (!RunFolders.manifestHash(found).equals(row.get().sha256())) {
        throw new ConfigException(
            key
                + ": "
                + store.address(folder)
                + "/MANIFEST.json is missing or not what table checkpoints says; restore it or"
                + " train the run again");
      }
      return Optional.of(new Found(row.get().checkpointId(), found));
    }
    return folder(warehouse, name).map(folder -> new Found(name, folder));
  }

  /** The folder of a model, if one has this name. */
  private static Optional<Path> folder(Warehouse warehouse, String name) {
    return Optional.of(name)
        .filter(n -> !n.isBlank())
        .map(n -> local(warehouse, n))
        .filter(f -> PeftFolder.isOne(f) || Files.isRegularFile(f.resolve("config.json")));
  }

  /**
   * The folder of that name on this machine; what lies on another file system is copied here.
   *
   * @throws ConfigException if the file system cannot be reached
   */
  static Path local(Warehouse warehouse, String name) {
    if (!Sessions.isAddress(name)) {
      return Path.of(name);
    }
    String state = Inputs.OfFiles.hadoop(name).fingerprint(warehouse);
    return state.isEmpty()
        ? Path.of(name)
        : COPIES.computeIfAbsent(name + " " + state, unused -> copy(warehouse, name));
  }

  private static Path copy(Warehouse warehouse, String address) {
    Configuration conf = warehouse.spark().sparkContext().hadoopConfiguration();
    var from = new org.apache.hadoop.fs.Path(address);
    try {
      Path folder = Files.createTempDirectory("atomforge-model");
      var to = new org.apache.hadoop.fs.Path(folder.toUri());
      FileSystem.getLocal(conf).deleteOnExit(to);
      Path model = folder.resolve("model");
      from.getFileSystem(conf).copyToLocalFile(from, new org.apache.hadoop.fs.Path(model.toUri()));
      return model;
    } catch (IOException e) {
      throw new ConfigException(address + ": cannot be read: " + e.getMessage());
    }
  }

  /**
   * @throws ConfigException if there is no model of this name, here or in table checkpoints
   */
  static void check(Warehouse warehouse, String key, String name) {
    if (row(warehouse, name).isEmpty() && folder(warehouse, name).isEmpty()) {
      throw new ConfigException(key + ": " + missing(warehouse, name));
    }
  }

  private static String missing(Warehouse warehouse, String name) {
    if (name.isBlank()) {
      return "name a checkpoint, a run or a folder";
    }
    if (Files.exists(Path.of(name))) {
      return name + " is no folder of a model: it has no config.json";
    }
    List<String> known =
        warehouse.exists(CHECKPOINTS)
            ? warehouse
                .read(CHECKPOINTS)
                .selectExpr("explode(array(run_id, checkpoint_id))")
                .distinct()
                .as(Encoders.STRING())
                .collectAsList()
            : List.of();
    return "no checkpoint, run or folder named '"
        + name
        + "'"
        + (known.isEmpty()
            ? "; table checkpoints is empty"
            : Suggestion.of(name, known) + "; see table checkpoints");
  }

  /** What table checkpoints says of a checkpoint_id, or of the latest one of a run_id. */
  static Optional<CheckpointRow> row(Warehouse warehouse, String name) {
    return warehouse.exists(CHECKPOINTS)
        ? Rows.collect(
                CHECKPOINTS,
                warehouse
                    .read(CHECKPOINTS)
                    .filter(col("checkpoint_id").equalTo(name).or(col("run_id").equalTo(name))))
            .stream()
            .max(Comparator.comparingLong(CheckpointRow::step))
        : Optional.empty();
  }

  /**
   * A whole model, or adapters.
   *
   * @throws ConfigException naming the file that is missing or damaged
   */
  public static Checkpoint read(Path folder) {
    try {
      return Checkpoint.open(folder);
    } catch (IllegalArgumentException | IOException e) {
      throw damaged(e);
    }
  }

  /**
   * The weights of a checkpoint, which the caller closes.
   *
   * @param layout may have a value head after them, which stays zero
   * @throws ConfigException naming the file that is missing or damaged
   */
  public static Parameters weights(Checkpoint checkpoint, ParameterLayout layout) {
    try {
      return checkpoint.weights(layout, Device.cpu());
    } catch (IllegalArgumentException | IOException e) {
      throw damaged(e);
    }
  }

  /**
   * Sets parameters, optimizers and other policies to what a checkpoint holds.
   *
   * @param trainers of the same parameters, by the names of their optimizers
   * @param policies that the run compares with, by name
   * @param steps gives the updates of each optimizer that led there
   * @throws ConfigException naming the file that is missing or damaged
   */
  public static void restore(
      Map<String, Trainer> trainers,
      Map<String, Parameters> policies,
      Checkpoint checkpoint,
      ToLongFunction<String> steps) {
    try {
      checkpoint.restore(theta(trainers), kept(trainers, policies));
    } catch (IllegalArgumentException | IOException e) {
      throw damaged(e);
    }
    trainers.forEach((name, trainer) -> trainer.optimizer().resume(steps.applyAsLong(name)));
  }

  /** The parameters of the main trainer, which all share. */
  static Parameters theta(Map<String, Trainer> trainers) {
    return Objects.requireNonNull(trainers.get(""), "a main trainer").theta();
  }

  /** What training goes on from beside the weights, by file and name. */
  static Map<String, Map<String, Parameters>> kept(
      Map<String, Trainer> trainers, Map<String, Parameters> policies) {
    Map<String, Map<String, Parameters>> kept = new HashMap<>();
    trainers.forEach(
        (name, trainer) -> {
          AdamW.State optimizer = trainer.optimizer();
          kept.put(
              name.isEmpty() ? "optimizer" : "optimizer_" + name,
              Map.of("mean", optimizer.mean(), "square", optimizer.square()));
        });
    if (!policies.isEmpty()) {
      kept.put("policies", policies);
    }
    return kept;
  }

  static ConfigException damaged(Exception e) {
    return damaged("checkpoint", e);
  }

  /**
   * @param key the config key that names the model
   */
  static ConfigException damaged(String key, Exception e) {
    return new ConfigException(
        key + ": " + e.getMessage() + "; restore it, or delete the folder to use the one before");
  }

  /** A tokenizer's files as a checkpoint carries them. */
  public static Map<String, byte[]> files(Tokenizer tokenizer) {
    return Map.of(
        "tokenizer.json",
        tokenizer.toJson().getBytes(StandardCharsets.UTF_8),
        "tokenizer_config.json",
        tokenizer.config().getBytes(StandardCharsets.UTF_8));
  }

  /**
   * @throws ConfigException if the files of a checkpoint hold no tokenizer that works
   */
  public static Tokenizer tokenizer(Map<String, byte[]> files) {
    try {
      return Tokenizer.of(files);
    } catch (IllegalArgumentException e) {
      throw new ConfigException("checkpoint: cannot use its tokenizer: " + e.getMessage());
    }
  }
}
