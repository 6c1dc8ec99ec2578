package io.atomforge.jobs.tracking;

import io.atomforge.tables.StepMetric;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Where MLflow keeps runs, all of one experiment. */
public sealed interface MlflowStore permits MlflowServer, MlflowFolder {
  /**
   * @param tags all that it has
   * @param params names of those it has
   */
  record Run(String id, Map<String, String> tags, Set<String> params) {}

  /** One number, at a time in milliseconds since 1970. */
  record Point(String name, double value, long millis, long step) {
    /** A number of now. MLflow's names have no {@code @}. */
    static Point of(StepMetric m) {
      return new Point(
          m.name().replace("@", "_at_"), m.value(), System.currentTimeMillis(), m.step());
    }
  }

  /** What becomes of a run, with MLflow's number for it. */
  enum Status {
    RUNNING(1),
    FINISHED(3),
    FAILED(4);

    final int number;

    Status(int number) {
      this.number = number;
    }
  }

  /** Whether {@link #open} takes it. */
  static boolean isAddress(String uri) {
    if (!uri.matches("https?:.*")) {
      return uri.matches("file:(//)?/.*") || !uri.isEmpty() && !uri.matches("databricks|\\w+:.*");
    }
    try {
      URI parsed = new URI(uri);
      return parsed.getHost() != null
          && parsed.getUserInfo() == null
          && parsed.getQuery() == null
          && parsed.getFragment() == null;
    } catch (URISyntaxException e) {
      return false;
    }
  }

  /**
   * The experiment that {@code MLFLOW_EXPERIMENT_NAME} names, or {@code atomforge}.
   *
   * @param uri a server or a folder of this machine
   * @throws io.atomforge.config.ConfigException if the folder cannot be written
   */
  static MlflowStore open(String uri) {
    String experiment = System.getenv().getOrDefault("MLFLOW_EXPERIMENT_NAME", "atomforge");
    return uri.matches("https?:.*")
        ? new MlflowServer(uri, experiment)
        : new MlflowFolder(uri.replaceFirst("^file:(//)?", ""), experiment);
  }

  /** The newest run that has these tags. */
  Optional<Run> find(Map<String, String> tags) throws IOException;

  /** A new run, which is running. */
  Run create(String name, Map<String, String> tags) throws IOException;

  /** Adds to a run; of these, a tag alone may be there already. */
  void log(Run run, List<Point> points, Map<String, String> params, Map<String, String> tags)
      throws IOException;

  void status(Run run, Status status) throws IOException;
}
