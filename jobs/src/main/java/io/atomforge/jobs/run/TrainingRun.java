package io.atomforge.jobs.run;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.STEP_METRICS;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.config.Basis;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Stop;
import io.atomforge.jobs.tracking.Trackers;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Warehouse;
import io.atomforge.training.Trainer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The durable side of a training run. What steps produce is held until {@link #commit}, which
 * writes the rows of all steps since the last one, then the checkpoint, then its row: a run that is
 * killed anywhere goes on from its last checkpoint and writes the same again.
 */
public final class TrainingRun implements AutoCloseable {
  /** The key of a checkpoint's state. */
  private static final String BASIS = "basis";

  private final Warehouse warehouse;
  private final FileStore store;
  private final RunFolders folders;
  private final RunRows rows;
  private final String runId;
  private final String parent;
  private final Basis basis;
  private final Map<String, byte[]> tokenizerFiles;
  private final List<StepMetric> metrics = new ArrayList<>();
  private final List<RolloutRow> rollouts = new ArrayList<>();
  private Trackers trackers = Trackers.none();
  private boolean finished;
  private long committed = -1;

  private FileStore.Claim claim = () -> {};

  /**
   * What a checkpoint holds beside the trainer's state.
   *
   * @param adapter which adapters the trainer holds; empty if it holds the whole model
   */
  public record Saved(ModelConfig model, Optional<Checkpoint.Adapter> adapter) {
    public static Saved whole(ModelConfig model) {
      return new Saved(model, Optional.empty());
    }
  }

  /**
   * @param parent checkpoint that the run starts from; empty for none
   * @param basis what the run's result depends on; a run is only resumed under an equal one
   */
  public TrainingRun(
      Warehouse warehouse,
      FileStore store,
      String runId,
      String parent,
      Basis basis,
      Map<String, byte[]> tokenizerFiles) {
    this.warehouse = warehouse;
    this.store = store;
    this.folders = new RunFolders(store, runId);
    this.rows = new RunRows(warehouse, runId);
    this.runId = runId;
    this.parent = parent;
    this.basis = basis;
    this.tokenizerFiles = tokenizerFiles;
  }

  /** A run that holds another form of this one's result. */
  public TrainingRun beside(String otherRunId) {
    return new TrainingRun(warehouse, store, otherRunId, parent, basis, tokenizerFiles);
  }

  /**
   * @param enabled false to begin anew and drop what the run had saved
   * @return the run's latest checkpoint, with its optimizer
   * @throws ConfigException naming what the run depends on and changed since, or if the checkpoint
   *     is damaged, or another job trains the run at this moment
   */
  public Optional<Checkpoint> resume(boolean enabled) {
    claim = store.claim("run-" + runId).orElseThrow(this::taken);
    try {
      return latest(enabled);
    } catch (RuntimeException e) {
      claim.close();
      throw e;
    }
  }

  private ConfigException taken() {
    return new ConfigException(
        "run_id: another job is training run "
            + runId
            + " in this warehouse; let it end, or name another run_id");
  }

  private Optional<Checkpoint> latest(boolean enabled) {
    if (!enabled) {
      folders.discard();
      return Optional.empty();
    }
    long latest = folders.latestStep();
    if (latest < 0) {
      return Optional.empty();
    }
    Path folder = store.fetch(Checkpoints.folder(runId, latest)).orElseThrow();
    Checkpoint checkpoint = Checkpoints.read(folder);
    if (checkpoint.state().isEmpty()) {
      throw new ConfigException(folder + " has no training_state to resume from");
    }
    checkBasis(Basis.of(JobRunner.JSON.<JsonNode>valueToTree(checkpoint.state().get(BASIS))));
    committed = latest;
    Stop.savedUpTo(place(latest));
    writeRow(latest);
    trackers.resume();
    return Optional.of(checkpoint);
  }

  private void checkBasis(Optional<Basis> earlier) {
    String changed =
        earlier.isEmpty()
            ? "an earlier version of the program saved it and did not note all that it depends on"
            : basis.difference(earlier.get()).orElse("");
    if (!changed.isEmpty()) {
      throw new ConfigException(
          "run_id: run "
              + runId
              + " cannot go on: "
              + changed
              + "; change that back, name another run_id, or begin anew with"
              + " resume_from_checkpoint=false");
    }
  }

  /** The last committed step, or -1. */
  public long committed() {
    return committed;
  }

  public void metric(long step, String name, double value) {
    StepMetric metric = new StepMetric(runId, step, name, value);
    metrics.add(metric);
    trackers.metric(metric);
  }

  /**
   * Shows all numbers from now on in other programs too. To be called before {@link #resume}.
   *
   * @param folder for TensorBoard; empty for none
   * @param server of MLflow, or a folder of MLflow's form; empty for none
   * @param config what MLflow shows as parameters
   * @throws ConfigException if a folder cannot be written
   */
  public void showIn(String folder, String server, Record config) {
    Map<String, String> tags = new HashMap<>();
    tags.put("atomforge.run_id", runId);
    tags.put("atomforge.checkpoints", folders.address());
    tags.put("atomforge.parent_checkpoint", parent.isEmpty() ? "none" : parent);
    trackers =
        Trackers.open(folder, server, runId, tags, config, after -> rows.metrics(after, committed));
  }

  public void rollouts(List<RolloutRow> more) {
    rollouts.addAll(more);
  }

  /**
   * Makes everything up to {@code step} durable.
   *
   * @param trainers of the same parameters, by name; the main one has an empty name
   * @param policies that the run compares with and could not make anew, by name
   * @param state what the caller goes on from, as JSON values
   */
  public void commit(
      long step,
      Saved saved,
      Map<String, Trainer> trainers,
      Map<String, Parameters> policies,
      Map<String, Object> state) {
    if (folders.latestStep() > committed) { // where files cannot be claimed
      throw taken();
    }
    rows.write(STEP_METRICS, committed + 1, step, metrics);
    if (!rollouts.isEmpty()) {
      rows.write(ROLLOUTS, committed + 1, step, rollouts);
    }
    Map<String, Object> values = new HashMap<>(state);
    values.put("step", step);
    values.put(BASIS, basis.tree());
    Parameters theta = Checkpoints.theta(trainers);
    save(
        step,
        folder ->
            new Checkpoint(folder, saved.model(), tokenizerFiles, saved.adapter(), values)
                .save(theta, Checkpoints.kept(trainers, policies), Precision.FP32));
    Stop.savedUpTo(place(step));
    metrics.clear();
    rollouts.clear();
    trackers.project();
  }

  private String place(long step) {
    return "step " + step + " of run " + runId;
  }

  /** Says that the run came to its end; one that is closed before has failed. */
  public void finish() {
    finished = true;
  }

  /** Writes a model that is the run's result but nothing to go on from. */
  public void export(long step, ModelConfig model, Parameters theta) {
    store.delete(Checkpoints.folder(runId, step));
    save(step, folder -> Checkpoint.of(folder, model, tokenizerFiles).save(theta, Precision.FP32));
  }

  private interface Writer {
    void write(Path folder) throws IOException;
  }

  private void save(long step, Writer checkpoint) {
    String folder = Checkpoints.folder(runId, step);
    try {
      checkpoint.write(store.place(folder));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot save " + store.address(folder), e);
    }
    store.publish(folder);
    committed = step;
    writeRow(step);
  }

  /**
   * Deletes the run's checkpoints but the first one, the latest ones and the best. A row goes
   * before its folder, so that no row ever points to nothing.
   *
   * @param limit how many of the latest to keep; 0 keeps all
   * @param best step to keep in any case
   */
  public void prune(int limit, long best) {
    List<Long> old = folders.old(limit, best);
    if (old.isEmpty()) {
      return;
    }
    rows.forget(old);
    old.forEach(step -> store.delete(Checkpoints.folder(runId, step)));
  }

  private void writeRow(long step) {
    String folder = Checkpoints.folder(runId, step);
    CheckpointRow row =
        new CheckpointRow(
            runId + "/step-" + step,
            runId,
            step,
            store.address(folder),
            parent,
            RunFolders.manifestHash(store.place(folder)));
    rows.write(CHECKPOINTS, step, step, List.of(row));
  }

  /** Ends what {@link #showIn} began. */
  @Override
  public void close() {
    trackers.end(finished);
    claim.close();
  }
}
