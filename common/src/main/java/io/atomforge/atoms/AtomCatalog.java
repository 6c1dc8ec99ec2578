package io.atomforge.atoms;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.atomforge.atoms.Atom.Variant;
import io.atomforge.config.ConfigException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Reads atoms from YAML. A bad entry is refused in one line: file, atom, reason. */
public final class AtomCatalog {
  /** The topics that ship, ten atoms each. */
  public static final List<String> TOPICS =
      List.of(
          "arithmetic",
          "number_theory",
          "statistics",
          "sorting",
          "searching",
          "strings",
          "text_parsing",
          "lists",
          "dict_set",
          "bit_matrix");

  private static final ObjectMapper YAML =
      YAMLMapper.builder(new YAMLFactory())
          .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
          .build();

  private final List<Atom> atoms = new ArrayList<>();
  private final Map<String, String> owners = new HashMap<>();
  private final Map<String, String> clauses = new HashMap<>();
  private final Map<String, String> files = new HashMap<>();

  private AtomCatalog() {}

  /**
   * @param extra a YAML file, or a folder of them, with atoms of the user's; empty for none
   * @return the shipped atoms and the user's, each base followed by its variants
   * @throws ConfigException naming file, atom and reason
   */
  public static AtomCatalog load(String extra) {
    AtomCatalog catalog = new AtomCatalog();
    for (String topic : TOPICS) {
      String file = topic + ".yaml";
      try (InputStream in = AtomCatalog.class.getResourceAsStream(file)) {
        catalog.read("atoms/" + file, new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    if (!extra.isEmpty()) {
      Path path = Path.of(extra);
      try (Stream<Path> found = Files.isDirectory(path) ? Files.list(path) : Stream.of(path)) {
        List<Path> files =
            found
                .filter(f -> !Files.isDirectory(path) || f.toString().matches(".*\\.ya?ml"))
                .sorted()
                .toList();
        if (files.isEmpty()) {
          throw new ConfigException(
              "atoms: folder " + path + " has no file whose name ends in .yaml");
        }
        for (Path file : files) {
          catalog.read(file.toString(), text(file));
        }
      } catch (IOException e) {
        throw new ConfigException(
            "atoms: cannot read " + path + "; give a YAML file or a folder of them");
      }
    }
    return catalog;
  }

  private static String text(Path file) throws IOException {
    try {
      return Files.readString(file);
    } catch (CharacterCodingException e) {
      throw new ConfigException("atoms: " + file + " is not text in UTF-8");
    }
  }

  public List<Atom> atoms() {
    return List.copyOf(atoms);
  }

  /** The file that an atom came from, for messages. */
  public String file(Atom atom) {
    return files.getOrDefault(atom.atomId(), "");
  }

  private void read(String file, String text) {
    JsonNode root;
    try {
      root = YAML.readTree(text);
    } catch (JsonProcessingException e) {
      throw new ConfigException(
          file
              + ": not valid YAML at line "
              + e.getLocation().getLineNr()
              + ": "
              + e.getOriginalMessage().lines().findFirst().orElse(""));
    }
    if (!root.path("topic").isTextual() || !root.path("atoms").isArray() || root.size() != 2) {
      throw new ConfigException(
          file + ": expected the two keys 'topic' (text) and 'atoms' (a list)");
    }
    if (root.path("atoms").isEmpty()) {
      throw new ConfigException(file + ": the list 'atoms' is empty");
    }
    int number = 0;
    for (JsonNode entry : root.path("atoms")) {
      number++;
      String name = entry.path("name").asText("");
      try {
        for (Atom atom : AtomEntry.atoms(root.path("topic").asText(), entry)) {
          add(file, atom);
        }
      } catch (IllegalArgumentException e) {
        throw new ConfigException(
            file
                + ": atom "
                + (name.isEmpty() ? "number " + number : name)
                + ": "
                + e.getMessage());
      }
    }
  }

  private void add(String file, Atom atom) {
    if (atom.variant() == Variant.BASE || atom.variant() == Variant.SEMANTIC) {
      String owner = owners.putIfAbsent(atom.name(), file);
      if (owner != null) {
        throw new IllegalArgumentException(
            "the name " + atom.name() + " is already taken in " + owner);
      }
    }
    if (atom.variant() != Variant.IDIOM) {
      for (String clause : List.of(atom.promptEn(), atom.promptZh())) {
        String owner = clauses.putIfAbsent(clause, atom.atomId());
        if (owner != null && !owner.equals(atom.atomId())) {
          throw new IllegalArgumentException(
              "the prompt '" + clause + "' is already that of " + owner);
        }
      }
    }
    files.put(atom.atomId(), file);
    atoms.add(atom);
  }
}
