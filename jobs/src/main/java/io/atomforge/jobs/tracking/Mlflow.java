package io.atomforge.jobs.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.tables.StepMetric;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongFunction;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends numbers to MLflow when a checkpoint covers them. A run that goes on after a kill goes on in
 * the same MLflow run, whose tag {@link #STEP} says which steps it has, so none is there twice and
 * what was missed is sent later. Training neither stops nor waits for long where MLflow fails.
 */
public final class Mlflow implements Tracker {
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
  private final List<MlflowStore.Point> pending = new ArrayList<>();
  private LongFunction<List<StepMetric>> covered;
  private MlflowStore.Run run;
  private long sent = -1;
  private int failures;
  private boolean warned;

  /**
   * @param name of the MLflow run
   * @param tags by which it is found again, among others
   * @param params the run's settings
   */
  public Mlflow(
      MlflowStore store, String name, Map<String, String> tags, Map<String, String> params) {
    this.store = store;
    this.name = name;
    this.tags = Map.copyOf(tags);
    this.params = new TreeMap<>(params);
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

  @Override
  public void resume(LongFunction<List<StepMetric>> earlier) {
    covered = earlier;
    commit();
  }

  @Override
  public void metric(StepMetric metric) {
    if (failures < TRIES) {
      pending.add(MlflowStore.Point.of(metric));
    }
  }

  @Override
  public void commit() {
    attempt(
        () -> {
          connect();
          send();
        });
  }

  /** Numbers that no checkpoint covers are not sent: the run makes them again if it goes on. */
  @Override
  public void end(boolean finished) {
    if (run != null) {
      attempt(
          () ->
              store.status(
                  run, finished ? MlflowStore.Status.FINISHED : MlflowStore.Status.FAILED));
    }
  }

  /** Only a run that goes on looks for its MLflow run: one that begins anew gets a new one. */
  private void connect() throws IOException {
    if (run != null) {
      return;
    }
    Optional<MlflowStore.Run> found = covered == null ? Optional.empty() : store.find(tags);
    if (found.isPresent()) {
      store.status(found.get(), MlflowStore.Status.RUNNING);
    }
    run = found.isPresent() ? found.get() : store.create(name, tags);
    params.keySet().removeAll(run.params());
    if (covered != null) {
      sent = Long.parseLong(run.tags().getOrDefault(STEP, "-1"));
      pending.addAll(0, covered.apply(sent).stream().map(MlflowStore.Point::of).toList());
    }
  }

  private void send() throws IOException {
    while (!params.isEmpty()) {
      Map<String, String> some = new TreeMap<>();
      params.entrySet().stream()
          .limit(MOST_PARAMS)
          .forEach(p -> some.put(p.getKey(), p.getValue()));
      store.log(run, List.of(), some, Map.of());
      params.keySet().removeAll(some.keySet());
    }
    pending.removeIf(p -> p.step() <= sent); // made again because a checkpoint was lost
    while (!pending.isEmpty()) {
      List<MlflowStore.Point> steps = pending.subList(0, wholeSteps());
      long last = steps.get(steps.size() - 1).step();
      store.log(run, steps, Map.of(), Map.of(STEP, "" + last));
      steps.clear();
    }
  }

  /** How many numbers of whole steps fit into a request. */
  private int wholeSteps() {
    int end = Math.min(MOST_METRICS, pending.size());
    while (end < pending.size() && pending.get(end).step() == pending.get(end - 1).step()) {
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
      if (failures == TRIES) {
        pending.clear();
      }
    }
  }
}
