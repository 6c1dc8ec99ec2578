package io.atomforge.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.Suggestion;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.Tests;
import io.atomforge.synthesis.TestCase;
import io.atomforge.value.Equality;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A task as a line of JSON: {@code id}, {@code prompt}, {@code given}, {@code code} and one form of
 * tests.
 *
 * <ul>
 *   <li>{@code entry_point} and {@code calls}, a list of {@code args}, {@code kwargs}, {@code
 *       expected}; optional is {@code equality}
 *   <li>{@code test}, a script, and {@code entry_point} if it defines {@code check(candidate)}
 *   <li>{@code stdin_tests}, a list of {@code stdin}, {@code expected_stdout}
 *   <li>{@code answer}, a text
 *   <li>{@code mutants}, a list of programs, and {@code reference}, a right one: the answer is
 *       assertions
 * </ul>
 *
 * Of calls and of {@code stdin_tests} the line may say how results are {@linkplain Compared
 * compared}.
 *
 * @param id empty if the line has none
 * @param prompt what a model is asked; empty if the line has none
 * @param given code that stands before the answer
 * @param continued whether an answer may go on where {@code given} ends
 * @param solutions programs that are said to be right
 * @param tests the keys that make the check, as a JSON object
 */
public record TaskLine(
    String id,
    String prompt,
    String given,
    boolean continued,
    List<String> solutions,
    ObjectNode tests)
    implements Serializable {
  private static final Set<String> FORMS =
      Set.of("calls", "test", "stdin_tests", "answer", "mutants");
  private static final Set<String> KEYS =
      Set.of(
          "entry_point",
          "equality",
          "comparison",
          "tolerance",
          "checker",
          "calls",
          "test",
          "stdin_tests",
          "answer",
          "reference",
          "mutants");
  private static final Set<String> OTHER_KEYS =
      Set.of("prompt", "given", "code", "limits", "stop_at_first_failure");
  private static final Set<String> LIMITS =
      Set.of(
          "timeout",
          "time_limit_seconds",
          "memory_limit_mib",
          "output_limit_kib",
          "stdout_limit_kib");

  public TaskLine {
    solutions = List.copyOf(solutions);
  }

  /** A line in the layout above. */
  static TaskLine of(JsonRow row) {
    row.keys().forEach(key -> checkKey(row, key));
    String given = row.textOr("given", "");
    return new TaskLine(
        row.name("id").orElse(""),
        row.textOr("prompt", ""),
        given,
        !given.isEmpty(),
        row.has("code") ? List.of(row.text("code")) : List.of(),
        row.part(KEYS::contains));
  }

  /** Refuses a key that would be read if it were written right; others are the user's own. */
  private static void checkKey(JsonRow row, String key) {
    JsonRow.require(
        !LIMITS.contains(key),
        "key '"
            + key
            + "' is not read; limits are written {\"limits\": {\"time_limit_seconds\": 5}}");
    boolean tested = FORMS.stream().anyMatch(row::has);
    Stream.of(KEYS, OTHER_KEYS)
        .flatMap(Set::stream)
        .filter(known -> !row.has(known) && !(tested && FORMS.contains(known)))
        .filter(known -> Suggestion.isMisspelt(key, known))
        .findFirst()
        .ifPresent(
            known -> {
              throw new IllegalArgumentException(
                  "unknown key '" + key + "'; did you mean '" + known + "'?");
            });
  }

  /**
   * The tests of a problem in the table: the calls of a synthesized one, or of any other one JSON
   * object.
   */
  static Optional<JsonRow> stored(List<TestCase> tests) {
    return tests.stream()
        .map(TestCase::argsJson)
        .filter(args -> args.startsWith("{"))
        .findFirst()
        .map(JsonRow::parse);
  }

  /** The same under another name. */
  public TaskLine named(String name) {
    return new TaskLine(name, prompt, given, continued, solutions, tests);
  }

  /** The only entry of a problem's tests that holds these. */
  public TestCase stored() {
    ObjectNode all = tests.deepCopy();
    if (!given.isEmpty()) {
      all.put("given", given).put("continued", continued);
    }
    return new TestCase(all.toString(), "null", false);
  }

  /**
   * The task for a model.
   *
   * @throws IllegalArgumentException if the line has no prompt, or nothing that could be continued
   */
  public Task task(ResponseFormat format) {
    boolean continues = format instanceof ResponseFormat.Continuation;
    JsonRow.require(!prompt.isEmpty(), "the task has no prompt");
    JsonRow.require(
        !continues || continued,
        "response_format continuation needs code to go on from, which only HumanEval's layout has;"
            + " take fenced_block or program");
    return new Task(id, continues ? given : prompt, given, format, check(), false);
  }

  /**
   * @throws IllegalArgumentException saying what the tests lack
   */
  public Check check() {
    return check(JsonRow.of(tests));
  }

  static Check check(JsonRow row) {
    List<String> forms = FORMS.stream().filter(row::has).sorted().toList();
    JsonRow.require(
        forms.size() == 1,
        "one of the keys 'calls', 'test' and 'stdin_tests' is needed, or 'answer' or 'mutants', got "
            + forms);
    JsonNode equality = row.nested("equality");
    JsonRow.require(
        equality.isMissingNode() || forms.get(0).equals("calls"),
        "key 'equality' is for 'calls' alone: a script compares as Python does, text is exact");
    if (forms.get(0).equals("answer")) {
      return new Check.Text(row.name("answer").orElseThrow());
    }
    if (forms.get(0).equals("mutants")) {
      return new Check.Testcases(row.text("reference"), row.texts("mutants"));
    }
    Tests tests =
        switch (forms.get(0)) {
          case "calls" -> new Tests.Calls(row.text("entry_point"), calls(row.nested("calls")));
          case "test" -> new Tests.Script(row.text("test"), row.textOr("entry_point", ""));
          default -> new Tests.Stdin(runs(row.nested("stdin_tests")), Compared.printed(row));
        };
    Equality base = Fields.merged("equality", Equality.DEFAULT, equality);
    return new Check.Run(tests, Compared.equality(row, base, tests), List.of());
  }

  private static List<Tests.Calls.Case> calls(JsonNode list) {
    JsonRow.require(
        list.isArray() && !list.isEmpty(), "key 'calls' must be a list with at least one call");
    List<Tests.Calls.Case> cases = new ArrayList<>();
    for (JsonNode call : list) {
      JsonRow.require(
          (call.path("args").isArray() || call.path("kwargs").isObject()) && call.has("expected"),
          "each call needs 'args' (a list) or 'kwargs' (an object), and 'expected'");
      String args = call.hasNonNull("args") ? JsonRow.value(call.path("args")) : "[]";
      String kwargs = call.hasNonNull("kwargs") ? JsonRow.value(call.path("kwargs")) : "{}";
      String expected = JsonRow.value(call.path("expected"));
      cases.add(new Tests.Calls.Case(new Call(args, kwargs), expected));
    }
    return cases;
  }

  private static List<Tests.Stdin.Case> runs(JsonNode list) {
    JsonRow.require(list.isArray() && !list.isEmpty(), "key 'stdin_tests' must be a list of tests");
    List<Tests.Stdin.Case> cases = new ArrayList<>();
    for (JsonNode run : list) {
      JsonRow.require(run.isObject(), "key 'stdin_tests' must be a list of objects");
      JsonRow one = JsonRow.of((ObjectNode) run);
      cases.add(new Tests.Stdin.Case(one.text("stdin"), one.text("expected_stdout")));
    }
    return cases;
  }
}
