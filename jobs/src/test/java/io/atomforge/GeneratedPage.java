package io.atomforge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A page under {@code docs} that is made from the program. */
public final class GeneratedPage {
  private GeneratedPage() {}

  /**
   * Compares the page with what the program says today; with {@code -Dupdate} writes the page anew.
   *
   * @param name file name under {@code docs}
   */
  public static void check(String name, String expected) throws IOException {
    Path page = Path.of("../docs").resolve(name);
    if (System.getProperty("update") != null) {
      Files.writeString(page, expected);
    }
    assertThat(Files.readString(page))
        .as(
            "docs/%s is made from the program; write it anew with ./mvnw -pl jobs -am test -Dupdate"
                + " -Dtest='KeysPageTest,TablesPageTest' -Dsurefire.failIfNoSpecifiedTests=false",
            name)
        .isEqualTo(expected);
  }

  /** A text as a cell of a Markdown table. */
  public static String cell(String text) {
    return text.replace("\\", "\\\\")
        .replace("|", "\\|")
        .replace("<", "&lt;")
        .replace("*", "\\*")
        .replace("\n", " ");
  }
}
