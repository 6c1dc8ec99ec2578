package io.atomforge.jobs;

import io.atomforge.config.ConfigLoader;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The comments of a shipped YAML file.
 *
 * @param head what stands before the first key
 */
record ConfText(List<String> head, List<Key> keys) {
  private static final Pattern KEY =
      Pattern.compile("^( *)([a-z_0-9]+):((?:\"[^\"]*\"|[^\"#])*?)(?:\\s+#\\s(.*))?$");
  private static final Pattern COMMENT = Pattern.compile("^[^#]*#\\s?(.*)$");

  /**
   * @param path dotted
   * @param meaning its comment, the lines below that go on with it included
   */
  record Key(String path, String meaning) {}

  private record Open(int indent, String path) {}

  static ConfText of(String file) {
    List<String> head = new ArrayList<>();
    List<Key> keys = new ArrayList<>();
    Deque<Open> blocks = new ArrayDeque<>();
    for (String line : ConfigLoader.shippedText(file).lines().toList()) {
      Matcher key = KEY.matcher(line);
      Matcher comment = COMMENT.matcher(line);
      if (key.matches()) {
        int indent = key.group(1).length();
        while (!blocks.isEmpty() && blocks.peek().indent() >= indent) {
          blocks.pop();
        }
        String path = (blocks.isEmpty() ? "" : blocks.peek().path() + ".") + key.group(2);
        blocks.push(new Open(indent, path));
        keys.add(new Key(path, key.group(4) == null ? "" : key.group(4)));
      } else if (comment.matches() && keys.isEmpty()) {
        head.add(comment.group(1));
      } else if (comment.matches()) {
        Key last = keys.remove(keys.size() - 1);
        keys.add(new Key(last.path(), (last.meaning() + " " + comment.group(1).strip()).strip()));
      }
    }
    return new ConfText(head, keys);
  }

  String comments() {
    return String.join(" ", head)
        + keys.stream().map(Key::meaning).collect(Collectors.joining(" ", " ", ""));
  }
}
