package io.atomforge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class PackageDependencyTest {
  /**
   * Each package, low to high, and the packages it may import; config and random are open to all.
   */
  private static final Map<String, Set<String>> ALLOWED =
      Map.ofEntries(
          Map.entry("config", Set.of()),
          Map.entry("random", Set.of()),
          Map.entry("atoms", Set.of()),
          Map.entry("sandbox", Set.of()),
          Map.entry("tokenizer", Set.of()),
          Map.entry("model", Set.of("tokenizer")),
          Map.entry("synthesis", Set.of("atoms", "sandbox")),
          Map.entry("dataset", Set.of("synthesis", "tokenizer")),
          Map.entry("rollout", Set.of("sandbox", "synthesis", "tokenizer", "model", "dataset")),
          Map.entry("reward", Set.of("rollout", "sandbox")),
          Map.entry("selection", Set.of("rollout")),
          Map.entry("training.objective", Set.of("model")),
          Map.entry("training", Set.of("model", "dataset", "training.objective")),
          Map.entry("evaluation", Set.of("rollout", "reward")),
          Map.entry("report", Set.of("evaluation", "training")),
          Map.entry(
              "tables",
              Set.of(
                  "atoms",
                  "sandbox",
                  "synthesis",
                  "dataset",
                  "rollout",
                  "reward",
                  "training",
                  "evaluation")),
          Map.entry(
              "cluster",
              Set.of(
                  "atoms",
                  "sandbox",
                  "synthesis",
                  "tokenizer",
                  "model",
                  "rollout",
                  "reward",
                  "selection",
                  "training",
                  "training.objective",
                  "tables")));

  private static final Pattern IMPORT =
      Pattern.compile("(?m)^import (?:static )?io\\.atomforge\\.([a-z.]+?)\\.[A-Z]");
  private static final Map<String, Set<String>> LIBRARIES =
      Map.of(
          "org.apache.spark.", Set.of("tables", "cluster"),
          "ai.djl.huggingface.", Set.of("tokenizer", "model"),
          "ai.djl.", Set.of("tokenizer", "model", "training", "training.objective", "cluster"));

  @Test
  void packagesImportOnlyThoseBelowThem() throws IOException {
    Path root = Path.of("src/main/java/io/atomforge");
    List<String> violations = new ArrayList<>();
    List<Path> sources;
    try (var walk = Files.walk(root)) {
      sources = walk.filter(p -> p.toString().endsWith(".java")).toList();
    }
    for (Path source : sources) {
      String name = root.relativize(source.getParent()).toString().replace('/', '.');
      String text = Files.readString(source);
      for (var m = IMPORT.matcher(text); m.find(); ) {
        String used = m.group(1);
        if (!used.equals(name)
            && !Set.of("config", "random").contains(used)
            && !ALLOWED.get(name).contains(used)) {
          violations.add(source + " imports " + used);
        }
      }
      LIBRARIES.forEach(
          (library, users) -> {
            if (text.contains("\nimport " + library) && !users.contains(name)) {
              violations.add(source + " imports " + library);
            }
          });
    }
    assertThat(sources).isNotEmpty();
    assertThat(violations).isEmpty();
  }
}
