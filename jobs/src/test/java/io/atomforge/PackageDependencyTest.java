package io.atomforge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * The rooms of the house. Each line of the table is a package and the packages that it imports, low
 * to high; {@code config} and {@code random} are open to all. An import that the table does not
 * allow fails, and so does an entry of the table that no import needs.
 */
class PackageDependencyTest {
  private static final String TABLE =
      """
config:
random:
atoms:
value:
sandbox: value
tokenizer:
torch:
generation: torch
model: generation torch
checkpoint: generation model
merge: model
graph: atoms
synthesis: atoms graph sandbox
task: sandbox synthesis value
dataset: synthesis
training.objective: model
training: model torch
rollout: generation model sandbox synthesis task tokenizer value
plan:
rl: generation model rollout sandbox training training.objective
spark: atoms checkpoint generation model rollout sandbox synthesis tokenizer training
tables: atoms dataset rl rollout sandbox synthesis task
evaluation:
report.page: evaluation
report: evaluation report.page
jobs.cli: tables
jobs.tracking: jobs.cli tables
jobs.sql: tables
jobs.run: checkpoint generation jobs.cli jobs.tracking model sandbox tables tokenizer training
jobs.data: atoms dataset jobs.cli jobs.run sandbox synthesis tables task tokenizer value
jobs.training: checkpoint dataset evaluation jobs.cli jobs.run model plan rl rollout tables training \
training.objective
jobs.training.setup: dataset jobs.cli jobs.data jobs.run jobs.tracking jobs.training model plan rl \
rollout sandbox spark synthesis tables task tokenizer training training.objective
jobs.pipeline: evaluation jobs.cli jobs.run report report.page sandbox tables
jobs.judge: jobs.cli jobs.data jobs.run sandbox synthesis tables task value
jobs.evaluate: dataset evaluation jobs.cli jobs.data jobs.judge jobs.run model rollout sandbox spark \
synthesis tables task tokenizer training
jobs.generate: jobs.cli jobs.judge jobs.run model spark tables task tokenizer
jobs.report: dataset jobs.cli jobs.data jobs.pipeline jobs.run plan report sandbox synthesis tables
jobs: atoms checkpoint dataset jobs.cli jobs.data jobs.evaluate jobs.generate jobs.judge \
jobs.pipeline jobs.report jobs.run jobs.sql jobs.training jobs.training.setup merge model plan \
report rl rollout sandbox spark synthesis tables task tokenizer training value
""";

  /** Libraries that only some packages may import. */
  private static final Map<String, String> LIBRARIES =
      Map.of(
          "org.apache.spark.", "jobs|jobs\\..*|spark|tables",
          "ai.djl.huggingface.", "tokenizer|checkpoint",
          "ai.djl.",
              "checkpoint|generation|jobs|jobs\\..*|model|spark|tokenizer|torch|training|"
                  + "training\\.objective");

  private static final Set<String> OPEN = Set.of("config", "random");
  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?io\\.atomforge\\.([a-z.]+?)\\.[A-Z]");

  private record Source(String room, Path file, String text) {
    Stream<String> uses() {
      return IMPORT
          .matcher(text)
          .results()
          .map(m -> m.group(1))
          .filter(used -> !used.equals(room) && !OPEN.contains(used));
    }
  }

  @Test
  void packagesImportWhatTheTableSaysAndNothingElse() throws IOException {
    assertThat(used()).isEqualTo(allowed());
  }

  @Test
  void thePackagesOfTheTableStandAboveWhatTheyImport() {
    Set<String> below = new TreeSet<>();
    table()
        .forEach(
            line -> {
              assertThat(below).as(line.room()).containsAll(line.imports());
              below.add(line.room());
            });
  }

  @Test
  void librariesStayWhereTheyBelong() throws IOException {
    List<String> violations =
        sources().stream()
            .flatMap(
                source ->
                    LIBRARIES.entrySet().stream()
                        .filter(e -> source.text.contains("\nimport " + e.getKey()))
                        .filter(e -> !source.room.matches(e.getValue()))
                        .map(e -> source.file + " imports " + e.getKey()))
            .toList();
    assertThat(violations).isEmpty();
  }

  private record Line(String room, Set<String> imports) {}

  private static List<Line> table() {
    return TABLE
        .lines()
        .map(
            line -> {
              String[] parts = line.split(":");
              String names = parts.length > 1 ? parts[1].strip() : "";
              return new Line(
                  parts[0], names.isEmpty() ? Set.of() : new TreeSet<>(List.of(names.split(" +"))));
            })
        .toList();
  }

  private static Map<String, Set<String>> allowed() {
    return new TreeMap<>(
        table().stream().collect(Collectors.toMap(Line::room, line -> line.imports)));
  }

  private static Map<String, Set<String>> used() throws IOException {
    Map<String, Set<String>> used = new TreeMap<>();
    for (Source source : sources()) {
      Set<String> imports = used.computeIfAbsent(source.room, room -> new TreeSet<>());
      source.uses().forEach(imports::add);
    }
    return used;
  }

  private static List<Source> sources() throws IOException {
    List<Source> sources = new ArrayList<>();
    for (String module : List.of("../common", "../jobs")) {
      Path root = Path.of(module, "src/main/java/io/atomforge");
      try (Stream<Path> files = Files.walk(root)) {
        files
            .filter(file -> file.toString().endsWith(".java"))
            .map(file -> source(root, file))
            .forEach(sources::add);
      }
    }
    return sources;
  }

  private static Source source(Path root, Path file) {
    try {
      String room = root.relativize(file.getParent()).toString().replace('/', '.');
      return new Source(room, file, Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
