package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.Pretrained;
import io.atomforge.jobs.run.TrainingRun;
import io.atomforge.merge.Merge;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Merges the weights of several checkpoints into one model. All of them are in the driver's memory
 * at once.
 */
public final class MergeCheckpoints {
  /** See {@code conf/merge-checkpoints.yaml}. */
  public record Config(
      @Operational String warehouse,
      @Operational String files,
      long seed,
      String runId,
      List<String> models,
      Merge merge)
      implements JobConfig {
    public Config {
      models = List.copyOf(models);
      Checks.runId("run_id", runId);
    }

    /** The base, if there is one, and the models. */
    private Stream<String> all() {
      return Stream.concat(Stream.of(merge.base()).filter(b -> !b.isEmpty()), models.stream());
    }
  }

  record Summary(String checkpointId, List<String> merged, long parameters) {}

  static final Job<Config> JOB =
      new Job<>(
              "MergeCheckpoints",
              "one model from the weights of several",
              Config.class,
              List.of(CHECKPOINTS),
              List.of(CHECKPOINTS),
              MergeCheckpoints::run)
          .dependsOn(
              config ->
                  config
                      .all()
                      .<Input>map(name -> new Inputs.OfCheckpoint("models", name))
                      .toList());

  private MergeCheckpoints() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    if (config.models().isEmpty()) {
      throw new ConfigException("models: the list is empty; name two checkpoints or more");
    }
    try {
      config.merge().check(config.models().size());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("merge: " + e.getMessage() + "; models are " + config.models());
    }
    FileStore store = FileStore.open(warehouse, config.files());
    if (Checkpoints.isTrained(warehouse, store, config.runId())) {
      throw new ConfigException(
          "run_id: " + config.runId() + " is the run of a training; name another for the merger");
    }
    List<Pretrained> all =
        config.all().map(name -> Pretrained.load(warehouse, store, "models", name)).toList();
    Pretrained first = all.get(0);
    all.forEach(other -> requireAlike(first, other));
    List<Parameters> weights = new ArrayList<>();
    try {
      all.forEach(model -> weights.add(model.weights(new ParameterLayout(model.config()))));
      boolean based = !config.merge().base().isEmpty();
      Parameters merged = weights.get(0);
      config.merge().merge(weights.subList(based ? 1 : 0, weights.size()), merged);
      List<String> ids = all.stream().map(Pretrained::id).toList();
      try (TrainingRun run =
          new TrainingRun(
              warehouse,
              store,
              config.runId(),
              String.join(",", ids),
              JOB.basis(config, warehouse),
              first.tokenizerFiles())) {
        run.resume(false);
        run.export(0, first.config(), merged);
        run.finish();
      }
      return new Summary(config.runId() + "/step-0", ids, merged.layout().size());
    } finally {
      weights.forEach(Parameters::close);
    }
  }

  private static void requireAlike(Pretrained first, Pretrained other) {
    if (!other.config().equals(first.config())) {
      throw new ConfigException(
          "models: %s and %s have different shapes, %s and %s"
              .formatted(first.id(), other.id(), first.config(), other.config()));
    }
    if (!other.tokenizer().hasIdsOf(first.tokenizer())) {
      throw new ConfigException(
          "models: the ids of the tokenizers of %s and %s mean different tokens"
              .formatted(first.id(), other.id()));
    }
  }
}
