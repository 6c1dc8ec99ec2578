package io.atomforge.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** Size and sha256 of every file of a folder, by relative name. */
final class Manifest {
  static final String NAME = "MANIFEST.json";
  private static final ObjectMapper JSON = new ObjectMapper();

  private Manifest() {}

  static byte[] of(Path folder, List<Path> files) throws IOException {
    ObjectNode json = JSON.createObjectNode();
    ObjectNode entries = json.putObject("files");
    for (Path file : files) {
      String name = folder.relativize(file).toString().replace('\\', '/');
      entries.putObject(name).put("size", Files.size(file)).put("sha256", sha256(file));
    }
    return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(json);
  }

  /**
   * Does nothing where there is no manifest.
   *
   * @throws IllegalArgumentException if a file it names is missing or not as it was written
   */
  static void verify(Path folder) throws IOException {
    Path manifest = folder.resolve(NAME);
    if (!Files.exists(manifest)) {
      return;
    }
    JsonNode entries;
    try {
      entries = JSON.readTree(Files.readAllBytes(manifest)).path("files");
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(manifest + " is damaged: no JSON", e);
    }
    if (!entries.isObject() || entries.isEmpty()) {
      throw new IllegalArgumentException(manifest + " is damaged: it names no files");
    }
    for (String name : (Iterable<String>) entries::fieldNames) {
      Path file = folder.resolve(name);
      if (!Files.isRegularFile(file)) {
        throw new IllegalArgumentException(file + " is missing");
      }
      long size = entries.get(name).path("size").asLong();
      if (Files.size(file) != size) {
        throw new IllegalArgumentException(
            String.format("%s has %d bytes, expected %d", file, Files.size(file), size));
      }
      if (!sha256(file).equals(entries.get(name).path("sha256").asText())) {
        throw new IllegalArgumentException(file + " is damaged: its sha256 is another");
      }
    }
  }

  private static String sha256(Path file) throws IOException {
    try {
      MessageDigest digest = MessageDigest.getInstance("SHA-256");
      try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
        in.transferTo(OutputStream.nullOutputStream());
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
