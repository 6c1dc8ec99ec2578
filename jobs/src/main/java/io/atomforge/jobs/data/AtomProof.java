package io.atomforge.jobs.data;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.config.ConfigException;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Verdict;
import io.atomforge.value.Equality;
import io.atomforge.value.Excerpt;
import java.util.Iterator;

/** Whether atoms do what their examples say. */
public final class AtomProof {
  private AtomProof() {}

  /**
   * Runs the examples of all atoms.
   *
   * @return the number of examples run
   * @throws ConfigException naming file, atom and example that fails
   */
  public static int run(AtomCatalog catalog, Sandbox sandbox) {
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
