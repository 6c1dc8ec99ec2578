package io.atomforge.task;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How others write down tasks, one row each, as they publish them. */
public enum Layout {
  /** The layout of {@link TaskLine}. */
  LINE {
    @Override
    boolean fits(JsonRow row) {
      return row.has("id") && (row.has("calls") || row.has("test") || row.has("stdin_tests"));
    }

    @Override
    TaskLine read(JsonRow row) {
      return TaskLine.of(row);
    }
  },

  /** Questions whose tests, public and private, are inputs and outputs. */
  LIVECODEBENCH {
    @Override
    boolean fits(JsonRow row) {
      return row.has("question_content") && row.has("public_test_cases");
    }

    @Override
    TaskLine read(JsonRow row) {
      return LiveCodeBench.read(row);
    }
  },

  /** APPS and TACO: inputs and outputs for the function fn_name, or for a program. */
  APPS {
    @Override
    boolean fits(JsonRow row) {
      return row.hasAll("question", "input_output");
    }

    @Override
    TaskLine read(JsonRow row) {
      return Apps.read(row);
    }
  },

  /** The test is a module for pytest beside {@code solution.py}, as which the program is known. */
  KODCODE {
    @Override
    boolean fits(JsonRow row) {
      return row.hasAll("question", "solution", "test");
    }

    @Override
    TaskLine read(JsonRow row) {
      return line(
          row.name("question_id", "id").orElse(""),
          row.text("question"),
          List.of(row.text("solution")),
          JsonRow.JSON.createObjectNode().put("test", row.text("test")));
    }
  },

  /** MBPP, its sanitized part, and MBPP+, which has all assertions in the key test. */
  MBPP {
    @Override
    boolean fits(JsonRow row) {
      return row.has("test_list") && (row.has("text") || row.has("prompt"));
    }

    @Override
    TaskLine read(JsonRow row) {
      List<String> assertions = row.texts("test_list");
      JsonRow.require(!assertions.isEmpty(), "key 'test_list' must have at least one assertion");
      String list = String.join("\n", assertions);
      String prepared =
          String.join("\n", row.texts("test_imports")) + "\n" + row.textOr("test_setup_code", "");
      String test = row.has("test") ? EvalPlus.plain(row.text("test")) : prepared + "\n" + list;
      String text = row.has("text") ? row.text("text") : row.text("prompt");
      return line(
          row.name("task_id").orElse(""),
          text + "\nYour code should pass these tests:\n\n" + list + "\n",
          row.has("code") ? List.of(row.text("code")) : List.of(),
          JsonRow.JSON
              .createObjectNode()
              .put("test", test.strip() + "\n")
              .put("entry_point", tested(row.textOr("code", ""), list)));
    }
  },

  /** EvalPlus's own files: inputs, for which the canonical solution gives what is expected. */
  EVALPLUS {
    @Override
    boolean fits(JsonRow row) {
      return row.hasAll("prompt", "entry_point", "canonical_solution", "base_input");
    }

    @Override
    TaskLine read(JsonRow row) {
      JsonRow.require(
          !row.textOr("task_id", "").startsWith("Mbpp"),
          "EvalPlus's own file of MBPP+ holds tuples and sets as lists; give the copy whose rows"
              + " have the keys test_list and test");
      return head(row, EvalPlus.test(row));
    }
  },

  /** A head of a function to continue, and a test that defines check(candidate). */
  HUMANEVAL {
    @Override
    boolean fits(JsonRow row) {
      return row.hasAll("prompt", "test", "entry_point");
    }

    @Override
    TaskLine read(JsonRow row) {
      return head(row, EvalPlus.plain(row.text("test")));
    }
  };

  abstract boolean fits(JsonRow row);

  abstract TaskLine read(JsonRow row);

  private static final Pattern CALL = Pattern.compile("\\b(\\w+)\\(");

  /** The names of {@code format}. */
  public static final String NAMES =
      "auto, "
          + Arrays.stream(values())
              .map(l -> l.name().toLowerCase(Locale.ROOT))
              .collect(Collectors.joining(", "));

  /**
   * Reads a row.
   *
   * @param format the name of a layout, or auto for that which the row's keys show
   * @throws IllegalArgumentException saying what the row lacks
   */
  public static TaskLine read(String format, JsonRow row) {
    if (!format.equals("auto")) {
      return named(format).read(row);
    }
    return Arrays.stream(values()).filter(l -> l.fits(row)).findFirst().orElse(LINE).read(row);
  }

  /** Whether {@code format} is a name that {@link #read} knows. */
  public static boolean knows(String format) {
    return List.of(NAMES.split(", ")).contains(format);
  }

  private static Layout named(String format) {
    return valueOf(format.toUpperCase(Locale.ROOT));
  }

  /** A task whose answer stands alone. */
  static TaskLine line(String id, String prompt, List<String> solutions, ObjectNode tests) {
    return new TaskLine(id, prompt, "", false, solutions, tests);
  }

  /** The function of {@code code} that the test calls, which may be named like a builtin. */
  private static String tested(String code, String test) {
    return CALL.matcher(test)
        .results()
        .map(call -> call.group(1))
        .filter(name -> Pattern.compile("(?m)^def +" + name + " *\\(").matcher(code).find())
        .findFirst()
        .orElse("");
  }

  /** A task whose prompt is the head of a function. */
  private static TaskLine head(JsonRow row, String test) {
    String prompt = row.text("prompt");
    return new TaskLine(
        row.name("task_id", "id").orElse(""),
        "Complete this Python function. Answer with the whole function in a block of code.\n\n"
            + "```python\n"
            + prompt.stripTrailing()
            + "\n```\n",
        prompt,
        true,
        row.has("canonical_solution")
            ? List.of(prompt + row.text("canonical_solution"))
            : List.of(),
        JsonRow.JSON
            .createObjectNode()
            .put("test", test)
            .put("entry_point", row.text("entry_point")));
  }

  /** Runs of a program, from its inputs and what it must print. */
  static ObjectNode runs(List<JsonNode> inputs, List<JsonNode> outputs) {
    JsonRow.require(
        inputs.size() == outputs.size() && !inputs.isEmpty(),
        "a task needs one output for each input, got "
            + (outputs.size() + " outputs and " + inputs.size() + " inputs"));
    ObjectNode tests = JsonRow.JSON.createObjectNode();
    ArrayNode runs = tests.putArray("stdin_tests");
    for (int i = 0; i < inputs.size(); i++) {
      runs.addObject()
          .put("stdin", lines(inputs.get(i)))
          .put("expected_stdout", lines(outputs.get(i)));
    }
    return tests;
  }

  /** Some files have the lines of a text as a list. */
  private static String lines(JsonNode text) {
    if (!text.isArray()) {
      return text.asText();
    }
    StringBuilder all = new StringBuilder();
    text.forEach(line -> all.append(line.asText()).append('\n'));
    return all.toString();
  }

  /** What counts as equal where an expected value was written as JSON. */
  static void looseEquality(ObjectNode tests) {
    tests
        .putObject("equality")
        .put("relative_tolerance", 0.0)
        .put("tuples_equal_lists", true)
        .put("numbers_mix", true)
        .put("sets_equal_frozensets", true);
  }
}
