package io.atomforge.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.value.Equality;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Programs in files by topic. Each begins with a line {@code #: name => OUTCOME | OUTCOME from
 * LEVEL}: how it may end, and the weakest level that must contain it, PROCESS if none is named.
 * {@code # calls:} and {@code # expected:} have the arguments and the value of each call, parted by
 * " | ", by default those of the square of 2 and 3. A text that cannot stand in a file is {@code #
 * code:} and JSON: pieces, each with how often it is repeated.
 */
final class Corpus {
  record Entry(
      String name,
      Program program,
      List<String> expectedJson,
      List<Outcome> outcomes,
      IsolationLevel weakest) {
    @Override
    public String toString() {
      return name;
    }
  }

  static final Program SQUARE =
      new Program("def f(x):\n    return x * x\n", "f", List.of(new Call("[2]"), new Call("[3]")));
  static final List<String> SQUARES = List.of("4", "9");
  private static final Pattern TITLE =
      Pattern.compile("#: (\\w+) => ([A-Z_| ]+?)(?: from ([A-Z_]+))?\\n");

  private Corpus() {}

  /** The calls of a program with the value that each must give. */
  static Tests.Calls tests(Program program, List<String> expectedJson) {
    List<Tests.Calls.Case> cases = new ArrayList<>();
    for (int i = 0; i < expectedJson.size(); i++) {
      cases.add(new Tests.Calls.Case((Call) program.calls().get(i), expectedJson.get(i)));
    }
    return new Tests.Calls(program.entryPoint(), cases);
  }

  /** Judges a program by its calls. */
  static Verdict judge(Sandbox sandbox, Program program, List<String> expectedJson) {
    return judge(sandbox, program, expectedJson, sandbox.limits());
  }

  static Verdict judge(Sandbox sandbox, Program program, List<String> expectedJson, Limits limits) {
    JudgeOptions options = new JudgeOptions(limits, Equality.DEFAULT, Program.AfterFailure.GO_ON);
    return sandbox.judge(program.code(), tests(program, expectedJson), options);
  }

  static List<Entry> read(String folder) {
    try (Stream<Path> files =
        Files.list(Path.of(Corpus.class.getResource("/sandbox/" + folder).toURI()))) {
      return files.sorted().flatMap(Corpus::entries).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Stream<Entry> entries(Path file) {
    try {
      String topic = file.getFileName().toString().replace(".py", "");
      String text = Files.readString(file, StandardCharsets.UTF_8);
      return Stream.of(text.split("(?m)^(?=#: )")).map(entry -> entry(topic, entry));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Entry entry(String topic, String text) {
    Matcher title = TITLE.matcher(text);
    if (!title.lookingAt()) {
      throw new IllegalArgumentException("No title: " + text.lines().findFirst().orElse(""));
    }
    return new Entry(
        topic + "/" + title.group(1),
        new Program(
            declared(text, "code").map(Corpus::pieces).orElse(text),
            "f",
            items(declared(text, "calls").orElse("[2] | [3]"), Call::new)),
        items(declared(text, "expected").orElse("4 | 9"), json -> json),
        items(title.group(2), Outcome::valueOf),
        IsolationLevel.valueOf(Optional.ofNullable(title.group(3)).orElse("PROCESS")));
  }

  private static String pieces(String json) {
    try {
      List<String> pieces = new ArrayList<>();
      for (JsonNode piece : new ObjectMapper().readTree(json)) {
        pieces.add(piece.get(0).asText().repeat(piece.get(1).asInt()));
      }
      return String.join("", pieces);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static <T> List<T> items(String text, Function<String, T> read) {
    return Stream.of(text.split(" \\| ")).map(String::strip).map(read).toList();
  }

  private static Optional<String> declared(String text, String key) {
    Matcher matcher = Pattern.compile("(?m)^# " + key + ": (.*)$").matcher(text);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
