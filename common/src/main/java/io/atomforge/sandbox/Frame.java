package io.atomforge.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a program claims: one line of JSON for loading, each call, and the end. The text is
 * hostile: the program may have written it itself, which gains it what returning the same values
 * would.
 */
final class Frame {
  private static final JsonFactory JSON = new JsonFactory();

  private static final String BEYOND = "[\"BEYOND\",";

  private Frame() {}

  /** The result of one program from its frame and from what the worker saw of its end. */
  static Execution execution(
      Program program,
      Limits limits,
      byte[] frame,
      byte[] script,
      String seal,
      Ending ending,
      IsolationLevel isolation) {
    int all = program.calls().size();
    int count = all - (program.script().isPresent() ? 1 : 0);
    Outcome outcome = ending.outcome(limits);
    String detail = ending.detail(limits);
    List<CallResult> calls = List.of();
    try {
      String text = new String(frame, StandardCharsets.US_ASCII);
      String end = end(seal);
      boolean ended = text.endsWith(end);
      List<CallResult> lines =
          lines(ended ? text.substring(0, text.length() - end.length()) : text, count + 2);
      require(lines.stream().noneMatch(l -> l.outcome() == Outcome.WRONG_ANSWER));
      boolean loaded = !lines.isEmpty() && lines.get(0).outcome() == Outcome.PASSED;
      calls = loaded ? lines.subList(1, lines.size()) : List.of();
      if (outcome == Outcome.PASSED && ended) {
        require(loaded && (calls.size() == count || stopped(program, calls)));
        detail = "";
      } else if (outcome == Outcome.PASSED) {
        outcome = Outcome.RUNTIME_ERROR;
        boolean atLoadOrEnd = lines.size() == 1 && !loaded || calls.size() > count;
        if (atLoadOrEnd) { // by loading, or by what it printed last
          CallResult last = lines.get(lines.size() - 1);
          require(last.outcome() != Outcome.PASSED);
          outcome = last.outcome();
          detail = last.error();
        }
      }
    } catch (IOException | IllegalArgumentException forged) {
      calls = List.of();
      if (outcome == Outcome.PASSED || outcome == Outcome.RUNTIME_ERROR) {
        outcome = Outcome.RUNTIME_ERROR;
        detail = "PROTOCOL";
      }
    }
    List<CallResult> results = new ArrayList<>(calls.subList(0, Math.min(calls.size(), count)));
    boolean ranToItsEnd = outcome == Outcome.PASSED;
    CallResult missing =
        ranToItsEnd
            ? CallResult.failed(Outcome.NOT_RUN, "an earlier call failed")
            : CallResult.failed(outcome, detail);
    while (results.size() < count) {
      results.add(missing);
    }
    if (all > count) {
      boolean heard = ranToItsEnd && !stopped(program, results);
      results.add(heard ? script(script, end(seal)) : missing);
    }
    return new Execution(
        outcome,
        results,
        detail,
        ending.wallMicros() / 1e3,
        ending.cpuMicros() / 1e3,
        ending.peakMemoryKib(),
        isolation);
  }

  private static String end(String seal) {
    return "[\"END\",\"" + seal + "\"]\n";
  }

  private static boolean stopped(Program program, List<CallResult> calls) {
    return program.afterFailure() == Program.AfterFailure.STOP
        && calls.stream().anyMatch(c -> c.outcome() != Outcome.PASSED);
  }

  /** What the process of the test's script said, which the program cannot write to. */
  private static CallResult script(byte[] frame, String end) {
    String text = new String(frame, StandardCharsets.US_ASCII);
    try {
      if (text.startsWith(BEYOND)) {
        CallResult why =
            line("[\"RUNTIME_ERROR\"," + text.substring(BEYOND.length()).stripTrailing());
        return CallResult.failed(Outcome.NOT_RUN, Probe.Script.BEYOND + why.error());
      }
      boolean ended = text.endsWith(end);
      List<CallResult> lines =
          lines(ended ? text.substring(0, text.length() - end.length()) : text, 1);
      if (lines.size() == 1 && ended == (lines.get(0).outcome() == Outcome.PASSED)) {
        CallResult said = lines.get(0);
        return ended
            ? said
            : new CallResult(said.outcome(), "", "script: " + said.error(), said.wallMs());
      }
    } catch (IOException | IllegalArgumentException broken) {
      // It was ended in the middle of a line.
    }
    return CallResult.failed(Outcome.RUNTIME_ERROR, "script: the test's process ended early");
  }

  private static List<CallResult> lines(String text, int most) throws IOException {
    require(text.isEmpty() || text.endsWith("\n"));
    List<CallResult> lines = new ArrayList<>();
    for (int start = 0; start < text.length(); ) {
      require(lines.size() < most);
      int end = text.indexOf('\n', start);
      lines.add(line(text.substring(start, end)));
      start = end + 1;
    }
    return lines;
  }

  /** One line, {@code [outcome, milliseconds, value or message]}; the value stays text. */
  private static CallResult line(String line) throws IOException {
    try (JsonParser parser = JSON.createParser(line)) {
      require(parser.nextToken() == JsonToken.START_ARRAY);
      require(parser.nextToken() == JsonToken.VALUE_STRING);
      Outcome outcome = Outcome.valueOf(parser.getText());
      require(outcome.judgesProgram() && outcome != Outcome.NOT_RUN);
      JsonToken time = parser.nextToken();
      require(time != null && time.isNumeric());
      double wallMs = parser.getDoubleValue();
      require(wallMs >= 0 && wallMs < Double.POSITIVE_INFINITY);
      if (outcome == Outcome.PASSED) {
        int start = line.indexOf(',', line.indexOf(',') + 1) + 1;
        require(start > 0 && line.endsWith("]"));
        String output = line.substring(start, line.length() - 1);
        Values.parse(output);
        return new CallResult(outcome, output, "", wallMs);
      }
      require(parser.nextToken() == JsonToken.VALUE_STRING);
      String error = parser.getText();
      require(parser.nextToken() == JsonToken.END_ARRAY && parser.nextToken() == null);
      return new CallResult(outcome, "", error, wallMs);
    }
  }

  private static void require(boolean holds) {
    if (!holds) {
      throw new IllegalArgumentException("not a frame");
    }
  }
}
