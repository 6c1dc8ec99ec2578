package io.atomforge.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;

/** The help of a job: how it is called, examples, and the keys that it has with their defaults. */
final class Help {
  private static final String OPTIONS =
      """
        --config FILE, --recipe FILE
            YAML file of keys. A later file wins over an earlier one, and key=value wins over all files.
        --dry-run
            Shows all settings and the tables that the job reads and writes, and stops.
        --json
            Prints the summary as one JSON object.
        --master MASTER
            Spark master, such as local[2], yarn or spark://HOST:7077. The default is local[*].
      """;

  /** Columns of the text. */
  private static final int WIDTH = 100;

  private final StringBuilder out = new StringBuilder();
  private final ObjectNode defaults;

  private Help(ObjectNode defaults) {
    this.defaults = defaults;
  }

  static <C extends Record & JobConfig> String of(Job<C> job) {
    Help help = new Help(JobRunner.load(job, List.of()).tree());
    help.say(job);
    return help.out.toString();
  }

  private void say(Job<?> job) {
    String file = job.file() + ".yaml";
    ConfText own = ConfText.of(file);
    Map<String, ConfText.Key> ownKeys =
        own.keys().stream().collect(Collectors.toMap(ConfText.Key::path, Function.identity()));
    List<ConfText.Key> shared =
        ConfText.of("base.yaml").keys().stream().filter(key -> !at(key).isMissingNode()).toList();
    List<String> sharedPaths = shared.stream().map(ConfText.Key::path).toList();
    out.append("Usage: deploy/submit.sh ").append(job.name());
    out.append(" [--config FILE] [--recipe FILE] [--dry-run] [--json] [--master MASTER]");
    out.append(" [key=value ...]\n\nExamples:\n");
    own.examples().forEach(example -> out.append("  ").append(example).append('\n'));
    out.append('\n');
    own.head().forEach(line -> out.append(line).append('\n'));
    List<ConfText.Key> keys =
        own.keys().stream().filter(key -> !sharedPaths.contains(key.path())).toList();
    if (!keys.isEmpty()) {
      out.append("\nKeys of ").append(job.name()).append(", with their defaults:\n");
      String heading = "";
      for (ConfText.Key key : keys) {
        if (!key.heading().equals(heading)) {
          heading = key.heading();
          out.append('\n').append(heading).append('\n');
        }
        explain(key, key.meaning());
      }
    }
    out.append("\nShared keys (conf/base.yaml) that ").append(job.name()).append(" has:\n");
    for (ConfText.Key key : shared) {
      ConfText.Key here = ownKeys.get(key.path());
      String meaning =
          here == null || at(key).isObject()
              ? key.meaning()
              : key.meaning() + ". For " + job.name() + ": " + here.meaning();
      explain(key, meaning);
    }
    out.append("\nOf every job:\n").append(OPTIONS);
    wrap(JobRunner.OUTCOME.replace("`", ""), 2);
  }

  private JsonNode at(ConfText.Key key) {
    return defaults.at("/" + key.path().replace('.', '/'));
  }

  /** A key with its default, or a block of keys, and below it what it means. */
  private void explain(ConfText.Key key, String meaning) {
    JsonNode value = at(key);
    int indent = 2 + 2 * (int) key.path().chars().filter(c -> c == '.').count();
    out.append(" ".repeat(indent)).append(key.path());
    if (value.isObject() && !value.isEmpty()) {
      out.append(":\n");
    } else {
      String flow = ConfText.flow(value);
      if (value.isArray() && indent + key.path().length() + flow.length() > WIDTH) {
        out.append("=\n");
        value.forEach(
            item ->
                out.append(" ".repeat(indent + 2))
                    .append("- ")
                    .append(ConfText.flow(item))
                    .append('\n'));
      } else {
        out.append('=').append(flow).append('\n');
      }
    }
    wrap(meaning, indent + 4);
  }

  private void wrap(String text, int indent) {
    int column = 0;
    for (String word : text.strip().split("\\s+")) {
      if (column > 0 && column + 1 + word.length() > WIDTH) {
        out.append('\n');
        column = 0;
      }
      String before = column == 0 ? " ".repeat(indent) : " ";
      out.append(before).append(word);
      column += before.length() + word.length();
    }
    out.append('\n');
  }
}
