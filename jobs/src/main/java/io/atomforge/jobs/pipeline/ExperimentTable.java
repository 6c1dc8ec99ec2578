package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import io.atomforge.report.ReportData.Run;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.ExperimentRow;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What an experiment compares, and the results: measures of each arm on each problem set over the
 * seeds, the differences to the baselines, and what the training cost.
 *
 * @param arms what is compared
 * @param baselines names of the arms that the others are compared with
 * @param tasks problem sets in the order in which the arms with a sequence are trained on them;
 *     empty for none
 * @param fit two variables of the arms' grid, over whose logarithms the accuracy is fitted; empty
 *     for no fit
 */
public record ExperimentTable(
    List<Arm> arms,
    List<Long> seeds,
    List<String> baselines,
    List<String> tasks,
    List<String> fit) {
  /**
   * One line of the table.
   *
   * @param evaluation run_id of table evaluations, with {@link #SEED}
   * @param sequence run_ids of the evaluations after each task, with {@link #SEED}, of which {@code
   *     evaluation} is the last; empty for an arm that is not trained on the tasks in their order
   * @param forEach the values of variables, for each combination of which there is a line
   */
  public record Arm(
      String name, String evaluation, List<String> sequence, List<Map<String, JsonNode>> forEach) {
    private static final List<String> KEYS = List.of("name", "evaluation", "sequence", "for_each");

    @JsonCreator(mode = JsonCreator.Mode.DELEGATING)
    static Arm of(ObjectNode yaml) {
      for (Map.Entry<String, JsonNode> key : yaml.properties()) {
        if (!KEYS.contains(key.getKey())) {
          throw new IllegalArgumentException(
              "unknown key " + key.getKey() + Suggestion.of(key.getKey(), KEYS));
        }
      }
      List<String> sequence = new ArrayList<>();
      yaml.path("sequence").forEach(run -> sequence.add(run.asText()));
      if (yaml.has("sequence") && (sequence.isEmpty() || yaml.has("evaluation"))) {
        throw new IllegalArgumentException(
            "sequence is a list of evaluations, one after each task, in the place of evaluation");
      }
      String evaluation =
          sequence.isEmpty() ? yaml.path("evaluation").asText() : sequence.get(sequence.size() - 1);
      for (String key : List.of("name", "evaluation")) {
        if ((key.equals("name") ? yaml.path(key).asText() : evaluation).isEmpty()) {
          throw new IllegalArgumentException("an arm needs the key " + key);
        }
      }
      return new Arm(
          yaml.path("name").asText(),
          evaluation,
          List.copyOf(sequence),
          ForEach.combinations(yaml.path("for_each")));
    }

    private Stream<Arm> each() {
      return forEach.stream()
          .map(
              v ->
                  new Arm(
                      ForEach.filled(name, v),
                      ForEach.filled(evaluation, v),
                      sequence.stream().map(run -> ForEach.filled(run, v)).toList(),
                      List.of(v)));
    }

    private String evaluation(long seed) {
      return evaluation.replace(SEED, String.valueOf(seed));
    }

    /** Those of the sequence, or the only one. */
    List<String> evaluations(long seed) {
      return sequence.isEmpty()
          ? List.of(evaluation(seed))
          : sequence.stream().map(run -> run.replace(SEED, String.valueOf(seed))).toList();
    }
  }

  /** Stands for the seed in texts. */
  public static final String SEED = "$seed";

  /**
   * What the training of a checkpoint cost.
   *
   * @param seconds wall time of all steps
   * @param tokens that were trained on
   * @param completions that were sampled and judged
   */
  public record Cost(double seconds, double tokens, double completions) {
    private static final Cost NONE = new Cost(0, 0, 0);

    private static Cost mean(List<Cost> costs) {
      return new Cost(
          costs.stream().mapToDouble(Cost::seconds).average().orElse(0),
          costs.stream().mapToDouble(Cost::tokens).average().orElse(0),
          costs.stream().mapToDouble(Cost::completions).average().orElse(0));
    }
  }

  /**
   * The table with a line for each combination of an arm's variables.
   *
   * @param baselines names of arms; empty for the first arm
   * @throws ConfigException if there is no arm of such a name, a sequence is not as long as the
   *     tasks, or the arms do not tell the coefficients of the fit
   */
  public static ExperimentTable of(
      List<Arm> arms,
      List<Long> seeds,
      List<String> baselines,
      List<String> tasks,
      List<String> fit) {
    List<Arm> all = arms.stream().flatMap(Arm::each).toList();
    List<String> names = all.stream().map(Arm::name).toList();
    if (names.stream().distinct().count() < names.size()) {
      throw new ConfigException(
          "arms: two arms have one name among "
              + names
              + "; an arm with for_each needs its variables in the name, such as GRPO $rate");
    }
    for (String baseline : baselines) {
      if (!names.contains(baseline)) {
        throw new ConfigException(
            "baselines: there is no arm '" + baseline + "'" + Suggestion.of(baseline, names));
      }
    }
    for (Arm arm : all) {
      if (!arm.sequence().isEmpty() && arm.sequence().size() != tasks.size()) {
        throw new ConfigException(
            "arms: the sequence of arm "
                + arm.name()
                + " has "
                + arm.sequence().size()
                + " evaluations, and tasks has "
                + tasks.size()
                + " problem sets; give one evaluation for each task");
      }
    }
    List<String> controls =
        baselines.isEmpty() ? names.subList(0, Math.min(1, names.size())) : baselines;
    ExperimentTable table = new ExperimentTable(all, seeds, controls, tasks, fit);
    table.fitted();
    return table;
  }

  /** The evaluations of the arms, arm by arm. */
  public List<Run> runs() {
    return arms.stream()
        .flatMap(arm -> seeds.stream().map(seed -> new Run(arm.evaluation(seed), arm.name(), seed)))
        .toList();
  }

  /**
   * The mean of each arm over the seeds and its difference to each baseline, paired by problem and
   * by seed, for each measure and problem set, with 95 % intervals over seeds and problems.
   *
   * @param experiment name of the experiment
   * @param rows of table evaluations
   * @throws ConfigException if an evaluation is missing
   */
  public List<ExperimentRow> results(String experiment, List<EvaluationRow> rows) {
    Evaluations evaluations = Evaluations.of(rows);
    for (Arm arm : arms) {
      for (long seed : seeds) {
        for (String run : arm.evaluations(seed)) {
          if (evaluations.of(run).isEmpty()) {
            throw new ConfigException(
                "arms: table evaluations has no run '" + run + "' for arm " + arm.name());
          }
          for (String task : tasks) {
            if (evaluations.of(run).stream().noneMatch(row -> row.problemSet().equals(task))) {
              throw new ConfigException(
                  "tasks: run '"
                      + run
                      + "' of arm "
                      + arm.name()
                      + " was not evaluated on problem set '"
                      + task
                      + "'; add it to the problem_sets of the evaluation");
            }
          }
        }
      }
    }
    return new ExperimentRows(experiment, this, evaluations).all();
  }

  /** The run_ids of all evaluations of the arms. */
  public List<String> evaluated() {
    return arms.stream()
        .flatMap(arm -> seeds.stream().flatMap(seed -> arm.evaluations(seed).stream()))
        .distinct()
        .toList();
  }

  /** The fit over the two variables of {@code fit}, if there are any. */
  Optional<ArmFit> fitted() {
    return fit.isEmpty() ? Optional.empty() : Optional.of(ArmFit.of(fit, arms));
  }

  /**
   * What the last training of each arm cost.
   *
   * @param rows of table evaluations
   * @param costs by run_id of the training
   */
  public Map<String, Cost> costs(List<EvaluationRow> rows, Map<String, Cost> costs) {
    Map<String, String> trained = new HashMap<>();
    rows.forEach(row -> trained.putIfAbsent(row.runId(), row.checkpointId().split("/")[0]));
    Map<String, Cost> ofArms = new LinkedHashMap<>();
    for (Arm arm : arms) {
      List<Cost> of =
          seeds.stream()
              .map(seed -> trained.getOrDefault(arm.evaluation(seed), ""))
              .map(run -> costs.getOrDefault(run, Cost.NONE))
              .toList();
      ofArms.put(arm.name(), Cost.mean(of));
    }
    return ofArms;
  }
}
