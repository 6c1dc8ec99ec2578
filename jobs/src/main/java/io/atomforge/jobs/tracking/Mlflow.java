package io.atomforge.jobs.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.tables.StepMetric;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Projects the committed rows of table {@code step_metrics} to MLflow. The MLflow run's tag {@link
 * #STEP} says which steps it has; what the table has beyond is sent at each checkpoint. So no
 * number is there twice, a run that goes on after a kill goes on in the same MLflow run, and what a
 * failing server missed is sent later. Training neither stops nor waits for long where MLflow
 * fails. MLflow's times are those of sending: the table has none.
 */
public final class Mlflow {
  private static final Logger LOG = LoggerFactory.getLogger(Mlflow.class);

  /** The last step of which MLflow has all numbers. */
  static final String STEP = "atomforge.step";

  /** Limits of one request are 1000 entries in all and 100 parameters. */
  private static final int MOST_METRICS = 900;

  private static final int MOST_PARAMS = 100;
  private static final int MOST_CHARACTERS = 500;

  /** Failures in a row after which this process sends no more. */
  private static final int TRIES = 3;

  private final MlflowStore store;
  private final String name;
  private final Map<String, String> tags;
  private final Map<String, String> params;
  private final LongFunction<List<StepMetric>> committed;
  private MlflowStore.@Nullable Run run;
  private boolean goesOn;
  private long sent = -1;
  private int failures;
  private boolean warned;

  /**
   * @param name of the MLflow run
   * @param tags by which it is found again, among others
   * @param params the run's settings
   * @param committed the numbers after a given step that a checkpoint covers, by step
   */
  public Mlflow(
      MlflowStore store,
      String name,
      Map<String, String> tags,
      Map<String, String> params,
      LongFunction<List<StepMetric>> committed) {
    this.store = store;
    this.name = name;
    this.tags = Map.copyOf(tags);
    this.params = new TreeMap<>(params);
    this.committed = committed;
  }

  /** A run's settings by dotted names, cut to the length that every server takes. */
  public static Map<String, String> params(Record config) {
    Map<String, String> params = new TreeMap<>();
    flatten("", JobRunner.JSON.valueToTree(config), params);
    return params;
  }

  private static void flatten(String name, JsonNode value, Map<String, String> params) {
    if (value.isObject() && !value.isEmpty()) {
      String prefix = name.isEmpty() ? "" : name + ".";
      value.properties().forEach(p -> flatten(prefix + p.getKey(), p.getValue(), params));
    } else {
      String text = value.isTextual() ? value.asText() : value.toString();
      params.put(name, text.substring(0, Math.min(MOST_CHARACTERS, text.length())));
    }
  }

  /**
   * @throws IllegalArgumentException if the setting {@code mlflow} is neither empty nor an address
   */
  public static void check(String mlflow) {
    Checks.check(
        mlflow.isEmpty() || MlflowStore.isAddress(mlflow),
        "mlflow",
        mlflow,
        "a server such as http://HOST:5000 (without credentials, which stand in"
            + " MLFLOW_TRACKING_TOKEN or MLFLOW_TRACKING_USERNAME and _PASSWORD), a folder or"
            + " empty");
  }

  /** The run goes on from a checkpoint, and so does its MLflow run if there is one. */
  public void resume() {
    goesOn = true;
    project();
  }

  /** Sends what a checkpoint covers and MLflow lacks. */
  public void project() {
    attempt(() -> send(connected()));
  }

  /**
   * @param finished whether the run came to its end
   */
  public void end(boolean finished) {
    MlflowStore.Run begun = run;
    if (begun != null) {
      attempt(
          () ->
              store.status(
                  begun, finished ? MlflowStore.Status.FINISHED : MlflowStore.Status.FAILED));
    }
  }

  /** Only a run that goes on looks for its MLflow run: one that begins anew gets a new one. */
  private MlflowStore.Run connected() throws IOException {
    if (run != null) {
      return run;
    }
    Optional<MlflowStore.Run> found = goesOn ? store.find(tags) : Optional.empty();
    if (found.isPresent()) {
      store.status(found.get(), MlflowStore.Status.RUNNING);
    }
    run = found.isPresent() ? found.get() : store.create(name, tags);
    params.keySet().removeAll(run.params());
    sent = Long.parseLong(run.tags().getOrDefault(STEP, "-1"));
    return run;
  }

  private void send(MlflowStore.Run run) throws IOException {
    while (!params.isEmpty()) {
      Map<String, String> some = new TreeMap<>();
      params.entrySet().stream()
          .limit(MOST_PARAMS)
          .forEach(p -> some.put(p.getKey(), p.getValue()));
      store.log(run, List.of(), some, Map.of());
      params.keySet().removeAll(some.keySet());
    }
    List<StepMetric> lacking = committed.apply(sent);
    while (!lacking.isEmpty()) {
      List<StepMetric> steps = lacking.subList(0, wholeSteps(lacking));
      long last = steps.get(steps.size() - 1).step();
      List<MlflowStore.Point> points = steps.stream().map(MlflowStore.Point::of).toList();
      store.log(run, points, Map.of(), Map.of(STEP, "" + last));
      sent = last;
      lacking = lacking.subList(steps.size(), lacking.size());
    }
  }

  /** How many numbers of whole steps fit into a request. */
  private static int wholeSteps(List<StepMetric> metrics) {
    int end = Math.min(MOST_METRICS, metrics.size());
    while (end < metrics.size() && metrics.get(end).step() == metrics.get(end - 1).step()) {
      end--;
    }
    return end;
  }

  private interface Request {
    void send() throws IOException;
  }

  private void attempt(Request request) {
    if (failures == TRIES) {
      return;
    }
    try {
      request.send();
      failures = 0;
    } catch (IOException e) {
      failures++;
      if (!warned) {
        LOG.warn(
            "mlflow: {}; training goes on, and the same command sends later what is missing",
            e.getMessage());
      }
      warned = true;
    }
  }
}
