package io.atomforge.report;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;

/** Pieces of the page. What is named text is escaped here; what is named html is not. */
final class Html {
  private static final int MOST_CHARACTERS = 2_000;

  private Html() {}

  static String escape(String text) {
    return printable(text)
        .replace("&", "&amp;")
        .replace("<", "&lt;")
        .replace(">", "&gt;")
        .replace("\"", "&quot;")
        .replace("'", "&#39;");
  }

  /** With U+FFFD for the characters that no page may hold. */
  static String printable(String text) {
    return text.replaceAll(
        "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\ud800-\\udfff\\ufffe\\uffff]", "\ufffd");
  }

  /** The beginning of a text that a program made, which may be of any length. */
  static String bounded(String text) {
    int more = text.codePointCount(0, text.length()) - MOST_CHARACTERS;
    return more <= 0
        ? text
        : text.substring(0, text.offsetByCodePoints(0, MOST_CHARACTERS))
            + String.format(Locale.ROOT, "\n… and %,d more characters", more);
  }

  /** Sentences; a number stays on the line of its unit, and A-test on one line. */
  static String prose(String text) {
    return escape(text)
        .replace(" %", "\u00a0%")
        .replace("-test", "\u2011test")
        .replaceAll("\\[(\\S+), (\\S+)]", "[$1,\u00a0$2]");
  }

  static String paragraph(String style, String text) {
    return "<p class=\"" + style + "\">" + prose(text) + "</p>\n";
  }

  static String section(String id, String titleText, String html) {
    return "<section id=\"%s\">\n<h2>%s</h2>\n%s</section>\n"
        .formatted(id, escape(titleText), html);
  }

  static String panel(String titleText, String svg) {
    return "<div class=\"panel\"><h4>%s</h4>\n%s</div>\n".formatted(escape(titleText), svg);
  }

  /**
   * Panels side by side where there is room, what they show in words, and where it comes from.
   *
   * @param legendHtml keys; empty for none
   * @param query statement for the job Query that gives the rows, or words if no table has them
   */
  static String figure(
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
  static String literal(String text) {
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
  }

  /** A colour and its meaning. */
  static String key(Ink ink, String text) {
    return "<span class=\"key\"><i %s></i>%s</span>\n".formatted(ink.style(), escape(text));
  }

  /** Names and what there is to say of them. */
  static String facts(String style, Map<String, String> texts) {
    StringBuilder out = new StringBuilder("<dl class=\"" + style + "\">\n");
    texts.forEach(
        (name, text) ->
            out.append("<div><dt>%s</dt><dd>%s</dd></div>\n".formatted(prose(name), prose(text))));
    return out + "</dl>\n";
  }

  /** Side by side where there is room. */
  static String pair(String leftHtml, String rightHtml) {
    return "<div class=\"pair\">\n<div>\n%s</div>\n<div>\n%s</div>\n</div>\n"
        .formatted(leftHtml, rightHtml);
  }

  /**
   * A program under its name.
   *
   * @param outcome its verdict; empty for none
   */
  static String code(String name, String outcome, String text) {
    String chip =
        outcome.isEmpty()
            ? ""
            : "<span class=\"chip\"><i %s></i>%s</span>"
                .formatted(Ink.verdict(outcome).style(), escape(Words.verdict(outcome)));
    return "<div><h4>%s%s</h4><pre><code>%s</code></pre></div>\n"
        .formatted(escape(name), chip, escape(bounded(text.strip())));
  }

  /**
   * A table in a box that scrolls by itself.
   *
   * @param style numbers (right-aligned) or words
   * @param rowsHtml row class, then cells; the first cell heads its row
   */
  static String table(String style, List<String> headHtml, List<List<String>> rowsHtml) {
    String head =
        headHtml.stream()
            .map(h -> "<th scope=\"col\">" + h + "</th>")
            .collect(Collectors.joining());
    StringBuilder out = new StringBuilder();
    for (List<String> row : rowsHtml) {
      out.append("<tr class=\"%s\"><th scope=\"row\">%s</th>".formatted(row.get(0), row.get(1)));
      row.subList(2, row.size()).forEach(c -> out.append("<td>").append(c).append("</td>"));
      out.append("</tr>\n");
    }
    return "<div class=\"scroll\"><table class=\"%s\">\n<thead><tr>%s</tr></thead>\n<tbody>\n%s</tbody></table></div>\n"
        .formatted(style, head, out);
  }
}
