package io.atomforge.jobs.judge;

import java.util.Random;

/** Texts made wrong at random. */
public final class FuzzedText {
  private static final String[] PIECES = {
    "\"",
    "'",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\n",
    "\t",
    "-",
    "null",
    "true",
    "NaN",
    "1e999",
    "0x1",
    "\\",
    "\\ud800",
    "\u0000",
    "\ud83d",
    "\u20ac",
    "9".repeat(400),
    "&a",
    "*a",
    "!!java.util.Date",
    "<<: *a",
    "#",
    "%",
    "|",
    ">",
    "()",
    "/*",
    "--",
    ";",
    "`",
    "$",
    "''",
    "\ufeff",
    "\r",
    "[[[[[[",
    "id",
    "test",
    "calls",
    "code",
    "SELECT",
    "FROM",
    "é",
    "\u202e",
    " ".repeat(50)
  };

  private FuzzedText() {}

  /** The text with one to five changes: something cut, doubled, moved, replaced or put in. */
  public static String changed(String text, Random random) {
    StringBuilder changed = new StringBuilder(text);
    for (int i = 1 + random.nextInt(5); i > 0; i--) {
      int length = changed.length();
      int from = random.nextInt(length + 1);
      int to = Math.min(length, from + random.nextInt(1 + random.nextInt(30)));
      switch (random.nextInt(6)) {
        case 0 -> changed.delete(from, to);
        case 1 -> changed.insert(from, changed.substring(from, to));
        case 2 -> changed.insert(random.nextInt(length + 1), changed.substring(from, to));
        case 3 -> changed.setLength(random.nextInt(20) == 0 ? from : length);
        case 4 -> changed.replace(from, to, PIECES[random.nextInt(PIECES.length)]);
        default -> changed.insert(from, PIECES[random.nextInt(PIECES.length)]);
      }
    }
    return changed.toString();
  }
}
