package io.atomforge.jobs.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Stream;

/**
 * A folder in the layout of MLflow's file store: {@code EXPERIMENT/RUN/} with {@code meta.yaml}, a
 * file of lines {@code MILLIS VALUE STEP} per metric, and one file per parameter and tag.
 */
final class MlflowFolder implements MlflowStore {
  private static final ObjectMapper YAML = new YAMLMapper();
  private static final String META = "meta.yaml";

  private final Path root;
  private final String experiment;

  /**
   * @throws io.atomforge.config.ConfigException if it cannot be written
   */
  MlflowFolder(String root, String experiment) {
    this.root = Path.of(root).toAbsolutePath().normalize();
    this.experiment = experiment;
    TensorBoard.makeWritable("mlflow", this.root);
  }

  @Override
  public Optional<Run> find(Map<String, String> tags) throws IOException {
    List<Path> runs = new ArrayList<>();
    for (Path folder : described(experiment())) {
      boolean active = meta(folder).path("lifecycle_stage").asText("active").equals("active");
      if (active && texts(folder.resolve("tags")).entrySet().containsAll(tags.entrySet())) {
        runs.add(folder);
      }
    }
    Comparator<Path> byStart =
        Comparator.comparingLong(folder -> meta(folder).path("start_time").asLong());
    Optional<Path> newest = runs.stream().max(byStart);
    return newest.isEmpty() ? Optional.empty() : Optional.of(run(newest.get()));
  }

  private static Run run(Path folder) throws IOException {
    return new Run(
        folder.toString(), texts(folder.resolve("tags")), texts(folder.resolve("params")).keySet());
  }

  @Override
  public Run create(String name, Map<String, String> tags) throws IOException {
    Path parent = experiment();
    String id = UUID.randomUUID().toString().replace("-", "");
    Path folder = parent.resolve(id);
    for (String part : List.of("metrics", "params", "tags", "artifacts")) {
      Files.createDirectories(folder.resolve(part));
    }
    ObjectNode meta = YAML.createObjectNode();
    meta.put("artifact_uri", folder.resolve("artifacts").toUri().toString());
    meta.putNull("end_time");
    meta.put("entry_point_name", "");
    meta.put("experiment_id", parent.getFileName().toString());
    meta.put("lifecycle_stage", "active").put("run_id", id).put("run_uuid", id);
    meta.put("run_name", name).put("source_name", "").put("source_type", 4);
    meta.put("source_version", "").put("start_time", System.currentTimeMillis());
    meta.put("status", Status.RUNNING.number).put("user_id", System.getProperty("user.name"));
    meta.putArray("tags");
    write(folder, "tags/", tags);
    write(folder, "tags/", Map.of("mlflow.runName", name));
    YAML.writeValue(folder.resolve(META).toFile(), meta);
    return run(folder);
  }

  @Override
  public void log(Run run, List<Point> points, Map<String, String> params, Map<String, String> tags)
      throws IOException {
    Path folder = Path.of(run.id());
    Map<String, StringBuilder> lines = new TreeMap<>();
    for (Point p : points) {
      lines
          .computeIfAbsent(p.name(), name -> new StringBuilder())
          .append(p.millis() + " " + p.value() + " " + p.step() + "\n");
    }
    for (Map.Entry<String, StringBuilder> metric : lines.entrySet()) {
      Path file = folder.resolve("metrics").resolve(metric.getKey());
      Files.createDirectories(file.getParent());
      Files.writeString(
          file, metric.getValue(), StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
    write(folder, "params/", params);
    write(folder, "tags/", tags);
  }

  private static void write(Path folder, String part, Map<String, String> texts)
      throws IOException {
    for (Map.Entry<String, String> text : texts.entrySet()) {
      Files.writeString(folder.resolve(part + text.getKey()), text.getValue());
    }
  }

  @Override
  public void status(Run run, Status status) throws IOException {
    Path file = Path.of(run.id()).resolve(META);
    ObjectNode meta = (ObjectNode) YAML.readTree(file.toFile());
    meta.put("status", status.number);
    meta.put("end_time", status == Status.RUNNING ? null : (Long) System.currentTimeMillis());
    YAML.writeValue(file.toFile(), meta);
  }

  /** The experiment's folder; one that is new gets a number from its name. */
  private Path experiment() throws IOException {
    for (Path folder : described(root)) {
      if (meta(folder).path("name").asText().equals(experiment)) {
        return folder;
      }
    }
    String id = "" + (1 + (experiment.hashCode() & 0xffffffffL));
    Path folder = Files.createDirectories(root.resolve(id));
    ObjectNode meta = YAML.createObjectNode();
    meta.put("artifact_location", folder.toUri().toString());
    meta.put("creation_time", System.currentTimeMillis()).put("experiment_id", id);
    meta.put("last_update_time", System.currentTimeMillis());
    meta.put("lifecycle_stage", "active").put("name", experiment);
    YAML.writeValue(folder.resolve(META).toFile(), meta);
    return folder;
  }

  /** The folders in a folder that have a {@code meta.yaml}. */
  private static List<Path> described(Path folder) throws IOException {
    try (Stream<Path> parts = Files.list(folder)) {
      return parts.filter(part -> Files.isRegularFile(part.resolve(META))).sorted().toList();
    }
  }

  /** What describes a run or an experiment; nothing where it cannot be read. */
  private static JsonNode meta(Path folder) {
    try {
      return YAML.readTree(folder.resolve(META).toFile());
    } catch (IOException e) {
      return YAML.createObjectNode();
    }
  }

  /** File names and contents. */
  private static Map<String, String> texts(Path folder) throws IOException {
    Map<String, String> texts = new TreeMap<>();
    if (Files.isDirectory(folder)) {
      try (Stream<Path> files = Files.list(folder)) {
        for (Path file : files.filter(Files::isRegularFile).toList()) {
          texts.put(file.getFileName().toString(), Files.readString(file));
        }
      }
    }
    return texts;
  }
}
