package io.atomforge.jobs.sql;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.jobs.ToyTables;
import java.io.ByteArrayOutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShellTest {
  @TempDir Path folder;

  @Test
  void aStatementOfSeveralLinesIsAnsweredAndKept() throws Exception {
    String typed = "SELECT 1 +\n 1 AS two;\nSELECT * FROM nothing;\nSELECT 3 AS three;\nexit\n";
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    Path history = folder.resolve("history");
    long answered;
    try (PipedOutputStream keys = new PipedOutputStream();
        Terminal terminal =
            TerminalBuilder.builder()
                .streams(new PipedInputStream(keys), new ByteArrayOutputStream())
                .type("dumb")
                .system(false)
                .build()) {
      keys.write(typed.getBytes(StandardCharsets.UTF_8));
      PrintStream printed = new PrintStream(out, false, StandardCharsets.UTF_8);
      answered = new Shell(ToyTables.WAREHOUSE, Format.CSV, 10, printed).at(terminal, history);
    }
    assertThat(out.toString(StandardCharsets.UTF_8)).isEqualTo("two\n2\n\nthree\n3\n");
    assertThat(answered).isEqualTo(2);
    assertThat(Files.readString(history)).contains("1 AS two;", "exit");
  }
}
