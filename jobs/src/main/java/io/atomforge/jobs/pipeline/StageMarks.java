package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.FileStore;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a pipeline knows of its stages: whether one was begun or finished, and under which key. A
 * key stands for the stage's config and for all stages before it, so a change anywhere makes
 * everything after it due again.
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

  boolean finished(String stage, String key) {
    return begun(stage, key) && marks.path(stage).path("seconds").isNumber();
  }

  boolean begun(String stage, String key) {
    return marks.path(stage).path("key").asText().equals(key);
  }

  void begin(String stage, String key) {
    if (!begun(stage, key)) {
      marks.putObject(stage).put("key", key);
      save();
    }
  }

  /**
   * @param seconds this session's share of the stage's time
   */
  void finish(String stage, double seconds) {
    ((ObjectNode) marks.get(stage)).put("seconds", seconds);
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
