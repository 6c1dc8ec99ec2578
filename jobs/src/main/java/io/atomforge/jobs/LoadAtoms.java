package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Verdict;
import io.atomforge.synthesis.Halves;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.value.Equality;
import io.atomforge.value.Excerpt;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;

/** Reads the atoms, proves each by running its examples, and writes {@code atoms}. */
public final class LoadAtoms {
  /** See {@code conf/load-atoms.yaml}. */
  record Config(@Operational String warehouse, long seed, SandboxConfig sandbox, String atoms)
      implements JobConfig {}

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
    int examples = prove(catalog, sandbox);
    List<Atom> bases = atoms.stream().filter(a -> a.variant() == Atom.Variant.BASE).toList();
    List<String> halfA = Halves.of(bases, config.seed()).a().stream().map(Atom::name).toList();
    List<AtomRow> rows = new ArrayList<>();
    for (Atom atom : atoms) {
      rows.add(
          AtomRow.of(
              atom,
              atom.variant() == Atom.Variant.SEMANTIC
                  ? ""
                  : halfA.contains(atom.name()) ? "S_A" : "S_B"));
    }
    warehouse.overwrite(ATOMS, warehouse.dataset(ATOMS, rows).coalesce(1));
    return new Summary(
        bases.size(), atoms.size() - bases.size(), examples, sandbox.isolation().toString());
  }

  /**
   * @return the number of examples run
   * @throws ConfigException naming file, atom and example that fails
   */
  private static int prove(AtomCatalog catalog, Sandbox sandbox) {
    JudgeOptions options =
        new JudgeOptions(sandbox.limits(), Equality.DEFAULT, Program.AfterFailure.GO_ON);
    Iterator<Verdict> verdicts =
        sandbox.inOrder(
            catalog.atoms().iterator(), atom -> sandbox.judge(atom.code(), tests(atom), options));
    for (Atom atom : catalog.atoms()) {
      Verdict verdict = verdicts.next();
      if (verdict.outcome() != Outcome.PASSED) {
        throw new ConfigException(
            catalog.file(atom) + ": atom " + atom.atomId() + ": " + failure(atom, verdict));
      }
    }
    return catalog.atoms().stream().mapToInt(a -> a.examples().size()).sum();
  }

  private static Tests tests(Atom atom) {
    return new Tests.Calls(
        atom.name(),
        atom.examples().stream()
            .map(e -> new Tests.Calls.Case(new Call(e.argsJson()), e.resultJson()))
            .toList());
  }

  private static String failure(Atom atom, Verdict verdict) {
    for (int i = 0; i < verdict.calls().size(); i++) {
      CallResult call = verdict.calls().get(i);
      if (call.outcome() != Outcome.PASSED) {
        Atom.Example example = atom.examples().get(i);
        String given =
            call.outputJson().isEmpty()
                ? call.outcome() + " " + call.error()
                : Excerpt.json(call.outputJson(), 1000);
        return "example "
            + example.argsJson()
            + " gives "
            + given
            + ", stated "
            + example.resultJson();
      }
    }
    return verdict.outcome() + " " + verdict.detail();
  }
}
