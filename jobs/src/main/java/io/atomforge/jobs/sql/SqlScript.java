package io.atomforge.jobs.sql;

import java.util.ArrayList;
import java.util.List;

/** Text of several SQL statements, each ended by a semicolon outside of quotes and comments. */
final class SqlScript {
  private final List<String> statements = new ArrayList<>();
  private final String rest;

  SqlScript(String text) {
    int begin = 0;
    int at = 0;
    boolean more = false; // whether something beside blanks and comments came since begin
    while (at < text.length()) {
      char c = text.charAt(at);
      if (c == ';') {
        if (more) {
          statements.add(text.substring(begin, at).strip());
        }
        begin = at + 1;
        more = false;
        at++;
      } else {
        int next = skip(text, at);
        more |= next == at + 1 ? !Character.isWhitespace(c) : c != '-' && c != '/';
        at = next;
      }
    }
    rest = more ? text.substring(begin).strip() : "";
  }

  /** The place after what begins at {@code at}: a quoted text, a comment, or one character. */
  private static int skip(String text, int at) {
    char c = text.charAt(at);
    if (c == '\'' || c == '"' || c == '`') {
      int end = at + 1;
      while (end < text.length() && text.charAt(end) != c) {
        end += c != '`' && text.charAt(end) == '\\' ? 2 : 1;
      }
      return Math.min(text.length(), end + 1);
    }
    if (text.startsWith("--", at)) {
      int end = text.indexOf('\n', at);
      return end < 0 ? text.length() : end + 1;
    }
    if (text.startsWith("/*", at)) {
      int depth = 1;
      int end = at + 2;
      while (end < text.length() && depth > 0) {
        boolean opens = text.startsWith("/*", end);
        boolean closes = text.startsWith("*/", end);
        depth += opens ? 1 : closes ? -1 : 0;
        end += opens || closes ? 2 : 1;
      }
      return Math.min(text.length(), end);
    }
    return at + 1;
  }

  /** Those that a semicolon ends, without it. */
  List<String> statements() {
    return statements;
  }

  /** What stands after the last semicolon; empty if it is blanks and comments. */
  String rest() {
    return rest;
  }
}
