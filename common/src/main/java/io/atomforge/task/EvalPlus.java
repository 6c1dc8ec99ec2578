package io.atomforge.task;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Tests of EvalPlus (Liu et al. 2023), without numpy, of which they use little. */
final class EvalPlus {
  private static final String CLOSE = resource("allclose.py");
  private static final String COMPARED = resource("compared.py");
  private static final Pattern NUMPY = Pattern.compile("(?m)^import numpy as np[ \\t]*$");
  private static final Pattern USES = Pattern.compile("\\bnp\\.(?!allclose\\b|ndarray\\b|float)");

  private EvalPlus() {}

  /** The test with allclose and the types that it names in the place of numpy. */
  static String plain(String test) {
    return NUMPY.matcher(test).find() && !USES.matcher(test).find()
        ? NUMPY.matcher(test).replaceFirst(Matcher.quoteReplacement(CLOSE.strip()))
        : test;
  }

  /** A test that compares with the canonical solution on every input. */
  static String test(JsonRow row) {
    StringBuilder test = new StringBuilder(CLOSE).append("\n\n").append(COMPARED).append("\n\n");
    String inputs = row.nested("base_input").toString();
    String more = row.has("plus_input") ? row.nested("plus_input").toString() : "[]";
    test.append("inputs = json.loads(").append(literal(inputs)).append(") + json.loads(");
    test.append(literal(more)).append(")\n");
    test.append("atol = ").append(row.has("atol") ? row.nested("atol").asText() : "0").append('\n');
    test.append("entry_point = ").append(literal(row.text("entry_point"))).append('\n');
    test.append("source = ")
        .append(literal(row.text("prompt") + row.text("canonical_solution")))
        .append('\n');
    return test.append("\n\ndef check(candidate):\n    compare(candidate, source, entry_point,")
        .append(" inputs, atol)\n")
        .toString();
  }

  /** A text as Python writes it. */
  private static String literal(String text) {
    return TextNode.valueOf(text).toString();
  }

  private static String resource(String name) {
    try (InputStream source = EvalPlus.class.getResourceAsStream(name)) {
      return new String(source.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
