package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.atoms.Atom;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.Execution;
import io.atomforge.sandbox.Limits;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.List;

/**
 * Runs candidates in a sandbox, several in one program, of which each has the limits of a program:
 * if together they pass one, or anything else goes wrong that a neighbour may have caused, each of
 * them runs in a program of its own, and what that shows holds.
 */
final class SharedProgram {
  /** Candidates in one program. A program costs about a millisecond before it does anything. */
  static final int USUAL = 64;

  private static final String HARNESS = harness();
  private static final int LARGEST_OUTPUT_KIB = 65536;

  private final Sandbox sandbox;
  private final Limits limits;
  private final int together;

  /**
   * @param together candidates in one program, 1 or more
   */
  SharedProgram(Sandbox sandbox, int together) {
    this.sandbox = sandbox;
    this.limits = sandbox.limits();
    this.together = together;
  }

  /**
   * What one candidate asks of {@code gate.py}.
   *
   * @param atoms those it defines
   */
  record Part(Collection<Atom> atoms, List<Call> calls) {}

  /** The call that runs {@code wiring}, a function {@code solve} over atoms, on each input. */
  static Call solve(Collection<Atom> atoms, String wiring, Collection<? extends JsonNode> inputs) {
    ArrayNode ids = JsonNodeFactory.instance.arrayNode();
    atoms.forEach(atom -> ids.add(atom.atomId()));
    return call(
        "solve",
        ids,
        JsonNodeFactory.instance.textNode(wiring),
        JsonNodeFactory.instance.arrayNode().addAll(inputs));
  }

  static Call call(String what, JsonNode... args) {
    return new Call(
        JsonNodeFactory.instance.arrayNode().add(what).addAll(List.of(args)).toString());
  }

  /**
   * @return for each part one result per call, in order
   * @throws IllegalStateException if the sandbox itself failed
   */
  List<List<CallResult>> run(List<Part> parts) {
    List<List<Part>> groups = new ArrayList<>();
    for (int i = 0; i < parts.size(); i += together) {
      groups.add(parts.subList(i, Math.min(parts.size(), i + together)));
    }
    List<List<CallResult>> all = new ArrayList<>();
    Iterator<List<List<CallResult>>> results = sandbox.inOrder(groups.iterator(), this::group);
    List<Integer> again = new ArrayList<>();
    while (results.hasNext()) {
      for (List<CallResult> own : results.next()) {
        if (own == null) {
          again.add(all.size());
        }
        all.add(own);
      }
    }
    Iterator<List<CallResult>> alone =
        sandbox.inOrder(again.iterator(), place -> alone(parts.get(place)));
    again.forEach(place -> all.set(place, alone.next()));
    return all;
  }

  /** The results of each part, null for one that must run alone. */
  private List<List<CallResult>> group(List<Part> parts) {
    if (parts.size() == 1) {
      return List.of(alone(parts.get(0)));
    }
    int output = (int) Math.min(LARGEST_OUTPUT_KIB, (long) parts.size() * limits.outputLimitKib());
    Execution ran =
        sandbox.run(
            program(parts), new Limits(limits.timeLimitSeconds(), limits.memoryLimitMib(), output));
    List<List<CallResult>> results = new ArrayList<>();
    int next = 1;
    for (Part part : parts) {
      List<CallResult> own = ran.calls().subList(next, next + part.calls.size());
      results.add(ran.outcome() == Outcome.PASSED && isItsOwn(own) ? own : null);
      next += part.calls.size();
    }
    return results;
  }

  /**
   * Whether the part would have shown the same alone. The sandbox estimates the size of a result,
   * at most twice too large, so half of what a program may say is left unused.
   */
  private boolean isItsOwn(List<CallResult> results) {
    long characters = 0;
    for (CallResult result : results) {
      if (result.outcome() != Outcome.PASSED) {
        return false;
      }
      characters += result.outputJson().length();
    }
    return characters <= limits.outputLimitKib() * 1024L / 2;
  }

  private List<CallResult> alone(Part part) {
    Execution ran = sandbox.run(program(List.of(part)), limits);
    if (ran.outcome() == Outcome.SANDBOX_ERROR) {
      throw new IllegalStateException("The sandbox failed: " + ran.detail());
    }
    return ran.calls().subList(1, ran.calls().size());
  }

  private static Program program(List<Part> parts) {
    ObjectNode sources = JsonNodeFactory.instance.objectNode();
    List<Call> calls = new ArrayList<>();
    for (Part part : parts) {
      part.atoms.forEach(atom -> sources.put(atom.atomId(), atom.code()));
      calls.addAll(part.calls);
    }
    calls.add(0, call("define", sources));
    return new Program(HARNESS, "gate", calls);
  }

  private static String harness() {
    try (InputStream in = SharedProgram.class.getResourceAsStream("gate.py")) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
