package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages for people say about files and commands. */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final int README_LINES = 150;
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern BASH = Pattern.compile("(?s)```bash\n(.*?)```");
  private static final Pattern MADE = Pattern.compile("(?ms)^cat > (\\S+) <<'EOF'\n(.*?)^EOF$");

  static Stream<Path> pages() throws IOException {
    try (Stream<Path> top = Files.list(ROOT);
        Stream<Path> docs = Files.walk(ROOT.resolve("docs"))) {
      return Stream.concat(top, docs)
          .filter(p -> p.toString().endsWith(".md"))
          .sorted()
          .toList()
          .stream();
    }
  }

  @Test
  void theReadmeIsShort() throws IOException {
    assertThat(Files.readAllLines(ROOT.resolve("README.md")))
        .hasSizeLessThanOrEqualTo(README_LINES);
  }

  /** The pages name the versions that the build has. */
  @Test
  void theVersionsAreThoseOfTheBuild() throws IOException {
    String pom = Files.readString(ROOT.resolve("pom.xml"));
    String version = first("<version>(.*?)</version>", pom);
    String library = Files.readString(ROOT.resolve("docs/library.md"));
    assertThat(library)
        .contains("`io.atomforge:atomforge-common:" + version + "`")
        .contains("`io.atomforge:atomforge-jobs:" + version + "`");
    Map<String, String> dependencies =
        Map.of(
            "atomforge-common", version,
            "jackson-databind", first("<jackson.version>(.*?)<", pom),
            "spark-sql_2.13", first("<spark.version>(.*?)<", pom));
    Matcher shown =
        Pattern.compile("<artifactId>(.*?)</artifactId>\\s*<version>(.*?)</version>")
            .matcher(library);
    while (shown.find()) {
      assertThat(dependencies).containsEntry(shown.group(1), shown.group(2));
    }
    assertThat(Files.readString(ROOT.resolve("docs/tour.md")))
        .contains("pyspark==" + first("<spark.version>(.*?)<", pom));
  }

  /** Each version has its date, except the one that is being made. */
  @Test
  void theChangelogHasADateForEachVersion() throws IOException {
    String version = first("<version>(.*?)</version>", Files.readString(ROOT.resolve("pom.xml")));
    List<String> entries =
        Pattern.compile("(?m)^## (.*)$")
            .matcher(Files.readString(ROOT.resolve("CHANGELOG.md")))
            .results()
            .map(entry -> entry.group(1))
            .toList();
    String dated = "\\d+\\.\\d+\\.\\d+ \\(\\d{4}-\\d{2}-\\d{2}\\)";
    if (version.endsWith("-SNAPSHOT")) {
      assertThat(entries.get(0)).isEqualTo(version.replace("-SNAPSHOT", " (unreleased)"));
    } else {
      assertThat(entries.get(0)).startsWith(version + " (").matches(dated);
    }
    assertThat(entries.subList(1, entries.size())).isNotEmpty().allMatch(e -> e.matches(dated));
  }

  private static String first(String regex, String text) {
    Matcher matcher = Pattern.compile(regex).matcher(text);
    assertThat(matcher.find()).as(regex).isTrue();
    return matcher.group(1);
  }

  @Test
  void theAtomOfThePageIsOneThatCanBeLoaded() throws IOException {
    Path file = ROOT.resolve("docs/my-atoms.yaml");
    assertThat(Files.readString(ROOT.resolve("docs/atoms.md"))).contains(Files.readString(file));
    assertThat(AtomCatalog.load(file.toString()).atoms())
        .extracting(Atom::atomId)
        .contains("count_even", "count_even~semantic");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void everyLinkLeadsSomewhere(Path page) throws IOException {
    for (Matcher link = LINK.matcher(Files.readString(page)); link.find(); ) {
      String target = link.group(1);
      if (target.contains("://")) {
        continue;
      }
      int hash = target.indexOf('#');
      String file = hash < 0 ? target : target.substring(0, hash);
      Path there = file.isEmpty() ? page : page.resolveSibling(file);
      assertThat(there).as("%s: %s", page, target).exists();
      if (hash >= 0) {
        assertThat(anchors(there)).as("%s: %s", page, target).contains(target.substring(hash + 1));
      }
    }
  }

  /** The names that GitHub gives to headings. */
  private static List<String> anchors(Path page) throws IOException {
    return HEADING
        .matcher(Files.readString(page))
        .results()
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(text -> text.replaceAll("[^\\p{L}\\p{N} _-]", "").replace(' ', '-'))
        .toList();
  }

  static Stream<LauncherCall> calls() throws IOException {
    List<LauncherCall> calls = new ArrayList<>();
    for (Path page : pages().toList()) {
      for (Matcher block = BASH.matcher(Files.readString(page)); block.find(); ) {
        block
            .group(1)
            .replace("\\\n", " ")
            .lines()
            .forEach(line -> LauncherCall.in(page.toString(), line).ifPresent(calls::add));
      }
    }
    assertThat(calls).hasSizeGreaterThan(30);
    return calls.stream();
  }

  @ParameterizedTest
  @MethodSource("calls")
  void everyCallNamesAJobAndItsKeys(LauncherCall call, @TempDir Path folder) throws IOException {
    Map<String, String> files = made(Path.of(call.where()), folder);
    assertThatCode(() -> call.bind(files)).doesNotThrowAnyException();
  }

  /** The files that a page makes, here in a folder. */
  private static Map<String, String> made(Path page, Path folder) throws IOException {
    Map<String, String> files = new HashMap<>();
    for (Matcher made = MADE.matcher(Files.readString(page)); made.find(); ) {
      Path file = folder.resolve(Path.of(made.group(1)).getFileName());
      Files.writeString(file, made.group(2));
      files.put(made.group(1), file.toString());
    }
    return files;
  }
}
