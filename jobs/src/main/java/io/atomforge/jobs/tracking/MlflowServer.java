package io.atomforge.jobs.tracking;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.jobs.cli.JobRunner;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A tracking server, by version 2.0 of MLflow's REST interface, which its releases 2 and 3 speak.
 * Credentials are MLflow's: {@code MLFLOW_TRACKING_TOKEN}, or {@code MLFLOW_TRACKING_USERNAME} and
 * {@code MLFLOW_TRACKING_PASSWORD}.
 */
final class MlflowServer implements MlflowStore {
  private static final Duration CONNECT = Duration.ofSeconds(2);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final HttpClient http =
      HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(CONNECT).build();
  private final String uri;
  private final String experiment;
  private @Nullable String experimentId;

  MlflowServer(String uri, String experiment) {
    this.uri = uri.replaceFirst("/+$", "");
    this.experiment = experiment;
  }

  @Override
  public Optional<Run> find(Map<String, String> tags) throws IOException {
    ObjectNode body = body().put("max_results", 1);
    body.putArray("experiment_ids").add(experimentId());
    body.put("filter", filter(tags));
    body.putArray("order_by").add("attributes.start_time DESC");
    JsonNode run = post("runs/search", body).path("runs").path(0);
    return run.isMissingNode() ? Optional.empty() : Optional.of(run(run));
  }

  private static String filter(Map<String, String> tags) {
    StringBuilder filter = new StringBuilder();
    new TreeMap<>(tags)
        .forEach(
            (key, value) ->
                filter
                    .append(filter.isEmpty() ? "" : " AND ")
                    .append("tags.`" + key + "` = " + quoted(value)));
    return filter.toString();
  }

  private static String quoted(String value) {
    String quote = value.contains("'") ? "\"" : "'";
    return quote + value + quote;
  }

  @Override
  public Run create(String name, Map<String, String> tags) throws IOException {
    ObjectNode body = body().put("experiment_id", experimentId()).put("run_name", name);
    body.put("start_time", System.currentTimeMillis()).set("tags", pairs(tags));
    return run(post("runs/create", body).path("run"));
  }

  @Override
  public void log(Run run, List<Point> points, Map<String, String> params, Map<String, String> tags)
      throws IOException {
    ObjectNode body = body().put("run_id", run.id());
    ArrayNode metrics = body.putArray("metrics");
    for (Point p : points) {
      ObjectNode metric = metrics.addObject().put("key", p.name()).put("value", p.value());
      metric.put("timestamp", p.millis()).put("step", p.step());
    }
    body.set("params", pairs(params));
    body.set("tags", pairs(tags));
    post("runs/log-batch", body);
  }

  @Override
  public void status(Run run, Status status) throws IOException {
    ObjectNode body = body().put("run_id", run.id()).put("status", status.name());
    if (status != Status.RUNNING) {
      body.put("end_time", System.currentTimeMillis());
    }
    post("runs/update", body);
  }

  private String experimentId() throws IOException {
    if (experimentId == null) {
      String query = "?experiment_name=" + URLEncoder.encode(experiment, StandardCharsets.UTF_8);
      HttpResponse<String> found = send(request("experiments/get-by-name" + query).build());
      experimentId =
          found.statusCode() == 404
              ? post("experiments/create", body().put("name", experiment))
                  .path("experiment_id")
                  .asText()
              : checked(found).path("experiment").path("experiment_id").asText();
    }
    return experimentId;
  }

  private static Run run(JsonNode run) {
    Map<String, String> tags = new TreeMap<>();
    Set<String> params = new HashSet<>();
    run.path("data")
        .path("tags")
        .forEach(t -> tags.put(t.path("key").asText(), t.path("value").asText()));
    run.path("data").path("params").forEach(p -> params.add(p.path("key").asText()));
    return new Run(run.path("info").path("run_id").asText(), tags, params);
  }

  private static ObjectNode body() {
    return JobRunner.JSON.createObjectNode();
  }

  private static ArrayNode pairs(Map<String, String> pairs) {
    ArrayNode array = JobRunner.JSON.createArrayNode();
    new TreeMap<>(pairs).forEach((k, v) -> array.addObject().put("key", k).put("value", v));
    return array;
  }

  private JsonNode post(String path, ObjectNode body) throws IOException {
    return checked(
        send(
            request(path)
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(body.toString()))
                .build()));
  }

  private HttpRequest.Builder request(String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(uri + "/api/2.0/mlflow/" + path)).timeout(ANSWER);
    String token = System.getenv("MLFLOW_TRACKING_TOKEN");
    String user = System.getenv("MLFLOW_TRACKING_USERNAME");
    if (token != null) {
      request.header("Authorization", "Bearer " + token);
    } else if (user != null) {
      String both = user + ":" + System.getenv().getOrDefault("MLFLOW_TRACKING_PASSWORD", "");
      byte[] bytes = both.getBytes(StandardCharsets.UTF_8);
      request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(bytes));
    }
    return request;
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofString());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new InterruptedIOException(uri + ": interrupted");
    } catch (IOException e) {
      String why = e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
      throw new IOException(uri + " cannot be reached (" + why + ")", e);
    }
  }

  private JsonNode checked(HttpResponse<String> response) throws IOException {
    String text = response.body();
    if (response.statusCode() == 200 && text.startsWith("{")) {
      return JobRunner.JSON.readTree(text);
    }
    String first = text.lines().findFirst().orElse("");
    String shown = first.substring(0, Math.min(300, first.length()));
    throw new IOException(uri + " answers " + response.statusCode() + " " + shown);
  }
}
