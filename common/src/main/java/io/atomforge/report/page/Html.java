package io.atomforge.report.page;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Pieces of the page. What is named text is escaped here; what is named html is not. */
public final class Html {
  private static final int MOST_CHARACTERS = 2_000;

  private Html() {}

  public static String escape(String text) {
    return printable(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** With U+FFFD for the characters that no page may hold. */
  public static String printable(String text) {
    return text.replaceAll(
        "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]", "\ufffd");
  }

  /** The beginning of a text that a program made, which may be of any length. */
  public static String bounded(String text) {
    int more = text.codePointCount(0, text.length()) - MOST_CHARACTERS;
    return more <= 0
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST_CHARACTERS))
            + String.format(Locale.ROOT, "\n… and %,d more characters", more);
  }

  /** Sentences; a number stays on the line of its unit, and A-test on one line. */
  public static String prose(String text) {
    return escape(text)
        .replace(" %", "\u00a0%")
        .replace("-test", "\u2011test")
        .replaceAll("\\[(\\S+), (\\S+)]", "[$1,\u00a0$2]");
  }

  public static String paragraph(String style, String text) {
    return "<p class=\"" + style + "\">" + prose(text) + "</p>\n";
  }

  /** Instead of what there is nothing to show of. */
  public static String missing(String text) {
    return paragraph("missing", text);
  }

  public static String section(String id, String titleText, String html) {
    return "<section id=\"%s\">\n<h2>%s</h2>\n%s</section>\n"
        .formatted(id, escape(titleText), html);
  }

  public static String panel(String titleText, String svg) {
    return "<div class=\"panel\"><h4>%s</h4>\n%s</div>\n".formatted(escape(titleText), svg);
  }

  /**
   * Panels side by side where there is room, what they show in words, and where it comes from.
   *
   * @param legendHtml keys; empty for none
   * @param query statement for the job Query that gives the rows, or words if no table has them
   */
  public static String figure(
      List<String> legendHtml, List<String> panels, String captionText, String query) {
    String legend =
        legendHtml.isEmpty() ? "" : "<p class=\"keys\">\n" + String.join("", legendHtml) + "</p>\n";
    return """
    <figure>
    %s<div class="panels">
    %s</div>
    <figcaption>%s</figcaption>
    <details class="source"><summary>Source</summary><pre><code class="%s">%s</code></pre></details>
    </figure>
    """
        .formatted(
            legend,
            String.join("", panels),
            prose(captionText),
            query.startsWith("SELECT") ? "sql" : "words",
            escape(query));
  }

  /** A text as SQL writes it. */
  public static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  /**
   * @param rest begins with AND or with what follows a condition
   */
  public static String where(Stream<String> runs, String rest) {
    return "WHERE run_id IN (%s)%s%s"
        .formatted(
            runs.map(Html::literal).collect(Collectors.joining(", ")),
            rest.startsWith("AND") ? " " : "\n",
            rest);
  }

  /** A colour and its meaning. */
  public static String key(Ink ink, String text) {
    return "<span class=\"key\"><i %s></i>%s</span>\n".formatted(ink.style(), escape(text));
  }

  /** Names and what there is to say of them. */
  public static String facts(String style, Map<String, String> texts) {
    StringBuilder out = new StringBuilder("<dl class=\"" + style + "\">\n");
    texts.forEach(
        (name, text) ->
            out.append("<div><dt>%s</dt><dd>%s</dd></div>\n".formatted(prose(name), prose(text))));
    return out + "</dl>\n";
  }

  /** Side by side where there is room. */
  public static String pair(String leftHtml, String rightHtml) {
    return "<div class=\"pair\">\n<div>\n%s</div>\n<div>\n%s</div>\n</div>\n"
        .formatted(leftHtml, rightHtml);
  }

  /**
   * A program under its name.
   *
   * @param outcome its verdict; empty for none
   */
  public static String code(String name, String outcome, String text) {
    String chip =
        outcome.isEmpty()
            ? ""
            : "<span class=\"chip\"><i %s></i>%s</span>"
                .formatted(Ink.verdict(outcome).style(), escape(Words.verdict(outcome)));
    return "<div><h4>%s%s</h4><pre><code>%s</code></pre></div>\n"
        .formatted(escape(name), chip, escape(bounded(text.strip())));
  }

  /**
   * A table in a box that scrolls by itself. A row of class group begins a part of the table; in a
   * table that sorts, the rows of each part are sorted by the column whose head is pressed.
   *
   * @param style numbers (right-aligned) or words, and sorts
   * @param rowsHtml row class, then cells; the first cell heads its row
   */
  public static String table(String style, List<String> headHtml, List<List<String>> rowsHtml) {
    String head =
        headHtml.stream()
            .map(h -> "<th scope=\"col\">" + h + "</th>")
            .collect(Collectors.joining());
    StringBuilder out = new StringBuilder();
    for (List<String> row : rowsHtml) {
      boolean group = row.get(0).equals("group");
      out.append(group && !out.isEmpty() ? "</tbody>\n<tbody>\n" : "");
      out.append("<tr class=\"%s\"><th scope=\"row\"".formatted(row.get(0)));
      out.append(group ? " colspan=\"" + headHtml.size() + "\">" : ">").append(row.get(1));
      out.append("</th>");
      row.subList(2, row.size()).forEach(c -> out.append("<td>").append(c).append("</td>"));
      out.append("</tr>\n");
    }
    return "<div class=\"scroll\"><table class=\"%s\">\n<thead><tr>%s</tr></thead>\n<tbody>\n%s</tbody></table></div>\n"
        .formatted(style, head, out);
  }
}
