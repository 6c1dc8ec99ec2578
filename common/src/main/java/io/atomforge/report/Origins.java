package io.atomforge.report;

import io.atomforge.report.ReportData.TableState;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Ink;
import io.atomforge.report.page.RowChart;
import io.atomforge.report.page.RowChart.Bar;
import io.atomforge.report.page.RowChart.Row;
import io.atomforge.report.page.Words;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the results come from: problems, tables, settings, and the machine. */
final class Origins {
  private final ReportData data;

  Origins(ReportData data) {
    this.data = data;
  }

  String problems() {
    return (data.spaces().isEmpty()
            ? Html.missing("The space of chains was not counted.")
            : "<h3>Chains of atoms that fit together</h3>\n" + Html.facts("facts", data.spaces()))
        + Html.pair(rejections(), kept());
  }

  private String rejections() {
    List<Row> rows = new ArrayList<>();
    data.rejections().forEach((check, n) -> rows.add(bar(Words.check(check), n, Words.count(n))));
    long refused = data.rejections().values().stream().mapToLong(n -> n).sum();
    if (refused == 0) {
      return Html.missing("No candidate was refused.");
    }
    long kept =
        data.kept().values().stream().flatMap(m -> m.values().stream()).mapToLong(n -> n).sum();
    Map.Entry<String, Long> most =
        data.rejections().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    String caption =
        "Of %s candidates %s became problems (%s). Most were refused by %s: %s."
            .formatted(
                Words.count(refused + kept),
                Words.count(kept),
                Words.percent((double) kept / (refused + kept)),
                Words.check(most.getKey()),
                Words.count(most.getValue()));
    return Html.figure(
        List.of(),
        List.of(Html.panel("Candidates refused, by check", RowChart.bars(rows))),
        caption,
        "SELECT stage, count(*) AS candidates FROM rejections GROUP BY 1 ORDER BY 1");
  }

  private static Row bar(String name, double length, String text) {
    return new Row(name, List.of(new Bar(Ink.MUTED, 0, length, name + ": " + text)), text);
  }

  private String kept() {
    Set<String> splits = new LinkedHashSet<>();
    data.kept().values().forEach(s -> splits.addAll(s.keySet()));
    List<List<String>> rows = new ArrayList<>();
    data.kept()
        .forEach(
            (family, counts) -> {
              List<String> row = new ArrayList<>(List.of("", Html.escape(family)));
              splits.forEach(s -> row.add(Words.count(counts.getOrDefault(s, 0L))));
              rows.add(row);
            });
    List<String> head = new ArrayList<>(List.of("Problems kept"));
    splits.forEach(s -> head.add(Html.escape(s)));
    return rows.isEmpty()
        ? Html.missing("No problems were kept.")
        : Html.table("numbers", head, rows);
  }

  String lineage() {
    List<List<String>> rows = new ArrayList<>();
    for (TableState t : data.lineage()) {
      String reads = t.reads().isEmpty() ? "–" : Html.escape(String.join(", ", t.reads()));
      rows.add(
          List.of(
              "",
              Html.escape(t.table()),
              Words.count(t.rows()),
              Long.toString(t.version()),
              Html.escape(t.job()),
              reads));
    }
    return rows.isEmpty()
        ? Html.missing("No table has been written.")
        : Html.table("words", List.of("Table", "Rows", "Version", "Written by", "From"), rows);
  }

  String run() {
    Map<String, String> facts = new LinkedHashMap<>();
    facts.put("Seed", Long.toString(data.seed()));
    facts.putAll(data.environment());
    return Html.pair(times(), Html.facts("facts", facts))
        + "<details><summary>Effective config</summary>\n<pre><code>"
        + Html.escape(data.config())
        + "</code></pre>\n</details>\n";
  }

  private String times() {
    List<Row> rows = new ArrayList<>();
    data.stageSeconds().forEach((stage, s) -> rows.add(bar(stage, s, Words.duration(s))));
    if (rows.isEmpty()) {
      return Html.missing("No stage has been timed.");
    }
    Map.Entry<String, Double> longest =
        data.stageSeconds().entrySet().stream().max(Map.Entry.comparingByValue()).orElseThrow();
    String caption =
        "The run took %s, of which %s took %s."
            .formatted(
                Words.duration(data.stageSeconds().values().stream().mapToDouble(s -> s).sum()),
                longest.getKey(),
                Words.duration(longest.getValue()));
    return Html.figure(
        List.of(),
        List.of(Html.panel("Wall time", RowChart.bars(rows))),
        caption,
        "The times are in the file pipeline/stages.json beside the checkpoints, and in no table.");
  }

  /** The keys of the config in which the arms differ. */
  String settings() {
    List<String> head = new ArrayList<>(List.of("Key"));
    ReportData.arms(data.trained(), id -> true)
        .forEach(arm -> head.add(Html.prose(Words.stage(arm))));
    List<List<String>> rows = new ArrayList<>();
    data.settings()
        .forEach(
            (key, values) -> {
              List<String> row = new ArrayList<>(List.of("", Html.escape(key)));
              values.forEach(v -> row.add(v.isEmpty() ? "–" : Html.escape(v)));
              rows.add(row);
            });
    return rows.isEmpty()
        ? Html.missing("No setting differs between the runs, apart from names and seeds.")
        : Html.table("settings sorts", head, rows);
  }
}
