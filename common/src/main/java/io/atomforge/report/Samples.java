package io.atomforge.report;

import io.atomforge.report.ReportData.Completion;
import io.atomforge.report.ReportData.Sample;
import io.atomforge.report.page.Html;
import io.atomforge.report.page.Ink;
import io.atomforge.report.page.Words;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What the models wrote: a line per problem, which opens to the programs side by side. The page's
 * script filters the lines; without it they are all there.
 */
final class Samples {
  private final List<Sample> samples;

  Samples(List<Sample> samples) {
    this.samples = samples;
  }

  /**
   * @return empty where there are none
   */
  String html() {
    if (samples.isEmpty()) {
      return "";
    }
    StringBuilder out = new StringBuilder("<div class=\"samples\">\n" + filters());
    Set<String> begun = new TreeSet<>();
    for (Sample sample : samples) {
      out.append(line(sample, begun.add(sample.problemSet())));
    }
    return out
        + "<button type=\"button\" class=\"more\" hidden=\"hidden\">Show more</button>\n</div>\n";
  }

  /** One choice of the set, one of the verdict of each arm, and a word to look for. */
  private String filters() {
    Set<String> sets = new LinkedHashSet<>();
    samples.forEach(s -> sets.add(s.problemSet()));
    StringBuilder out = new StringBuilder("<form class=\"filters\" hidden=\"hidden\">\n");
    List<String> names = sets.stream().map(s -> Words.capital(Words.set(s))).toList();
    out.append(choice("set", "Problems", "all", List.copyOf(sets), names));
    for (String arm : arms()) {
      Set<String> outcomes = new TreeSet<>();
      samples.forEach(
          s ->
              s.completions().stream()
                  .filter(c -> c.arm().equals(arm))
                  .forEach(c -> outcomes.add(c.outcome())));
      List<String> values = new ArrayList<>(outcomes);
      List<String> words = new ArrayList<>(values.stream().map(Words::verdict).toList());
      if (values.contains("PASSED") && values.size() > 2) {
        values.add("!PASSED");
        words.add("not passed");
      }
      out.append(
          choice(
              "arm" + arms().indexOf(arm), Words.capital(Words.stage(arm)), "any", values, words));
    }
    return out
        + "<label>Words <input type=\"search\" name=\"words\" placeholder=\"in prompt or program\"/></label>\n"
        + "<output></output>\n</form>\n";
  }

  private List<String> arms() {
    Set<String> arms = new LinkedHashSet<>();
    samples.forEach(s -> s.completions().forEach(c -> arms.add(c.arm())));
    return List.copyOf(arms);
  }

  private static String choice(
      String name, String label, String all, List<String> values, List<String> words) {
    StringBuilder out = new StringBuilder();
    out.append("<label>%s <select name=\"%s\">".formatted(Html.prose(label), name));
    out.append("<option value=\"\">" + all + "</option>");
    for (int i = 0; i < values.size(); i++) {
      out.append(
          "<option value=\"%s\">%s</option>"
              .formatted(Html.escape(values.get(i)), Html.escape(words.get(i))));
    }
    return out + "</select></label>\n";
  }

  private String line(Sample sample, boolean open) {
    StringBuilder values = new StringBuilder();
    StringBuilder verdicts = new StringBuilder();
    StringBuilder codes = new StringBuilder(Html.code("Reference", "", sample.reference()));
    for (Completion c : sample.completions()) {
      String name = Words.capital(Words.stage(c.arm()));
      values.append(
          " data-arm%d=\"%s\"".formatted(arms().indexOf(c.arm()), Html.escape(c.outcome())));
      verdicts.append(
          "<i %s title=\"%s: %s\"></i>"
              .formatted(
                  Ink.verdict(c.outcome()).style(),
                  Html.escape(name),
                  Html.escape(Words.verdict(c.outcome()))));
      codes.append(Html.code(name, c.outcome(), c.text()));
    }
    String prompt = Html.escape(Html.bounded(sample.prompt()));
    return """
        <details class="sample" data-set="%s"%s%s>
        <summary><span class="of">%s</span><span class="prompt">%s</span><span class="dots">%s</span></summary>
        <div class="codes">
        %s</div>
        </details>
        """
        .formatted(
            Html.escape(sample.problemSet()),
            values,
            open ? " open=\"open\"" : "",
            Html.prose(Words.capital(Words.set(sample.problemSet()))),
            prompt,
            verdicts,
            codes);
  }
}
