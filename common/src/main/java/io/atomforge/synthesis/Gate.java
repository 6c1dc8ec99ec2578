package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import io.atomforge.atoms.Atom;
import io.atomforge.graph.Graph;
import io.atomforge.random.Hashes;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Proves candidates by execution. Each runs twice: in one sandbox with its variants, which decides
 * about it and chooses its tests; then, as wiring over the library, on these tests in another with
 * a different hash seed and other candidates before it, so that an answer which depends on either
 * is refused.
 */
public final class Gate {
  /** Changes whenever the gate would judge a candidate in another way. */
  public static final int VERSION = 2;

  /** Tests of a problem. */
  public static final int INPUTS = 12;

  private static final int VISIBLE = 4;
  private static final int LARGEST_OUTPUT_BYTES = 4096;

  private final SharedProgram first;
  private final SharedProgram second;
  private final AtomLibrary library;
  private final Function<List<String>, String> split;
  private final int distinctOutputs;
  private final Renderer renderer = new Renderer();
  private final Prompts english = new Prompts(Wording.ENGLISH);
  private final Prompts chinese = new Prompts(Wording.CHINESE);

  /**
   * @param first a sandbox
   * @param second one with another hash seed
   * @param split gives a composite's split from its ordered atoms
   * @param distinctOutputs least number of different outputs over the {@value #INPUTS} inputs, 2 or
   *     more
   */
  public Gate(
      Sandbox first,
      Sandbox second,
      AtomLibrary library,
      Function<List<String>, String> split,
      int distinctOutputs) {
    this(first, second, library, split, distinctOutputs, SharedProgram.USUAL);
  }

  /**
   * @param together candidates in one program, on which no result depends
   */
  Gate(
      Sandbox first,
      Sandbox second,
      AtomLibrary library,
      Function<List<String>, String> split,
      int distinctOutputs,
      int together) {
    this.first = new SharedProgram(first, together);
    this.second = new SharedProgram(second, together);
    this.library = library;
    this.split = split;
    this.distinctOutputs = distinctOutputs;
  }

  /** What became of a candidate: exactly one of the two lists has one element. */
  public record Result(List<Problem> problem, List<Rejection> rejection) {
    public Result {
      problem = List.copyOf(problem);
      rejection = List.copyOf(rejection);
    }
  }

  /** A candidate that may still be refused, with its tests. */
  private record Passed(Trial trial, Trial.Observed observed, TestChoice tests) {
    /** Those of the tests, backwards, so that what one leaves to the next is not the same twice. */
    List<ArrayNode> inputs() {
      List<ArrayNode> inputs = new ArrayList<>();
      tests.inputs().forEach(place -> inputs.add(0, trial.inputs().get(place)));
      return inputs;
    }
  }

  /**
   * @return one result per candidate, in order; none depends on the others
   * @throws IllegalStateException if the sandbox itself failed
   */
  public List<Result> judge(List<Candidate> candidates) {
    List<Trial> trials = candidates.stream().map(c -> Trial.of(c, library.bases())).toList();
    List<List<CallResult>> firsts = first.run(trials.stream().map(t -> t.part(renderer)).toList());
    List<Result> results = new ArrayList<>();
    List<Passed> passed = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int i = 0; i < trials.size(); i++) {
      Trial trial = trials.get(i);
      Result refused = failure(trial, firsts.get(i).get(0), trial.inputs());
      if (refused == null) {
        Passed next = choose(trial, firsts.get(i));
        refused = refusal(next);
        if (refused == null) {
          passed.add(next);
          places.add(i);
        }
      }
      results.add(refused);
    }
    // Backwards, as their inputs.
    Collections.reverse(passed);
    Collections.reverse(places);
    List<List<CallResult>> seconds = second.run(passed.stream().map(this::wiring).toList());
    for (int i = 0; i < passed.size(); i++) {
      results.set(places.get(i), confirm(passed.get(i), seconds.get(i).get(0)));
    }
    return results;
  }

  private static Passed choose(Trial trial, List<CallResult> results) {
    Trial.Observed observed = trial.observed(results);
    List<BitSet> mutants = new ArrayList<>();
    for (int v = 0; v < trial.variants().size(); v++) {
      if (trial.variants().get(v).mutant() && observed.differs().get(v) != null) {
        mutants.add(observed.differs().get(v));
      }
    }
    return new Passed(trial, observed, TestChoice.of(mutants, observed.outputs(), INPUTS));
  }

  private SharedProgram.Part wiring(Passed passed) {
    String wiring = renderer.call(passed.trial.candidate().graph());
    List<Atom> atoms = library.named(wiring);
    return new SharedProgram.Part(
        atoms, List.of(SharedProgram.solve(atoms, wiring, passed.inputs())));
  }

  /** Null if every input gave a value. */
  private static @Nullable Result failure(Trial trial, CallResult solved, List<ArrayNode> inputs) {
    Outcome outcome = solved.outcome();
    String why = solved.error();
    if (outcome == Outcome.PASSED) {
      JsonNode both = Trial.json(solved.outputJson());
      if (both.get(1).asText().isEmpty()) {
        return null;
      }
      outcome = Outcome.RUNTIME_ERROR;
      why = inputs.get(both.get(0).size()) + ": " + both.get(1).asText();
    }
    return rejected(trial, "V1_" + outcome, "does not run on a simulated input", why);
  }

  /** Null if the first run has nothing against the candidate. */
  private @Nullable Result refusal(Passed passed) {
    Trial trial = passed.trial;
    Trial.Observed observed = passed.observed;
    for (int i = 0; i < observed.outputs().size(); i++) {
      JsonNode output = observed.outputs().get(i);
      if (output.isNull()) {
        return rejected(trial, "V2_NONE", "returns None", trial.inputs().get(i).toString());
      }
      if (output.toString().getBytes(StandardCharsets.UTF_8).length > LARGEST_OUTPUT_BYTES) {
        return rejected(
            trial,
            "V5_TOO_LARGE",
            "a result exceeds " + LARGEST_OUTPUT_BYTES + " bytes",
            trial.inputs().get(i).toString());
      }
    }
    long distinct = passed.tests.inputs().stream().map(observed.outputs()::get).distinct().count();
    if (distinct < distinctOutputs) {
      return rejected(
          trial,
          "V3_DULL",
          "fewer than " + distinctOutputs + " different results",
          distinct + " over " + INPUTS + " inputs");
    }
    int variants = trial.variants().size();
    for (int v = 0; v <= variants; v++) {
      boolean input = v == variants;
      if ((input || trial.variants().get(v).part())
          && observed.differs().get(v) != null
          && !observed.differsOnInputs(v)) {
        return rejected(
            trial,
            "V6_REDUNDANT",
            "a part of it, or the input itself, gives the same",
            input ? "input" : trial.variants().get(v).graph().key());
      }
    }
    return null;
  }

  private Result confirm(Passed passed, CallResult solved) {
    Trial trial = passed.trial;
    Result failed = failure(trial, solved, passed.inputs());
    if (failed != null) {
      return failed;
    }
    JsonNode again = Trial.json(solved.outputJson()).get(0);
    List<TestCase> tests = new ArrayList<>();
    for (int i = 0; i < INPUTS; i++) {
      int input = passed.tests.inputs().get(i);
      JsonNode output = passed.observed.outputs().get(input);
      if (!output.equals(again.get(INPUTS - 1 - i))) {
        return rejected(
            trial,
            "V4_UNSTABLE",
            "two runs with different hash seeds disagree",
            trial.inputs().get(input).toString());
      }
      tests.add(new TestCase(trial.inputs().get(input).toString(), output.toString(), i < VISIBLE));
    }
    return new Result(List.of(problem(passed, tests)), List.of());
  }

  /**
   * Types, and the outputs on the shared probes; where some probe fails, the outputs on the own
   * inputs too.
   */
  private static String fingerprint(Trial trial, Trial.Observed observed) {
    String text = Trial.types(trial.candidate().graph()) + "\n" + observed.probes();
    return Hashes.of(
        observed.probes().contains("!") ? text + "\n" + observed.outputs() + trial.inputs() : text);
  }

  private Problem problem(Passed passed, List<TestCase> tests) {
    Candidate candidate = passed.trial.candidate();
    Graph graph = candidate.graph();
    return new Problem(
        Hashes.of(graph.key() + "\n" + candidate.english() + "\n" + candidate.chinese()),
        candidate.family().label(),
        graph.atomIds(),
        graph.steps().size(),
        Graph.ENTRY_POINT,
        graph.signature(),
        english.write(graph, candidate.english()),
        chinese.write(graph, candidate.chinese()),
        renderer.inline(graph),
        renderer.call(graph),
        tests,
        passed.tests.mutationScore(),
        graph.hash(),
        fingerprint(passed.trial, passed.observed),
        candidate.family().alone() ? "train" : split.apply(graph.atomIds()));
  }

  private static Result rejected(Trial trial, String stage, String reason, String detail) {
    return new Result(
        List.of(), List.of(new Rejection(trial.candidate().key(), stage, reason, detail)));
  }
}
