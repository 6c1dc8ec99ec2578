package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.config.Basis;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Progress;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.RunFolders;
import io.atomforge.tables.Warehouse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Jobs one after the other. A stage is skipped when its result is there and all that the result
 * depends on is as it was; a stage that was interrupted goes on; else it is made anew, and {@link
 * Basis} says why.
 *
 * <p>Two stages of a list may write the same table. Each stage is given what it would have read if
 * all stages had just run in order: where a later one has written over that, the earlier one writes
 * it again first. What was changed from outside since the list was finished stays, and the stages
 * that read it are made anew.
 */
public final class Stages {
  /**
   * A job with its config, under a name of its own.
   *
   * @param always whether it runs even where it is done already: it is quick, and its summary is
   *     what the caller prints
   */
  public record Stage(String name, Job<?> job, ConfigLoader loader, boolean always) {
    /** Inputs that are files of the user's. */
    public List<Input> files() {
      return inputs(job).stream().filter(Inputs.OfFiles.class::isInstance).toList();
    }

    /** The name without the seed before it. */
    private String part() {
      return name.replaceFirst(".*/", "");
    }

    private List<Input> inputs() {
      return always ? List.of() : inputs(job);
    }

    private <C extends Record & JobConfig> List<Input> inputs(Job<C> its) {
      return its.inputs().of(loader.bind(its.config()));
    }

    private <C extends Record & JobConfig> Basis basis(
        Job<C> its, Map<String, String> fingerprints) {
      return its.basis(loader.bind(its.config()), input -> fingerprints.get(input.name()));
    }

    private <C extends Record & JobConfig> Record run(Job<C> its, Warehouse warehouse)
        throws Exception {
      return its.body()
          .run(warehouse.as(JobRunner.provenance(its, loader)), loader.bind(its.config()));
    }
  }

  private final List<Stage> stages;
  private final Warehouse warehouse;
  private final FileStore store;
  private final StageMarks marks;
  private final Contents contents;

  /** By name, of all stages. */
  private final Map<String, Input> inputs = new TreeMap<>();

  private final Map<String, Record> summaries = new LinkedHashMap<>();

  private Stages(List<Stage> stages, Warehouse warehouse, FileStore store) {
    this.stages = stages;
    this.warehouse = warehouse;
    this.store = store;
    this.marks = StageMarks.open(store);
    this.contents = new Contents(warehouse);
    stages.forEach(stage -> stage.inputs().forEach(input -> inputs.put(input.name(), input)));
  }

  /**
   * @return what those that were run said, by the stage's name, in the order they ended
   */
  public static Map<String, Record> run(List<Stage> stages, Warehouse warehouse, FileStore store)
      throws Exception {
    return run(stages, stage -> true, warehouse, store);
  }

  /**
   * Runs some stages of a list, as part of it: each is given what the stages before it left.
   *
   * @return as above
   */
  public static Map<String, Record> run(
      List<Stage> stages, Predicate<Stage> wanted, Warehouse warehouse, FileStore store)
      throws Exception {
    checkTables(stages, wanted, warehouse);
    warehouse.mark();
    FileStore.Claim claim =
        store
            .claim("stages")
            .orElseThrow(
                () ->
                    new ConfigException(
                        "warehouse: another Pipeline or RunExperiment works in "
                            + warehouse.address()
                            + "; let it end, or name another warehouse"));
    try {
      return wanted(stages, wanted, warehouse, store);
    } finally {
      claim.close();
    }
  }

  /** Before anything is written: a stage alone needs the tables that stages before it write. */
  private static void checkTables(
      List<Stage> stages, Predicate<Stage> wanted, Warehouse warehouse) {
    for (int i = 0; i < stages.size(); i++) {
      Stage stage = stages.get(i);
      List<Stage> before = stages.subList(0, i);
      for (Input input : wanted.test(stage) ? stage.inputs() : List.<Input>of()) {
        Optional<Stage> writer = before.stream().filter(s -> writesTable(s, input)).findFirst();
        if (writer.isPresent() && !wanted.test(writer.get()) && input.stamp(warehouse).isEmpty()) {
          throw new ConfigException(
              stage.name()
                  + ": "
                  + input.name()
                  + " is not there; run stage "
                  + writer.get().name()
                  + " first");
        }
      }
    }
  }

  /** Whether a stage writes the table that an input is of; other inputs may change with any job. */
  private static boolean writesTable(Stage stage, Input input) {
    return !input.changesWith(List.of()) && input.changesWith(stage.job().writes());
  }

  private static Map<String, Record> wanted(
      List<Stage> stages, Predicate<Stage> wanted, Warehouse warehouse, FileStore store)
      throws Exception {
    Stages all = new Stages(stages, warehouse, store);
    stages.stream().filter(wanted).forEach(stage -> stage.inputs().forEach(all::adopt));
    for (int i = 0; i < stages.size(); i++) {
      if (!wanted.test(stages.get(i))) {
        continue;
      }
      String eta = all.secondsLeft(i, wanted).map(s -> " | eta " + Progress.duration(s)).orElse("");
      System.err.printf("stage %d/%d %s%s%n", i + 1, stages.size(), stages.get(i).name(), eta);
      if (all.done(i)) {
        System.err.println("  already done");
      } else {
        all.execute(i);
      }
    }
    return all.summaries;
  }

  /**
   * A content that none of the stages left behind was written from outside. It counts as the work
   * of the last stage that writes there; not while a stage is half done, which may have written it.
   */
  private void adopt(Input input) {
    if (stages.stream().anyMatch(s -> marks.begun(s.name()) && !marks.finished(s.name()))) {
      return;
    }
    List<Stage> writers =
        stages.stream().filter(s -> marks.wrote(s.name()).containsKey(input.name())).toList();
    String now = writers.isEmpty() ? "" : contents.of(input);
    if (!now.isEmpty()
        && writers.stream().noneMatch(s -> now.equals(marks.wrote(s.name()).get(input.name())))) {
      marks.adopt(writers.get(writers.size() - 1).name(), input.name(), now);
    }
  }

  /**
   * How long the unfinished stages from {@code i} on take if each takes as long as that of the same
   * name with another seed took; empty if there is none for one of them, or nothing is left.
   */
  private Optional<Double> secondsLeft(int i, Predicate<Stage> wanted) {
    double left = 0;
    for (Stage stage : stages.subList(i, stages.size())) {
      if (!wanted.test(stage) || marks.finished(stage.name())) {
        continue;
      }
      OptionalDouble mean =
          stages.stream()
              .filter(s -> s.part().equals(stage.part()) && marks.finished(s.name()))
              .mapToDouble(s -> marks.seconds(s.name()))
              .average();
      if (mean.isEmpty()) {
        return Optional.empty();
      }
      left += mean.getAsDouble();
    }
    return left == 0 ? Optional.empty() : Optional.of(left);
  }

  private boolean done(int i) {
    Stage stage = stages.get(i);
    return !stage.always()
        && marks.finished(stage.name())
        && stage.job().writes().stream().allMatch(warehouse::exists)
        && marks.wrote(stage.name()).keySet().stream().noneMatch(this::gone)
        && marks.basis(stage.name()).equals(Optional.of(basis(i)));
  }

  private boolean gone(String input) {
    return inputs.containsKey(input) && contents.of(inputs.get(input)).isEmpty();
  }

  private Basis basis(int i) {
    return stages.get(i).basis(stages.get(i).job(), given(i));
  }

  /** What a stage reads if all before it have just run: name of an input to its fingerprint. */
  private Map<String, String> given(int i) {
    Map<String, String> given = new TreeMap<>();
    for (Input input : stages.get(i).inputs()) {
      int writer = writer(input, i);
      given.put(
          input.name(),
          writer < 0
              ? contents.of(input)
              : marks.wrote(stages.get(writer).name()).get(input.name()));
    }
    return given;
  }

  /** The last stage before {@code i} that wrote the input, or -1. */
  private int writer(Input input, int i) {
    int j = i - 1;
    while (j >= 0 && !marks.wrote(stages.get(j).name()).containsKey(input.name())) {
      j--;
    }
    return j;
  }

  private void execute(int i) throws Exception {
    Stage stage = stages.get(i);
    restore(i);
    Basis basis = basis(i);
    boolean goesOn = marks.basis(stage.name()).equals(Optional.of(basis));
    if (!goesOn) {
      if (marks.begun(stage.name()) && !stage.always()) {
        System.err.println("  made anew: " + changed(stage, basis));
      }
      JsonNode settings = stage.loader().tree();
      if (settings.has("resume_from_checkpoint")) {
        // Before the mark: a run that is killed in between must not resume what is left.
        new RunFolders(store, settings.path("run_id").asText()).discard();
      }
    }
    marks.begin(stage.name(), basis, outputs(stage));
    long begin = System.nanoTime();
    summaries.put(stage.name(), stage.run(stage.job(), warehouse));
    double seconds = (System.nanoTime() - begin) / 1e9;
    marks.finish(stage.name(), outputs(stage), seconds);
    System.err.printf("  done in %s%n", Progress.duration(seconds));
  }

  private String changed(Stage stage, Basis basis) {
    return marks
        .basis(stage.name())
        .map(earlier -> basis.difference(earlier).orElseThrow())
        .orElse("an earlier version of the program made it");
  }

  /** Has earlier stages write again what the stage reads and a later one has written over. */
  private void restore(int i) throws Exception {
    for (Map.Entry<String, String> input : given(i).entrySet()) {
      Input its = Objects.requireNonNull(inputs.get(input.getKey()), input.getKey());
      if (!contents.of(its).equals(input.getValue())) {
        int writer = writer(its, i);
        System.err.printf(
            "  %s was overwritten by a later stage; stage %s writes it again%n",
            input.getKey(), stages.get(writer).name());
        execute(writer);
      }
    }
  }

  /** What the stage can change of all inputs, as it stands. */
  private Map<String, String> outputs(Stage stage) {
    Map<String, String> outputs = new TreeMap<>();
    for (Input input : inputs.values()) {
      if (input.changesWith(stage.job().writes())) {
        outputs.put(input.name(), contents.of(input));
      }
    }
    return outputs;
  }
}
