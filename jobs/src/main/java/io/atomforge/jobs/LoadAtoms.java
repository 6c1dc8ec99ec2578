package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.AtomProof;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.Halves;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Reads the atoms, proves each by running its examples, and writes {@code atoms}. */
public final class LoadAtoms {
  /** See {@code conf/load-atoms.yaml}. */
  record Config(
      @Operational String warehouse,
      long seed,
      SandboxConfig sandbox,
      String atoms,
      int genericAtomsPerTopic)
      implements JobConfig {
    Config {
      Checks.atLeast(0, "generic_atoms_per_topic", genericAtomsPerTopic);
    }
  }

  record Summary(int atoms, int variants, int examplesProven, String isolation) {}

  static final Job<Config> JOB =
      new Job<>(
              "LoadAtoms",
              "read the atomic functions, prove them, write the table atoms",
              Config.class,
              List.of(),
              List.of(ATOMS),
              LoadAtoms::run)
          .dependsOn(LoadAtoms::inputs);

  private LoadAtoms() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  private static List<Input> inputs(Config config) {
    return config.atoms().isEmpty() ? List.of() : List.of(Inputs.OfFiles.local(config.atoms()));
  }

  static Summary run(Warehouse warehouse, Config config) {
    AtomCatalog catalog = AtomCatalog.load(config.atoms());
    List<Atom> atoms = catalog.atoms();
    Sandbox sandbox = config.sandbox().open(0);
    int examples = AtomProof.run(catalog, sandbox);
    List<Atom> bases = atoms.stream().filter(a -> a.variant() == Atom.Variant.BASE).toList();
    Halves halves = Halves.of(atoms, config.seed(), config.genericAtomsPerTopic());
    Map<String, String> half = new HashMap<>();
    halves.a().forEach(atom -> half.put(atom.name(), "S_A"));
    halves.b().forEach(atom -> half.put(atom.name(), "S_B"));
    halves.generic().forEach(atom -> half.put(atom.name(), "S_G"));
    List<AtomRow> rows = new ArrayList<>();
    for (Atom atom : atoms) {
      rows.add(
          AtomRow.of(
              atom,
              atom.variant() == Atom.Variant.SEMANTIC ? "" : half.getOrDefault(atom.name(), "")));
    }
    warehouse.overwrite(ATOMS, warehouse.dataset(ATOMS, rows).coalesce(1));
    return new Summary(
        bases.size(), atoms.size() - bases.size(), examples, sandbox.isolation().toString());
  }
}
