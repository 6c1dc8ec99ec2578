package io.atomforge.jobs.sql;

import io.atomforge.config.ConfigException;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.io.Reader;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.jline.reader.EOFError;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.TerminalBuilder;

/**
 * Runs statements one after the other. Answers go to the output, everything else to standard error.
 */
public final class Shell {
  private static final List<String> LEAVE = List.of("exit", "quit", "\\q");

  private final Warehouse warehouse;
  private final Statements statements;
  private final Format format;
  private final int limit;
  private final PrintStream out;
  private long answered;

  /**
   * @param limit greatest number of rows of an answer
   */
  public Shell(Warehouse warehouse, Format format, int limit, PrintStream out) {
    this.warehouse = warehouse;
    this.statements = new Statements(warehouse);
    this.format = format;
    this.limit = limit;
    this.out = out;
  }

  /**
   * Runs a script; a statement is answered as soon as its semicolon is read.
   *
   * @param name what messages call the script
   * @return how many statements it has
   * @throws ConfigException if a statement fails; those before it have been answered
   */
  public long run(Reader script, String name) throws Exception {
    BufferedReader lines = new BufferedReader(script);
    StringBuilder text = new StringBuilder();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      text.append(line).append('\n');
      SqlScript read = new SqlScript(text.toString());
      if (read.rest().isEmpty()) {
        answer(read.statements(), name);
        text.setLength(0);
      }
    }
    SqlScript last = new SqlScript(text.toString());
    answer(last.statements(), name);
    answer(last.rest().isEmpty() ? List.of() : List.of(last.rest()), name);
    return answered;
  }

  private void answer(List<String> several, String name) throws Exception {
    for (String statement : several) {
      try {
        answer(statement);
      } catch (ConfigException e) {
        throw new ConfigException(
            "statement " + (answered + 1) + " of " + name + ": " + e.getMessage());
      }
    }
  }

  private void answer(String statement) throws Exception {
    long begin = System.nanoTime();
    Answer answer = statements.answer(statement, format, limit);
    if (answered++ > 0) {
      out.println();
    }
    out.println(answer.text());
    out.flush();
    double seconds = (System.nanoTime() - begin) / 1e9;
    System.err.printf(Locale.ROOT, "%s (%.2f s)%n", answer.count(), seconds);
  }

  /** Whether somebody types: both standard input and standard output are a terminal. */
  @SuppressWarnings("SystemConsoleNull") // this program runs on Java 17 to 21
  public static boolean isAtTerminal() {
    return System.console() != null;
  }

  /**
   * Asks at the terminal until the user leaves. Statements end with a semicolon and may have
   * several lines; Ctrl-C stops the one that runs. The history is kept in the user's home.
   *
   * @return how many statements were answered
   */
  public long atTerminal() throws IOException {
    Path history = Path.of(System.getProperty("user.home"), ".atomforge_history");
    try (Terminal terminal = TerminalBuilder.builder().system(true).build()) {
      return at(terminal, history);
    }
  }

  long at(Terminal terminal, Path history) {
    terminal.handle(
        Terminal.Signal.INT, signal -> warehouse.spark().sparkContext().cancelAllJobs());
    LineReader reader =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .parser(new Statement())
            .completer(new Names(warehouse.spark()))
            .variable(LineReader.HISTORY_FILE, history)
            .variable(LineReader.SECONDARY_PROMPT_PATTERN, "     > ")
            .option(LineReader.Option.CASE_INSENSITIVE, true)
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .build();
    System.err.println(
        "SHOW TABLES; lists tables and views, a statement ends with ; and exit leaves.");
    startWarmUp();
    while (ask(reader)) {
      out.flush();
    }
    return answered;
  }

  /** Loads what the first answer needs while the user types. */
  private void startWarmUp() {
    Thread thread =
        new Thread(
            () ->
                Tables.ALL.stream()
                    .filter(warehouse::exists)
                    .findFirst()
                    .ifPresent(table -> Answer.of(warehouse.read(table), format, 1)),
            "sql-warm-up");
    thread.setDaemon(true);
    // A question about the table will say what is wrong.
    thread.setUncaughtExceptionHandler((t, e) -> {});
    thread.start();
  }

  /** Whether to go on. */
  private boolean ask(LineReader reader) {
    try {
      String text = reader.readLine("sql> ");
      if (LEAVE.contains(command(text))) {
        return false;
      }
      for (String statement : new SqlScript(text).statements()) {
        answer(statement);
      }
    } catch (UserInterruptException e) {
      return true; // the line is dropped
    } catch (EndOfFileException e) {
      return false;
    } catch (Exception e) {
      String said = String.valueOf(e.getMessage());
      System.err.println(
          said.contains("cancelled") ? "stopped" : said.lines().findFirst().orElse(said));
    }
    return true;
  }

  private static String command(String text) {
    return text.strip().replaceFirst(";$", "").strip().toLowerCase(Locale.ROOT);
  }

  /** Reads lines until a semicolon ends the last statement. */
  private static final class Statement extends DefaultParser {
    Statement() {
      setEscapeChars(null);
      setQuoteChars(new char[0]);
    }

    @Override
    public ParsedLine parse(String line, int cursor, ParseContext context) {
      boolean open = !new SqlScript(line).rest().isEmpty() && !LEAVE.contains(command(line));
      if (context == ParseContext.ACCEPT_LINE && open) {
        throw new EOFError(-1, cursor, "the statement has no semicolon yet");
      }
      return super.parse(line, cursor, context);
    }

    @Override
    public boolean isDelimiterChar(CharSequence buffer, int pos) {
      return !Character.isJavaIdentifierPart(buffer.charAt(pos));
    }
  }
}
