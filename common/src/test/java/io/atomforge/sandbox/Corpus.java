package io.atomforge.sandbox;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Programs in files, each with what it declares of itself in comments: {@code # outcome:} one or
 * more, {@code # calls:} and {@code # expected:} with the arguments and the value of each call,
 * parted by " | ", by default those of the square of 2 and 3, and {@code # weakest:} the weakest
 * level that must contain it.
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

  private Corpus() {}

  static List<Entry> read(String folder) {
    try (Stream<Path> files =
        Files.list(Path.of(Corpus.class.getResource("/sandbox/" + folder).toURI()))) {
      return files.sorted().map(Corpus::entry).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }

  private static Entry entry(Path file) {
    String code;
    try {
      code = Files.readString(file, StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    List<Call> calls = items(declared(code, "calls").orElse("[2] | [3]"), Call::new);
    return new Entry(
        file.getFileName().toString(),
        new Program(code, "f", calls),
        items(declared(code, "expected").orElse("4 | 9"), json -> json),
        items(declared(code, "outcome").orElseThrow(), Outcome::valueOf),
        IsolationLevel.valueOf(declared(code, "weakest").orElse("FILTER_ONLY")));
  }

  private static <T> List<T> items(String text, Function<String, T> read) {
    return Stream.of(text.split(" \\| ")).map(String::strip).map(read).toList();
  }

  private static Optional<String> declared(String code, String key) {
    Matcher matcher = Pattern.compile("(?m)^# " + key + ": (.*)$").matcher(code);
    return matcher.find() ? Optional.of(matcher.group(1)) : Optional.empty();
  }
}
