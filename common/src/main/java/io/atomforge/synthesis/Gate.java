package io.atomforge.synthesis;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.InputGenerator;
import io.atomforge.random.Seeds;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Execution;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Proves candidates by execution (recipes 1.3). Each runs twice: inline code in one sandbox, wiring
 * over the library in another with a different hash seed, so that an answer which depends on either
 * is refused.
 */
public final class Gate {
  /** Simulated inputs per candidate; they become its tests. */
  public static final int INPUTS = 12;

  private static final int VISIBLE = 4;
  private static final int PROBES = 12;
  private static final int LARGEST_OUTPUT_BYTES = 4096;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Sandbox first;
  private final Sandbox second;
  private final AtomLibrary library;
  private final Function<List<String>, String> split;
  private final int distinctOutputs;

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
    this.first = first;
    this.second = second;
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

  /**
   * @return one result per candidate, in order
   * @throws IllegalStateException if the sandbox itself failed
   */
  public List<Result> judge(List<Candidate> candidates) {
    List<Program> inline = new ArrayList<>();
    List<Program> call = new ArrayList<>();
    List<List<Call>> calls = new ArrayList<>();
    for (Candidate candidate : candidates) {
      List<Call> inputs = inputs(candidate.chain());
      calls.add(inputs);
      List<Call> all = new ArrayList<>(inputs);
      all.addAll(probes(candidate.chain()));
      inline.add(new Program(probe(candidate.chain()), "probe", all));
      call.add(
          new Program(
              library.program(Renderer.call(candidate.chain())), Renderer.ENTRY_POINT, inputs));
    }
    List<Execution> firsts = first.runAll(inline);
    List<Execution> seconds = second.runAll(call);
    List<Result> results = new ArrayList<>();
    for (int i = 0; i < candidates.size(); i++) {
      results.add(judge(candidates.get(i), calls.get(i), firsts.get(i), seconds.get(i)));
    }
    return results;
  }

  /** Inputs of the chain's own generators, seeded by the chain. */
  private static List<Call> inputs(Chain chain) {
    List<Atom.Parameter> parameters = chain.inputs().stream().map(Chain.Input::parameter).toList();
    SplittableRandom random = Seeds.random(0, "inputs", chain.key());
    Set<String> drawn = new HashSet<>();
    List<Call> calls = new ArrayList<>();
    for (int tries = 0; calls.size() < INPUTS; tries++) {
      String arguments = InputGenerator.arguments(parameters, random).toString();
      if (drawn.add(arguments) || tries > 10 * INPUTS) {
        calls.add(new Call(arguments));
      }
    }
    return calls;
  }

  /** Inputs that all chains of the same parameter types share. */
  private static List<Call> probes(Chain chain) {
    List<Atom.Parameter> parameters =
        chain.inputs().stream()
            .map(i -> Domain.parse(i.parameter().domain().type(), JSON.createObjectNode()))
            .map(any -> new Atom.Parameter("any", any, any))
            .toList();
    SplittableRandom random = Seeds.random(0, "probes", types(chain));
    List<Call> calls = new ArrayList<>();
    for (int i = 0; i < PROBES; i++) {
      calls.add(new Call(InputGenerator.arguments(parameters, random).toString()));
    }
    return calls;
  }

  private static String types(Chain chain) {
    return chain.inputs().stream()
        .map(i -> i.parameter().domain().type().toString())
        .collect(Collectors.joining(", "));
  }

  /**
   * A program that returns the chain's result, followed by that of each of its parts and by its own
   * input.
   */
  private static String probe(Chain chain) {
    StringBuilder code = new StringBuilder(Renderer.inline(chain));
    List<Chain.Part> parts = chain.parts();
    StringBuilder table = new StringBuilder();
    for (int i = 0; i < parts.size(); i++) {
      code.append("\n\n").append(Renderer.call(parts.get(i).chain(), "part" + i));
      String picks =
          parts.get(i).inputs().stream()
              .map(p -> p + ",")
              .collect(Collectors.joining("", "(", ")"));
      table.append("(part").append(i).append(", ").append(picks).append("), ");
    }
    return code
        + """


        def probe(*args):
            out = [solve(*args)]
            for part, picks in [%s]:
                try:
                    out.append(part(*[args[i] for i in picks]))
                except Exception:
                    out.append(None)
            return out + [args[0]]
        """
            .formatted(table);
  }

  private Result judge(Candidate candidate, List<Call> calls, Execution inline, Execution call) {
    for (Execution execution : List.of(inline, call)) {
      if (execution.outcome() == Outcome.SANDBOX_ERROR) {
        throw new IllegalStateException(
            "The sandbox failed on " + candidate.key() + ": " + execution.detail());
      }
      List<CallResult> results = execution.calls();
      for (int i = 0; i < INPUTS; i++) {
        Outcome outcome = i < results.size() ? results.get(i).outcome() : execution.outcome();
        if (outcome != Outcome.PASSED) {
          String why = i < results.size() ? results.get(i).error() : execution.detail();
          return rejected(
              candidate,
              "V1_" + outcome,
              "does not run on a simulated input",
              calls.get(i).argsJson() + ": " + why);
        }
      }
    }
    List<JsonNode> outputs = new ArrayList<>();
    Set<JsonNode> distinct = new HashSet<>();
    Set<Integer> equalParts = new HashSet<>();
    for (int i = 0; i < INPUTS; i++) {
      JsonNode all = json(inline.calls().get(i).outputJson());
      JsonNode output = all.get(0);
      if (output.isNull()) {
        return rejected(candidate, "V2_NONE", "returns None", calls.get(i).argsJson());
      }
      if (!output.equals(json(call.calls().get(i).outputJson()))) {
        return rejected(
            candidate,
            "V4_UNSTABLE",
            "two runs with different hash seeds disagree",
            calls.get(i).argsJson());
      }
      if (output.toString().getBytes(StandardCharsets.UTF_8).length > LARGEST_OUTPUT_BYTES) {
        return rejected(
            candidate,
            "V5_TOO_LARGE",
            "a result exceeds " + LARGEST_OUTPUT_BYTES + " bytes",
            calls.get(i).argsJson());
      }
      Set<Integer> equalHere = new HashSet<>();
      for (int part = 1; part < all.size(); part++) {
        if (all.get(part).equals(output)) {
          equalHere.add(part);
        }
      }
      if (i == 0) {
        equalParts.addAll(equalHere);
      } else {
        equalParts.retainAll(equalHere);
      }
      outputs.add(output);
      distinct.add(output);
    }
    if (distinct.size() < distinctOutputs) {
      return rejected(
          candidate,
          "V3_DULL",
          "fewer than " + distinctOutputs + " different results",
          distinct.size() + " over " + INPUTS + " inputs");
    }
    if (!equalParts.isEmpty()) {
      return rejected(
          candidate,
          "V6_REDUNDANT",
          "a shorter chain, or the input itself, gives the same",
          "part " + equalParts);
    }
    return new Result(
        List.of(
            problem(candidate, calls, outputs, fingerprint(candidate.chain(), inline, outputs))),
        List.of());
  }

  /**
   * Types, and the outputs on the shared probes; where some probe fails, the outputs on the own
   * inputs too.
   */
  private static String fingerprint(Chain chain, Execution inline, List<JsonNode> outputs) {
    StringBuilder text = new StringBuilder(types(chain));
    boolean failed = false;
    for (int i = INPUTS; i < INPUTS + PROBES; i++) {
      boolean ran = i < inline.calls().size() && inline.calls().get(i).outcome() == Outcome.PASSED;
      text.append('\n')
          .append(ran ? json(inline.calls().get(i).outputJson()).get(0).toString() : "!");
      failed |= !ran;
    }
    return Hashes.of(failed ? text + "\n" + outputs + inputs(chain) : text.toString());
  }

  private Problem problem(
      Candidate candidate, List<Call> calls, List<JsonNode> outputs, String fingerprint) {
    Chain chain = candidate.chain();
    List<TestCase> tests = new ArrayList<>();
    for (int i = 0; i < INPUTS; i++) {
      tests.add(new TestCase(calls.get(i).argsJson(), outputs.get(i).toString(), i < VISIBLE));
    }
    return new Problem(
        Hashes.of(chain.key() + "\n" + candidate.english() + "\n" + candidate.chinese()),
        candidate.family().label(),
        chain.atomIds(),
        chain.steps().size(),
        Renderer.ENTRY_POINT,
        chain.signature(),
        Renderer.english(chain, candidate.english()),
        Renderer.chinese(chain, candidate.chinese()),
        Renderer.inline(chain),
        Renderer.call(chain),
        tests,
        fingerprint,
        candidate.family().alone() ? "train" : split.apply(chain.atomIds()));
  }

  private static Result rejected(Candidate candidate, String stage, String reason, String detail) {
    return new Result(List.of(), List.of(new Rejection(candidate.key(), stage, reason, detail)));
  }

  private static JsonNode json(String text) {
    try {
      return JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("The sandbox returned no JSON: " + text, e);
    }
  }
}
