package io.atomforge.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.config.ConfigLoader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;

/**
 * What the comments of a shipped YAML file say. The help of a job and the page of keys are made
 * from it.
 *
 * <p>Comments before the first key are the head, in which lines that call the launcher are
 * examples. The meaning of a key stands behind it and in the lines of comment below it. A comment
 * after an empty line is the heading of the keys that follow.
 *
 * @param head without the examples
 * @param examples calls of the launcher, each with what it does as a comment of the shell
 */
public record ConfText(List<String> head, List<String> examples, List<Key> keys) {
  private static final String LAUNCHER = "deploy/submit.sh ";
  private static final Pattern KEY =
      Pattern.compile("^( *)([a-z_0-9]+):((?:\"[^\"]*\"|[^\"#])*?)(?:\\s+#\\s(.*))?$");
  private static final Pattern COMMENT = Pattern.compile("^[^#]*#\\s?(.*)$");

  /**
   * @param path dotted
   * @param heading of its group of keys; empty where the file has no groups
   * @param meaning its comment, the lines below that go on with it included
   */
  public record Key(String path, String heading, String meaning) {
    private Key goesOn(String line) {
      return new Key(path, heading, (meaning + " " + line.strip()).strip());
    }
  }

  private record Open(int indent, String path) {}

  public ConfText {
    head = List.copyOf(head);
    examples = List.copyOf(examples);
    keys = List.copyOf(keys);
  }

  /**
   * @param file name under {@code conf}
   */
  public static ConfText of(String file) {
    return parse(ConfigLoader.shippedText(file));
  }

  static ConfText parse(String text) {
    List<String> head = new ArrayList<>();
    List<String> examples = new ArrayList<>();
    List<Key> keys = new ArrayList<>();
    Deque<Open> blocks = new ArrayDeque<>();
    String heading = "";
    boolean afterEmpty = false;
    for (String line : text.lines().toList()) {
      Matcher key = KEY.matcher(line);
      Matcher comment = COMMENT.matcher(line);
      if (key.matches()) {
        String path = open(blocks, key.group(1).length(), key.group(2));
        keys.add(new Key(path, heading, key.group(4) == null ? "" : key.group(4)));
      } else if (comment.matches()) {
        String said = comment.group(1);
        if (afterEmpty) {
          heading = said.strip();
        } else if (!keys.isEmpty()) {
          keys.add(keys.remove(keys.size() - 1).goesOn(said));
        } else if (said.strip().startsWith(LAUNCHER)) {
          examples.add(said.strip());
        } else {
          head.add(said);
        }
      }
      afterEmpty = line.isBlank();
    }
    return new ConfText(head, examples, keys);
  }

  /** The dotted path of a key, and the blocks that are open below it. */
  private static String open(Deque<Open> blocks, int indent, String name) {
    while (!blocks.isEmpty() && blocks.peek().indent() >= indent) {
      blocks.pop();
    }
    String path = (blocks.isEmpty() ? "" : blocks.peek().path() + ".") + name;
    blocks.push(new Open(indent, path));
    return path;
  }

  /** All comments but the examples, as one text. */
  public String comments() {
    return String.join(" ", head)
        + keys.stream().map(Key::meaning).collect(Collectors.joining(" ", " ", ""));
  }

  /** A value as the YAML of one line; an empty text is {@code ""}. */
  public static String flow(JsonNode value) {
    if (value.isArray()) {
      return StreamSupport.stream(value.spliterator(), false)
          .map(ConfText::flow)
          .collect(Collectors.joining(", ", "[", "]"));
    }
    if (value.isObject()) {
      return value.properties().stream()
          .map(e -> e.getKey() + ": " + flow(e.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    return value.isTextual() && value.asText().isEmpty() ? "\"\"" : value.asText();
  }
}
