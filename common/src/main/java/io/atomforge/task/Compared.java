package io.atomforge.task;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.sandbox.Tests;
import io.atomforge.value.Comparison;
import io.atomforge.value.Equality;

/**
 * The keys of a line that say how results are compared: {@code comparison} is {@code exact}, {@code
 * tolerance} with the number {@code tolerance}, 1e-6 by default, of calls also {@code unordered}
 * and of printed text also {@code tokens}; {@code checker} is a program that decides on printed
 * text.
 */
final class Compared {
  private static final double TOLERANCE = 1e-6;

  private Compared() {}

  /** How the texts of {@code stdin_tests} are compared. */
  static Comparison printed(JsonRow row) {
    String name = name(row, row.has("checker") ? "checker" : "exact");
    return switch (name) {
      case "exact" -> new Comparison.Exact();
      case "tokens" -> new Comparison.Tokens();
      case "tolerance" -> new Comparison.Tolerance(tolerance(row), tolerance(row));
      case "checker" -> {
        JsonRow.require(
            row.has("checker"), "comparison 'checker' needs key 'checker', a Python text");
        yield new Comparison.Checker(row.text("checker"));
      }
      default ->
          throw new IllegalArgumentException(
              "comparison of stdin_tests must be exact, tokens, tolerance or checker, got '"
                  + (name + "'"));
    };
  }

  /** The equality of calls, {@code otherwise} where the line says nothing. */
  static Equality equality(JsonRow row, Equality otherwise, Tests tests) {
    JsonRow.require(
        tests instanceof Tests.Stdin || !row.has("checker"),
        "key 'checker' is for stdin_tests alone");
    if (tests instanceof Tests.Stdin) {
      return otherwise;
    }
    String name = name(row, "exact");
    JsonRow.require(
        tests instanceof Tests.Calls || name.equals("exact"),
        "key 'comparison' is for calls and stdin_tests: a test compares as Python does");
    return switch (name) {
      case "exact" -> otherwise;
      case "unordered" -> otherwise.inAnyOrder();
      case "tolerance" -> otherwise.within(tolerance(row), tolerance(row));
      default ->
          throw new IllegalArgumentException(
              "comparison of calls must be exact, unordered or tolerance, got '" + name + "'");
    };
  }

  private static String name(JsonRow row, String otherwise) {
    String name = row.textOr("comparison", otherwise);
    JsonRow.require(
        name.equals("tolerance") || !row.has("tolerance"),
        "key 'tolerance' needs comparison 'tolerance', got '" + name + "'");
    return name;
  }

  private static double tolerance(JsonRow row) {
    JsonNode tolerance = row.nested("tolerance");
    JsonRow.require(
        tolerance.isMissingNode() || tolerance.isNumber(), "tolerance must be a number");
    return tolerance.asDouble(TOLERANCE);
  }
}
