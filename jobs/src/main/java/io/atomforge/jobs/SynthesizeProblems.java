package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CANDIDATES;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.SOLUTIONS;

import io.atomforge.config.Basis;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.CandidateSource;
import io.atomforge.jobs.data.Candidates;
import io.atomforge.jobs.data.Counts;
import io.atomforge.jobs.data.Decontamination;
import io.atomforge.jobs.data.ProblemChoice;
import io.atomforge.jobs.data.WantedProblems;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.synthesis.Family;
import io.atomforge.synthesis.Grammar;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Warehouse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.storage.StorageLevel;

/**
 * Draws candidates, proves in the sandbox those that {@code candidates} does not have yet, and
 * writes {@code problems}, {@code rejections} and {@code solutions}.
 */
public final class SynthesizeProblems {
  /** See {@code conf/synthesize-problems.yaml}. */
  record Config(
      @Operational String warehouse,
      long seed,
      @Operational int partitions,
      SandboxConfig sandbox,
      int renderingsPerAtom,
      int renderingsPerVariant,
      int compositeA,
      int compositeB,
      int compositeC,
      int compositeG,
      double oversample,
      @Operational int sliceSize,
      int minimumDistinctOutputs,
      List<String> decontaminate,
      int decontaminateWords,
      Grammar grammar)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.atLeast(0, "renderings_per_atom", renderingsPerAtom);
      Checks.atLeast(0, "renderings_per_variant", renderingsPerVariant);
      Checks.atLeast(1, "decontaminate_words", decontaminateWords);
      Checks.atLeast(0, "composite_a", compositeA);
      Checks.atLeast(0, "composite_b", compositeB);
      Checks.atLeast(0, "composite_c", compositeC);
      Checks.atLeast(0, "composite_g", compositeG);
      Checks.atLeast(1, "slice_size", sliceSize);
      Checks.atLeast(2, "minimum_distinct_outputs", minimumDistinctOutputs);
      Checks.check(oversample >= 1 && oversample <= 100, "oversample", oversample, "1 to 100");
    }

    Candidates.Settings candidates() {
      return new Candidates.Settings(
          seed, partitions, sandbox, oversample, sliceSize, minimumDistinctOutputs, grammar);
    }
  }

  record Summary(
      Map<String, Long> problems,
      Map<String, Long> splits,
      Map<String, Long> rejections,
      Map<String, String> space) {}

  static final Job<Config> JOB =
      new Job<>(
              "SynthesizeProblems",
              "compose atoms into problems, proven by execution, split apart",
              Config.class,
              List.of(ATOMS),
              List.of(CANDIDATES, PROBLEMS, REJECTIONS, SOLUTIONS),
              SynthesizeProblems::run)
          .dependsOn(SynthesizeProblems::inputs);

  private SynthesizeProblems() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    return Stream.<Input>concat(
            Stream.of(Input.Rows.of(ATOMS)),
            config.decontaminate().stream().map(Inputs.OfFiles::hadoop))
        .toList();
  }

  static Summary run(Warehouse warehouse, Config config) {
    config.sandbox().open(0); // refuses before anything is read
    Decontamination decontamination =
        Decontamination.open(
            warehouse, config.sandbox(), config.decontaminate(), config.decontaminateWords());
    List<AtomRow> atoms = Rows.collect(ATOMS, warehouse.read(ATOMS));
    Candidates.Settings settings = config.candidates();
    Broadcast<CandidateSource> source = CandidateSource.send(warehouse, settings, atoms);
    int bases = source.value().bases();
    WantedProblems wanted = wanted(config, bases, atoms.size() - bases);
    wanted.check(source.value());
    Dataset<Row> slots =
        Candidates.slots(warehouse, settings, source, wanted)
            .persist(StorageLevel.MEMORY_AND_DISK());
    Basis basis = Candidates.basis(warehouse, settings);
    Dataset<Row> judged = Candidates.judge(warehouse, slots, settings, source, basis);
    try (ProblemChoice choice = new ProblemChoice(slots, judged, decontamination, wanted)) {
      choice.write(warehouse, source);
    }
    slots.unpersist();
    Map<String, Long> made = Counts.of(warehouse.read(PROBLEMS), "family");
    wanted.sayShort(made, config.oversample());
    Map<String, String> space = source.value().composer().space();
    source.destroy();
    return new Summary(
        made,
        Counts.of(warehouse.read(PROBLEMS), "split"),
        Counts.of(warehouse.read(REJECTIONS), "stage"),
        space);
  }

  private static WantedProblems wanted(Config config, int atoms, int variants) {
    Map<Family, Integer> wanted = new LinkedHashMap<>();
    wanted.put(Family.ATOM, config.renderingsPerAtom() * atoms);
    wanted.put(Family.ATOM_MODIFY, config.renderingsPerVariant() * variants);
    wanted.put(Family.COMPOSITE_A, config.compositeA());
    wanted.put(Family.COMPOSITE_B, config.compositeB());
    wanted.put(Family.COMPOSITE_C, config.compositeC());
    wanted.put(Family.COMPOSITE_G, config.compositeG());
    return new WantedProblems(wanted);
  }
}
