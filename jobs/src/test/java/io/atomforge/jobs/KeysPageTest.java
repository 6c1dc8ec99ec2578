package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.atomforge.GeneratedPage;
import io.atomforge.config.ConfigLoader;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.ConfText;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import java.io.IOException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code docs/keys.md} shows the keys of the program, with the comments of {@code conf}. */
class KeysPageTest {
  private static final String HEAD =
      """
      # Keys

      This page is made from `conf/*.yaml` by `KeysPageTest`, which fails when the page is out of date.

      Give a key on the command line as `key=value` (`optimizer.learning_rate=5e-4` for a key of a block), or in a YAML file with
      `--config FILE` or `--recipe FILE`. A value on the command line wins over a file, and a file wins over the defaults below. A block
      that names another `type` replaces the default block whole, so give all keys of that type. A key that a job does not have is an error.

      """
          + JobRunner.OUTCOME
          + "\n";

  /** Longer defaults are left to the file. */
  private static final int LONGEST = 100;

  static Stream<Job<?>> jobs() {
    return Jobs.ALL.stream();
  }

  @Test
  void thePageShowsTheKeysOfTheProgram() throws IOException {
    StringBuilder page = new StringBuilder(HEAD);
    Jobs.ALL.forEach(
        job -> page.append("- [%s](#%s): %s\n".formatted(job.name(), anchor(job), job.purpose())));
    page.append("\n## Keys that several jobs share (`conf/base.yaml`)\n\n");
    page.append(keys("base.yaml"));
    Jobs.ALL.forEach(job -> page.append(section(job)));
    page.append("\n## Keys of each type\n\n");
    page.append("Where a key has a `type`, the type decides which further keys the block has.\n\n");
    page.append("| key | type | further keys |\n|---|---|---|\n");
    types().forEach((family, key) -> page.append(rows(family, key)));
    GeneratedPage.check("keys.md", page.toString());
  }

  /** Each type that a key may have, and each key of the type, is explained in the help. */
  @ParameterizedTest
  @MethodSource("jobs")
  void everyTypeOfAKeyIsNamedInTheHelp(Job<?> job) {
    String comments = ConfText.of(job.file() + ".yaml").comments();
    Map<Class<?>, String> families = new TreeMap<>((a, b) -> a.getName().compareTo(b.getName()));
    collect(job.config(), "", families);
    for (Class<?> family : families.keySet()) {
      for (JsonSubTypes.Type type : family.getAnnotation(JsonSubTypes.class).value()) {
        assertThat(comments).as(family.getName()).containsPattern("\\b" + type.name() + "\\b");
        assertThat(components(type.value()).map(KeysPageTest::name))
            .as("%s %s", family.getName(), type.name())
            .allSatisfy(k -> assertThat(comments).containsPattern("\\b" + k + "\\b"));
      }
    }
  }

  private static String section(Job<?> job) {
    ConfText text = ConfText.of(job.file() + ".yaml");
    List<String> own = components(job.config()).map(KeysPageTest::name).toList();
    String shared =
        ConfText.of("base.yaml").keys().stream()
            .map(ConfText.Key::path)
            .filter(own::contains)
            .map(k -> "`" + k + "`")
            .collect(Collectors.joining(", "));
    String operational =
        components(job.config())
            .filter(c -> c.isAnnotationPresent(Operational.class))
            .map(c -> "`" + name(c) + "`")
            .collect(Collectors.joining(", "));
    return """

        ## %s

        ```bash
        %s
        ```

        ```text
        %s
        ```

        %sShared keys: %s.
        Keys that never change a result: %s.
        """
        .formatted(
            job.name(),
            String.join("\n", text.examples()),
            String.join("\n", text.head()),
            text.keys().isEmpty() ? "" : keys(job.file() + ".yaml") + "\n",
            shared,
            operational.isEmpty() ? "none" : operational);
  }

  private static String keys(String file) {
    JsonNode tree = new ConfigLoader().shipped(file).tree();
    StringBuilder out = new StringBuilder();
    String heading = "";
    for (ConfText.Key key : ConfText.of(file).keys()) {
      if (out.isEmpty() || !key.heading().equals(heading)) {
        heading = key.heading();
        out.append(out.isEmpty() ? "" : "\n");
        out.append(heading.isEmpty() ? "" : "**" + heading + "**\n\n");
        out.append("| key | default | meaning |\n|---|---|---|\n");
      }
      String standard = standard(tree.at("/" + key.path().replace('.', '/')), file);
      String meaning = GeneratedPage.cell(key.meaning());
      out.append("| `%s` | %s | %s |\n".formatted(key.path(), standard, meaning));
    }
    return out.toString();
  }

  /** The default as the YAML has it; nothing for a block, whose keys follow. */
  private static String standard(JsonNode value, String file) {
    if (value.isObject() && !value.isEmpty()) {
      return "";
    }
    String flow = ConfText.flow(value);
    return flow.length() > LONGEST
        ? "[`conf/%s`](../conf/%s)".formatted(file, file)
        : "`" + flow + "`";
  }

  /** The families of types and the keys where they stand first. */
  private static Map<Class<?>, String> types() {
    Map<Class<?>, String> found = new java.util.LinkedHashMap<>();
    Jobs.ALL.forEach(job -> collect(job.config(), "", found));
    return found;
  }

  private static void collect(Type type, String key, Map<Class<?>, String> found) {
    if (type instanceof ParameterizedType generic) {
      Arrays.stream(generic.getActualTypeArguments()).forEach(t -> collect(t, key, found));
    } else if (type instanceof Class<?> family && family.isAnnotationPresent(JsonSubTypes.class)) {
      if (found.putIfAbsent(family, key) == null) {
        for (JsonSubTypes.Type member : family.getAnnotation(JsonSubTypes.class).value()) {
          collect(member.value(), key, found);
        }
      }
    } else if (type instanceof Class<?> block && block.isRecord()) {
      components(block).forEach(c -> collect(c.getGenericType(), name(c), found));
    }
  }

  private static String rows(Class<?> family, String key) {
    return Arrays.stream(family.getAnnotation(JsonSubTypes.class).value())
        .map(
            type ->
                "| `%s` | `%s` | %s |\n"
                    .formatted(
                        key,
                        type.name(),
                        components(type.value())
                            .map(c -> "`" + name(c) + "`")
                            .collect(Collectors.joining(", "))))
        .collect(Collectors.joining());
  }

  private static Stream<RecordComponent> components(Class<?> block) {
    return block.isRecord() ? Arrays.stream(block.getRecordComponents()) : Stream.empty();
  }

  private static String name(RecordComponent component) {
    JsonProperty property = component.getAccessor().getAnnotation(JsonProperty.class);
    return property != null && !property.value().isEmpty()
        ? property.value()
        : SnakeCaseStrategy.INSTANCE.translate(component.getName());
  }

  private static String anchor(Job<?> job) {
    return job.name().toLowerCase(java.util.Locale.ROOT);
  }
}
