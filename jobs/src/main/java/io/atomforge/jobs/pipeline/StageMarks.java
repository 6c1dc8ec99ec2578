package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.Basis;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.FileStore;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a pipeline knows of its stages: what the latest result of each depends on, which contents it
 * left behind, and how long it took if it was finished.
 */
public final class StageMarks {
  private static final String FILE = "pipeline/stages.json";

  private final FileStore store;
  private final ObjectNode marks;

  private StageMarks(FileStore store, ObjectNode marks) {
    this.store = store;
    this.marks = marks;
  }

  static StageMarks open(FileStore store) {
    try {
      JsonNode marks = JobRunner.JSON.readTree(store.read(FILE).orElse("{}"));
      return new StageMarks(
          store, marks instanceof ObjectNode object ? object : JobRunner.JSON.createObjectNode());
    } catch (JsonProcessingException e) {
      return new StageMarks(store, JobRunner.JSON.createObjectNode());
    }
  }

  boolean begun(String stage) {
    return marks.has(stage);
  }

  boolean finished(String stage) {
    return marks.path(stage).path("seconds").isNumber();
  }

  /** Wall time of a finished stage. */
  double seconds(String stage) {
    return marks.path(stage).path("seconds").asDouble();
  }

  /** What the stage was begun with; empty if it was not begun, or by an earlier version. */
  Optional<Basis> basis(String stage) {
    return Basis.of(marks.path(stage).path("basis"));
  }

  /**
   * @return name of an input to its fingerprint when the stage ended, for those that it changed
   */
  Map<String, String> wrote(String stage) {
    return fingerprints(stage, "wrote");
  }

  private Map<String, String> fingerprints(String stage, String key) {
    Map<String, String> fingerprints = new LinkedHashMap<>();
    marks
        .path(stage)
        .path(key)
        .properties()
        .forEach(e -> fingerprints.put(e.getKey(), e.getValue().asText()));
    return fingerprints;
  }

  /**
   * Keeps what the stage wrote when it was finished before.
   *
   * @param found what the stage can change, as it stands; of a stage that goes on what stood when
   *     it was begun counts
   */
  void begin(String stage, Basis basis, Map<String, String> found) {
    if (basis(stage).equals(Optional.of(basis)) && !finished(stage)) {
      return;
    }
    Map<String, String> wrote = wrote(stage);
    ObjectNode mark = marks.putObject(stage);
    mark.set("basis", basis.tree());
    mark.set("found", JobRunner.JSON.valueToTree(found));
    mark.set("wrote", JobRunner.JSON.valueToTree(wrote));
    save();
  }

  /**
   * @param left what the stage can change, as it stands
   * @param seconds this session's share of the stage's time
   */
  void finish(String stage, Map<String, String> left, double seconds) {
    Map<String, String> found = fingerprints(stage, "found");
    Map<String, String> wrote = new LinkedHashMap<>(left);
    Set<String> before = wrote(stage).keySet();
    wrote
        .entrySet()
        .removeIf(e -> e.getValue().equals(found.get(e.getKey())) && !before.contains(e.getKey()));
    ObjectNode mark = (ObjectNode) marks.get(stage);
    mark.remove("found");
    mark.set("wrote", JobRunner.JSON.valueToTree(wrote));
    mark.put("seconds", seconds);
    save();
  }

  /** Takes what somebody else wrote for what the stage did. */
  void adopt(String stage, String input, String fingerprint) {
    ((ObjectNode) marks.get(stage).get("wrote")).put(input, fingerprint);
    save();
  }

  private void save() {
    store.write(FILE, marks.toPrettyString());
  }

  /**
   * @return finished stages and their wall time in seconds
   */
  public static Map<String, Double> seconds(FileStore store) {
    Map<String, Double> seconds = new LinkedHashMap<>();
    open(store)
        .marks
        .properties()
        .forEach(
            e -> {
              if (e.getValue().path("seconds").isNumber()) {
                seconds.put(e.getKey(), e.getValue().path("seconds").asDouble());
              }
            });
    return seconds;
  }
}
