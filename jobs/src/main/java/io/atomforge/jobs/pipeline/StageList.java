package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.config.Suggestion;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * Makes stages of YAML lists. The config of a stage is a stack: the job's defaults; the shared keys
 * that the job has; the block under the job's key; the stage's {@code recipe}; its own {@code
 * config}; the block under its name in the list, and the block under its name where a grid made
 * several of it. What is later wins.
 */
public final class StageList {
  private static final String SHARED = "shared keys";
  private static final List<String> KEYS =
      List.of("name", "job", "recipe", "config", "for_each", "always");

  /**
   * One entry of a list.
   *
   * @param name unique in the list; the job's key where the YAML has none
   * @param job such as {@code TrainSft}
   * @param recipe a file of keys, such as {@code conf/recipes/dapo.yaml}; empty for none
   * @param config keys that differ from the job's defaults
   * @param forEach the values of variables, for each combination of which there is a stage
   * @param always whether it runs even where it is done already
   */
  public record Entry(
      String name,
      String job,
      String recipe,
      ObjectNode config,
      List<Map<String, JsonNode>> forEach,
      boolean always) {
    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Entry of(ObjectNode yaml) {
      yaml.fieldNames()
          .forEachRemaining(
              key -> {
                if (!KEYS.contains(key)) {
                  throw new IllegalArgumentException(
                      "unknown key " + key + Suggestion.of(key, KEYS));
                }
              });
      String job = yaml.path("job").asText();
      String name = yaml.path("name").asText(Job.key(job));
      JsonNode config = yaml.path("config");
      if (!config.isMissingNode() && !config.isObject()) {
        throw new IllegalArgumentException(name + ": config: expected a block of keys {...}");
      }
      return new Entry(
          name,
          job,
          yaml.path("recipe").asText(),
          config instanceof ObjectNode block ? block : JobRunner.JSON.createObjectNode(),
          ForEach.combinations(yaml.path("for_each")),
          yaml.path("always").asBoolean());
    }

    /** The name for one combination, which the combination's values tell from others. */
    private String name(Map<String, JsonNode> variables) {
      String filled = ForEach.filled(name, variables);
      return !filled.equals(name) || variables.isEmpty()
          ? filled
          : name
              + "-"
              + variables.values().stream().map(ForEach::text).collect(Collectors.joining("-"));
    }
  }

  /** The keys of {@code conf/base.yaml}. */
  private static final List<String> BASE = keys(new ConfigLoader().shipped("base.yaml").tree());

  private final List<Job<?>> jobs;
  private final Map<String, ObjectNode> blocks;
  private final TreeSet<String> known = new TreeSet<>();
  private final List<Stages.Stage> stages = new ArrayList<>();

  /**
   * @param jobs those that can be stages
   * @param blocks by name of a stage, such as {@code evaluate_after_rl}, or key of a job, such as
   *     {@code evaluate}
   */
  public StageList(List<Job<?>> jobs, Map<String, ObjectNode> blocks) {
    this.jobs = List.copyOf(jobs);
    this.blocks = new TreeMap<>(blocks);
  }

  /**
   * Adds the stages of a list.
   *
   * @param prefix of their names; blocks go without it
   * @param shared keys for every job that has them
   * @param variables texts, such as {@code $seed}, to what they stand for in a config
   * @throws ConfigException naming the stage that is wrong
   */
  public StageList add(
      List<Entry> entries, String prefix, ObjectNode shared, Map<String, JsonNode> variables) {
    known.addAll(keys(shared));
    for (Entry entry : entries) {
      for (Map<String, JsonNode> choice : entry.forEach()) {
        Map<String, JsonNode> all = new TreeMap<>(variables);
        all.putAll(choice);
        add(entry, entry.name(choice), prefix, shared, all);
      }
    }
    return this;
  }

  private void add(
      Entry entry, String name, String prefix, ObjectNode shared, Map<String, JsonNode> variables) {
    Job<?> job = job(entry);
    known.addAll(List.of(entry.name(), name, job.key()));
    ConfigLoader loader = new ConfigLoader().shipped(job.file() + ".yaml").layer(SHARED, shared);
    try {
      loader.layer(job.key(), block(job.key(), variables));
      if (!entry.recipe().isEmpty()) {
        loader.file(ForEach.filled(entry.recipe(), variables));
      }
      loader
          .layer("config", ForEach.filled(entry.config(), variables))
          .layer(entry.name(), block(entry.name(), variables));
      if (!name.equals(entry.name())) {
        loader.layer(name, block(name, variables));
      }
      loader.dropUnused(SHARED, job.config()).bind(job.config());
    } catch (ConfigException e) {
      throw new ConfigException(name + ": " + e.getMessage());
    }
    stages.add(new Stages.Stage(prefix + name, job, loader, entry.always()));
  }

  private static List<String> keys(ObjectNode block) {
    return block.properties().stream().map(Map.Entry::getKey).toList();
  }

  /** The shared keys of a config that has them beside keys of its own. */
  public static ObjectNode shared(Record config) {
    ObjectNode shared = JobRunner.JSON.valueToTree(config);
    return shared.retain(BASE);
  }

  private Job<?> job(Entry entry) {
    return jobs.stream()
        .filter(job -> job.name().equals(entry.job()))
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    entry.name()
                        + ": no job '"
                        + entry.job()
                        + "' that can be a stage"
                        + Suggestion.of(entry.job(), jobs.stream().map(Job::name).toList())));
  }

  private ObjectNode block(String name, Map<String, JsonNode> variables) {
    return ForEach.filled(blocks.getOrDefault(name, JobRunner.JSON.createObjectNode()), variables);
  }

  /**
   * @throws ConfigException if there is no stage, if two stages have one name or would write the
   *     same run, or if a block is of no stage
   */
  public List<Stages.Stage> stages() {
    if (stages.isEmpty()) {
      throw new ConfigException("stages: the list is empty; name a job or more");
    }
    for (String block : blocks.keySet()) {
      if (!known.contains(block)) {
        throw new ConfigException(
            block
                + ": unknown key, neither a stage nor the job of a stage"
                + Suggestion.of(block, known));
      }
    }
    Map<String, String> owners = new HashMap<>();
    for (Stages.Stage stage : stages) {
      if (owners.put(stage.name(), stage.name()) != null) {
        throw new ConfigException(stage.name() + ": two stages have this name; change one");
      }
      JsonNode run = stage.loader().tree().path("run_id");
      String owner =
          run.isTextual()
              ? owners.put(stage.job().key() + " run_id " + run.asText(), stage.name())
              : null;
      if (owner != null) {
        throw new ConfigException(
            stage.name()
                + ": run_id "
                + run.asText()
                + " is that of stage "
                + owner
                + ", whose results it would replace; give it another");
      }
    }
    return List.copyOf(stages);
  }
}
