package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What the pages for people say about files and commands. */
class DocumentationTest {
  private static final Path ROOT = Path.of("..");
  private static final int README_LINES = 150;
  private static final Pattern LINK = Pattern.compile("]\\(([^)\\s]+)\\)");
  private static final Pattern HEADING = Pattern.compile("(?m)^#+ (.*)$");
  private static final Pattern BASH = Pattern.compile("(?s)```bash\n(.*?)```");
  private static final Pattern WORD =
      Pattern.compile("(?:\"(?:\\\\.|[^\"\\\\])*\"|'[^']*'|[^\\s\"'])+");

  /** A call of the launcher as a page has it. */
  record Command(Path page, List<String> words) {
    @Override
    public String toString() {
      return ROOT.relativize(page) + ": " + String.join(" ", words);
    }
  }

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

  static Stream<Command> commands() throws IOException {
    List<Command> commands = new ArrayList<>();
    for (Path page : pages().toList()) {
      for (Matcher block = BASH.matcher(Files.readString(page)); block.find(); ) {
        for (String line : block.group(1).replace("\\\n", " ").lines().toList()) {
          int launcher = line.indexOf("deploy/submit.sh ");
          boolean runs = !line.strip().startsWith("#") && !line.contains("--print-jars");
          if (launcher >= 0 && runs) {
            commands.add(new Command(page, words(line.substring(launcher))));
          }
        }
      }
    }
    assertThat(commands).hasSizeGreaterThan(30);
    return commands.stream();
  }

  /** The words as the shell gives them to the launcher, up to a comment or another file. */
  private static List<String> words(String line) {
    List<String> words = new ArrayList<>();
    for (Matcher word = WORD.matcher(line); word.find(); ) {
      if (word.group().startsWith("#") || List.of("<", ">", "|").contains(word.group())) {
        break;
      }
      words.add(
          word.group()
              .replaceAll("\"((?:\\\\.|[^\"\\\\])*)\"", "$1")
              .replaceAll("'([^']*)'", "$1"));
    }
    return words.subList(1, words.size());
  }

  @ParameterizedTest
  @MethodSource("commands")
  void everyCommandNamesAJobAndItsKeys(Command command) {
    Job<?> job =
        Jobs.ALL.stream()
            .filter(j -> j.name().equals(command.words().get(0)))
            .findFirst()
            .orElseThrow(() -> new AssertionError("no job " + command.words().get(0)));
    List<String> words = new ArrayList<>();
    for (int i = 1; i < command.words().size(); i++) {
      String word = command.words().get(i);
      if (List.of("--master", "--format", "-f").contains(word)) {
        i++;
      } else if (!List.of("--json", "--dry-run", "--help", "--serve").contains(word)
          && !(job == Query.JOB && word.contains(" "))) {
        words.add(word);
      }
    }
    assertThatCode(() -> bind(job, words)).doesNotThrowAnyException();
  }

  private static <C extends Record & JobConfig> void bind(Job<C> job, List<String> words) {
    C config = JobRunner.load(job, words).bind(job.config());
    if (config instanceof Pipeline.Config pipeline) {
      Pipeline.stages(pipeline);
    }
  }
}
