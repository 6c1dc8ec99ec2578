package io.atomforge.sandbox;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** Measurements by what was measured and by runner, one of each a round, as a table in Markdown. */
public final class BenchmarkTable {
  private final Map<String, Map<String, List<Double>>> rows = new LinkedHashMap<>();

  void add(String measured, String runner, double value) {
    rows.computeIfAbsent(measured, m -> new LinkedHashMap<>())
        .computeIfAbsent(runner, r -> new ArrayList<>())
        .add(value);
  }

  /** The values of one runner in the order of the rounds, none if it has none. */
  List<Double> values(String measured, String runner) {
    return rows.getOrDefault(measured, Map.of()).getOrDefault(runner, List.of());
  }

  /** The median over the rounds of one runner's value divided by another's of the same round. */
  double ratio(String measured, String runner, String other) {
    List<Double> above = values(measured, runner);
    List<Double> below = values(measured, other);
    return median(
        IntStream.range(0, above.size()).mapToObj(i -> above.get(i) / below.get(i)).toList());
  }

  /** One line for each measurement, one column for each runner: median, and least to most. */
  String markdown(List<String> runners) {
    StringBuilder text = new StringBuilder("| |");
    runners.forEach(runner -> text.append(' ').append(runner).append(" |"));
    text.append("\n|---|").append("---|".repeat(runners.size())).append('\n');
    for (String measured : rows.keySet()) {
      text.append("| ").append(measured).append(" | ");
      text.append(
          runners.stream()
              .map(runner -> cell(values(measured, runner)))
              .collect(Collectors.joining(" | ")));
      text.append(" |\n");
    }
    return text.toString();
  }

  private static String cell(List<Double> values) {
    if (values.isEmpty()) {
      return "-";
    }
    double least = values.stream().min(Double::compare).orElseThrow();
    double most = values.stream().max(Double::compare).orElseThrow();
    String middle = number(median(values));
    return least == most ? middle : middle + " (" + number(least) + "–" + number(most) + ")";
  }

  /** Of one value or more. */
  public static double median(List<Double> values) {
    List<Double> sorted = values.stream().sorted().toList();
    int half = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(half)
        : (sorted.get(half - 1) + sorted.get(half)) / 2;
  }

  private static String number(double value) {
    boolean whole = value == Math.rint(value) || Math.abs(value) >= 100;
    return String.format(
        Locale.ROOT, whole ? "%.0f" : Math.abs(value) >= 10 ? "%.1f" : "%.2f", value);
  }
}
