package io.atomforge.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.atomforge.random.Seeds;
import io.atomforge.synthesis.Problem;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The functions that a program calls, in the order of its text, as steps that a trace walks through
 * with detours.
 *
 * @param right the steps that lead to the end
 * @param functions names of all functions, from which wrong steps are drawn
 * @param seed of what is drawn
 */
public record Steps(List<String> right, List<String> functions, long seed) {
  /** What the steps of a trace are. */
  public enum Content {
    /** Those of the reference. */
    @JsonProperty("reference")
    REFERENCE,
    /** Others, as many: to tell what the structure of a trace teaches from what its steps do. */
    @JsonProperty("random")
    RANDOM
  }

  /**
   * Wrong steps from a place to the end.
   *
   * @param from how many steps are right before it
   */
  record Detour(int from, List<String> steps) {}

  private static final Pattern CALL = Pattern.compile("(?<!def )\\b([A-Za-z_]\\w*)\\(");

  public Steps {
    right = List.copyOf(right);
    functions = List.copyOf(functions);
  }

  /** The functions that the reference calls. */
  static List<String> of(Problem problem) {
    return calls(problem.referenceCall()).toList();
  }

  /** Those of some functions that a program calls, in the order of its text. */
  static List<String> called(String program, List<String> functions) {
    return calls(program).filter(functions::contains).toList();
  }

  private static Stream<String> calls(String program) {
    return CALL.matcher(program).results().map(call -> call.group(1));
  }

  static Steps of(Problem problem, List<String> functions, Content content) {
    long seed = Seeds.derive(0, "steps", problem.problemId());
    Steps steps = new Steps(of(problem), functions, seed);
    return content == Content.REFERENCE
        ? steps
        : new Steps(steps.wrong(0, Seeds.random(seed, "content")), functions, seed);
  }

  /**
   * Lines that number steps.
   *
   * @param before steps before the first
   */
  static String numbered(List<String> steps, int before, String prefix) {
    StringBuilder lines = new StringBuilder();
    for (int i = 0; i < steps.size(); i++) {
      lines.append(prefix).append(before + i + 1).append(". ").append(steps.get(i)).append('\n');
    }
    return lines.toString();
  }

  /**
   * Lines of comment: the right steps, and each detour where it leaves them.
   *
   * @param count how many detours; without any if there are not so many different ones
   */
  String text(int count) {
    StringBuilder text = new StringBuilder();
    int done = 0;
    for (Detour detour : detours(count)) {
      text.append(numbered(right.subList(done, detour.from), done, "# "));
      done = detour.from;
      text.append(numbered(detour.steps, done, "# "));
      text.append("# This fails; back to ");
      text.append(done == 0 ? "the start" : "step " + done).append(".\n");
    }
    return text.append(numbered(right.subList(done, right.size()), done, "# ")).toString();
  }

  /** Different detours, in the order of the places where they leave the right steps. */
  List<Detour> detours(int count) {
    List<Detour> all = new ArrayList<>();
    for (int from = 0; from < right.size(); from++) {
      for (String first : functions) {
        if (!first.equals(right.get(from))) {
          all.add(detour(from, first));
        }
      }
    }
    if (all.size() < count) {
      return List.of();
    }
    all.sort(Comparator.comparingLong(d -> Seeds.derive(seed, "detour", d.from, d.steps.get(0))));
    return all.subList(0, count).stream().sorted(Comparator.comparingInt(Detour::from)).toList();
  }

  private Detour detour(int from, String first) {
    List<String> steps = wrong(from, Seeds.random(seed, "wrong", from, first));
    steps.set(0, first);
    return new Detour(from, steps);
  }

  /** A step in the place of each right one from a place on, none of them the right one. */
  private List<String> wrong(int from, SplittableRandom random) {
    List<String> steps = new ArrayList<>();
    for (String step : right.subList(from, right.size())) {
      List<String> others = functions.stream().filter(f -> !f.equals(step)).toList();
      steps.add(others.isEmpty() ? step : others.get(random.nextInt(others.size())));
    }
    return steps;
  }
}
