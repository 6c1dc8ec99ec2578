package io.atomforge.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.atomforge.value.Values;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads what a program claims: one line of JSON for loading, each call, and the end. The text is
 * hostile: the program may have written it itself, which gains it what returning the same values
 * would.
 *
 * @param frame of the program
 * @param script of the process of the test's script, which the program cannot write to
 * @param printed what a program with a standard input printed
 * @param seal what ends both
 */
record Frame(byte[] frame, byte[] script, byte[] printed, String seal) {
  private static final JsonFactory JSON = new JsonFactory();

  private static final String BEYOND = "[\"BEYOND\",";

  /** The result of one program from its frame and from what the worker saw of its end. */
  Execution execution(Program program, Limits limits, Ending ending, IsolationLevel isolation) {
    int all = program.calls().size();
    int count = all - (program.script().isPresent() ? 1 : 0);
    Outcome outcome = ending.outcome(limits);
    String detail = ending.detail(limits);
    List<CallResult> calls = List.of();
    try {
      String text = new String(frame, StandardCharsets.US_ASCII);
      String end = end();
      boolean ended = text.endsWith(end);
      List<CallResult> lines =
          lines(ended ? text.substring(0, text.length() - end.length()) : text, count + 2);
      require(lines.stream().noneMatch(l -> l.outcome() == Outcome.WRONG_ANSWER));
      boolean loaded = !lines.isEmpty() && lines.get(0).outcome() == Outcome.PASSED;
      calls = loaded ? lines.subList(1, lines.size()) : List.of();
      if (outcome == Outcome.PASSED && ended) {
        require(loaded && (calls.size() == count || stopped(program, calls)));
        detail = "";
      } else if (outcome == Outcome.PASSED && leftInPeace(program, ending, lines)) {
        calls = List.of(new CallResult(Outcome.PASSED, "null", "", 0));
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
    boolean ranToItsEnd = outcome == Outcome.PASSED;
    int known = program.readsInput() && !ranToItsEnd ? 0 : Math.min(calls.size(), count);
    List<CallResult> results = new ArrayList<>(calls.subList(0, known));
    CallResult missing =
        ranToItsEnd
            ? CallResult.failed(Outcome.NOT_RUN, "an earlier call failed")
            : CallResult.failed(outcome, detail);
    while (results.size() < count) {
      results.add(missing);
    }
    if (all > count) {
      boolean heard = ranToItsEnd && !stopped(program, results);
      results.add(heard ? test() : missing);
    }
    if (program.readsInput()) {
      results.set(0, withPrinted(results.get(0)));
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

  private String end() {
    return "[\"END\",\"" + seal + "\"]\n";
  }

  /** Whether a program with a standard input left by {@code os._exit(0)}, after it began. */
  private static boolean leftInPeace(Program program, Ending ending, List<CallResult> lines) {
    return program.readsInput()
        && ending.status() == 0
        && lines.size() == 1
        && lines.get(0).outcome() == Outcome.PASSED;
  }

  /** A run with its value, which is what it printed. */
  private CallResult withPrinted(CallResult run) {
    String json = Values.json(text(printed));
    return run.outcome() == Outcome.PASSED
        ? new CallResult(Outcome.PASSED, json, "", run.wallMs())
        : run;
  }

  /** What is printed; bytes that are no UTF-8 equal no text that can be expected. */
  private static String text(byte[] printed) {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .onMalformedInput(CodingErrorAction.REPLACE)
          .onUnmappableCharacter(CodingErrorAction.REPLACE)
          .replaceWith("\uffff")
          .decode(ByteBuffer.wrap(printed))
          .toString();
    } catch (CharacterCodingException e) {
      throw new IllegalStateException(e);
    }
  }

  private static boolean stopped(Program program, List<CallResult> calls) {
    return program.afterFailure() == Program.AfterFailure.STOP
        && calls.stream().anyMatch(c -> c.outcome() != Outcome.PASSED);
  }

  /** What the process of the test's script said, which the program cannot write to. */
  private CallResult test() {
    String text = new String(script, StandardCharsets.US_ASCII);
    String end = end();
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
        Room.reading(output.length(), () -> Values.parse(output));
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
