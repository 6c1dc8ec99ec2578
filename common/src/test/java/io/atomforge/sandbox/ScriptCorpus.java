package io.atomforge.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Tests with programs, from a text: {@code === name: outcome} or {@code === name: entry point:
 * outcome}, the program, then after {@code --- wrong} another one and after {@code --- test} the
 * test. The outcome is that of the last program; one before it is right and passes.
 */
record ScriptCorpus(
    String name, String entryPoint, Outcome outcome, String[] programs, String test) {
  private static final Path FOLDER = Path.of("src/test/resources/sandbox/scripts");

  static List<ScriptCorpus> read(String file) throws IOException {
    List<ScriptCorpus> cases = new ArrayList<>();
    String[] blocks = Files.readString(FOLDER.resolve(file)).split("(?m)^=== ");
    for (int i = 1; i < blocks.length; i++) {
      int line = blocks[i].indexOf('\n');
      String[] head = blocks[i].substring(0, line).split(": ");
      String[] both = blocks[i].substring(line + 1).split("(?m)^--- test\\n");
      cases.add(
          new ScriptCorpus(
              head[0],
              head.length > 2 ? head[1] : "",
              Outcome.valueOf(head[head.length - 1]),
              both[0].split("(?m)^--- wrong\\n"),
              both.length > 1 ? both[1] : ""));
    }
    return cases;
  }

  Tests.Script script() {
    return new Tests.Script(test, entryPoint);
  }

  @Override
  public String toString() {
    return name;
  }
}
