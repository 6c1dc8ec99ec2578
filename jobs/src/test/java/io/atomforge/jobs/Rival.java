package io.atomforge.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.jobs.cli.JobRunner;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;

/**
 * A Python program that does the work of a benchmark in another library: it answers every line of
 * its standard input with a line of JSON, and rests in between.
 */
final class Rival implements AutoCloseable {
  private final Process process;
  private final Path errors;
  private final BufferedReader answers;
  private final PrintWriter requests;

  /**
   * @param errors file for its standard error
   */
  Rival(List<String> command, Path errors) throws IOException {
    this.errors = errors;
    process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    answers = process.inputReader();
    requests = new PrintWriter(process.outputWriter(), true);
  }

  JsonNode ask(int what) throws IOException {
    requests.println(what);
    return answer();
  }

  /**
   * @throws IOException if the program has ended
   */
  JsonNode answer() throws IOException {
    String line = answers.readLine();
    if (line == null) {
      throw new IOException("The Python program ended; " + errors + " says why");
    }
    return JobRunner.JSON.readTree(line);
  }

  long pid() {
    return process.pid();
  }

  @Override
  public void close() {
    process.destroy();
  }
}
