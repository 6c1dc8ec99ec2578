package io.atomforge.jobs.pipeline;

import io.atomforge.evaluation.Interval;
import io.atomforge.jobs.pipeline.ExperimentTable.Cost;
import io.atomforge.tables.ExperimentRow;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The results of an experiment as a page in Markdown, and as a figure.
 *
 * @param results with one row or more
 * @param baselines in the order shown
 * @param costs by arm, in the order shown
 */
public record ExperimentPage(
    List<ExperimentRow> results, List<String> baselines, Map<String, Cost> costs) {
  public ExperimentPage {
    baselines = List.copyOf(baselines);
  }

  /**
   * For each measure the means, the differences to each baseline and the seeds; then the costs. The
   * difference between two baselines stands in the table of the first.
   */
  public String markdown() {
    List<Long> seeds = results.get(0).seeds();
    StringBuilder text = new StringBuilder();
    text.append("Means over the seeds ")
        .append(words(seeds))
        .append(", with 95 % intervals over seeds and problems.\n");
    for (String measure : distinct(ExperimentRow::measure)) {
      List<String> sets =
          results.stream()
              .filter(row -> row.measure().equals(measure))
              .map(ExperimentRow::problemSet)
              .distinct()
              .toList();
      int decimals = measure.endsWith("%") || measure.endsWith("points") ? 1 : 3;
      text.append("\n## ").append(measure.substring(0, 1).toUpperCase(Locale.ROOT));
      text.append(measure.substring(1)).append('\n');
      for (String baseline : Stream.concat(Stream.of(""), baselines.stream()).toList()) {
        List<String> arms =
            arms(measure, baseline).stream().filter(arm -> !standsAbove(arm, baseline)).toList();
        if (arms.isEmpty()) {
          continue;
        }
        String sign = baseline.isEmpty() ? "" : "+";
        text.append('\n').append(head(baseline.isEmpty() ? "" : "difference to " + baseline, sets));
        for (String arm : arms) {
          text.append(
              line(
                  arm,
                  sets,
                  set ->
                      find(measure, set, arm, baseline)
                          .map(
                              row ->
                                  number(row.mean(), decimals, sign)
                                      + " ± "
                                      + number(row.high() - row.mean(), decimals, ""))));
        }
      }
      text.append('\n').append(head("seeds " + words(seeds), sets));
      for (String arm : arms(measure, "")) {
        text.append(
            line(
                arm,
                sets,
                set -> find(measure, set, arm, "").map(row -> numbers(row.seedMeans(), decimals))));
      }
    }
    text.append("\n## Cost of the last training of an arm, mean over the seeds\n\n")
        .append("| | minutes | tokens trained on | completions judged |\n|---|---|---|---|\n");
    costs.forEach(
        (arm, cost) ->
            text.append(
                String.format(
                    Locale.ROOT,
                    "| %s | %.1f | %,.0f | %,.0f |\n",
                    arm,
                    cost.seconds() / 60,
                    cost.tokens(),
                    cost.completions())));
    return text.toString();
  }

  /** Pass@1 of the samples, or greedy pass@1 where there are none, as an SVG file. */
  public String svg() {
    return svg("");
  }

  /** The differences of {@link #svg} to the first baseline, as an SVG file; empty for one arm. */
  public Optional<String> differencesSvg() {
    return baselines.stream()
        .filter(distinct(ExperimentRow::baseline)::contains)
        .findFirst()
        .map(this::svg);
  }

  private String svg(String baseline) {
    List<String> measures = distinct(ExperimentRow::measure);
    String measure =
        measures.stream().filter(m -> m.startsWith("pass@1 ")).findFirst().orElse(measures.get(0));
    List<String> arms = arms(measure, baseline);
    List<ExperimentFigure.Panel> panels =
        distinct(ExperimentRow::problemSet).stream()
            .map(
                set ->
                    new ExperimentFigure.Panel(
                        set,
                        arms.stream()
                            .flatMap(arm -> find(measure, set, arm, baseline))
                            .map(
                                row ->
                                    new ExperimentFigure.Row(
                                        new Interval(row.mean(), row.low(), row.high()),
                                        row.seedMeans()))
                            .toList()))
            .filter(panel -> panel.rows().size() == arms.size())
            .toList();
    String what = baseline.isEmpty() ? "means" : "differences to " + baseline;
    String caption =
        measure + ": " + what + " over the seeds, 95 % intervals, a stroke for each seed";
    return new ExperimentFigure(caption, arms, panels, !baseline.isEmpty()).svg();
  }

  private List<String> distinct(Function<ExperimentRow, String> column) {
    return results.stream().map(column).distinct().toList();
  }

  /** Whether the table of an earlier baseline has the difference, with the other sign. */
  private boolean standsAbove(String arm, String baseline) {
    return baselines.contains(arm) && baselines.indexOf(arm) < baselines.indexOf(baseline);
  }

  private List<String> arms(String measure, String baseline) {
    return results.stream()
        .filter(row -> row.measure().equals(measure) && row.baseline().equals(baseline))
        .map(ExperimentRow::arm)
        .distinct()
        .toList();
  }

  /** One row or none. */
  private Stream<ExperimentRow> find(String measure, String set, String arm, String baseline) {
    return results.stream()
        .filter(
            row ->
                row.measure().equals(measure)
                    && row.problemSet().equals(set)
                    && row.arm().equals(arm)
                    && row.baseline().equals(baseline));
  }

  private static String head(String corner, List<String> sets) {
    return line(corner, sets, Stream::of) + "|---|" + "---|".repeat(sets.size()) + '\n';
  }

  private static String line(
      String first, List<String> sets, Function<String, Stream<String>> cell) {
    return "| "
        + first
        + sets.stream()
            .map(set -> " | " + cell.apply(set).findFirst().orElse(""))
            .collect(Collectors.joining())
        + " |\n";
  }

  private static String words(List<Long> seeds) {
    return seeds.stream().map(String::valueOf).collect(Collectors.joining(", "));
  }

  private static String numbers(List<Double> values, int decimals) {
    return values.stream().map(v -> number(v, decimals, "")).collect(Collectors.joining(", "));
  }

  private static String number(double value, int decimals, String sign) {
    return String.format(Locale.ROOT, "%" + sign + "." + decimals + "f", value);
  }
}
