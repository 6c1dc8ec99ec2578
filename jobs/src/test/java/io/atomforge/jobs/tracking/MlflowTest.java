package io.atomforge.jobs.tracking;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.atomforge.config.ConfigException;
import io.atomforge.jobs.TrainRl;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.training.setup.RlConfig;
import io.atomforge.tables.StepMetric;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MlflowTest {
  private static final Map<String, String> TAGS =
      Map.of("atomforge.run_id", "sft", "atomforge.checkpoints", "/w/it's/sft");

  @TempDir Path folder;
  private HttpServer server;
  private String uri;

  /** Method, path and body of each request. */
  private final List<String> requests = new ArrayList<>();

  /** The committed rows of the run, and after which steps they were asked for. */
  private final List<StepMetric> table = new ArrayList<>();

  private final List<Long> asked = new ArrayList<>();

  /** What a path answers; without one it fails. */
  private final Map<String, String> answers = new TreeMap<>();

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.start();
    uri = "http://localhost:" + server.getAddress().getPort() + "/";
    answers.put("experiments/create", "{\"experiment_id\": \"7\"}");
    answers.put("runs/create", "{\"run\": {\"info\": {\"run_id\": \"r\"}}}");
    answers.put("runs/log-batch", "{}");
    answers.put("runs/update", "{}");
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().toString().replaceFirst("^/api/2.0/mlflow/", "");
    String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
    requests.add(exchange.getRequestMethod() + " " + path + " " + body);
    String answer = answers.get(path);
    byte[] bytes = (answer == null ? "{\"error_code\": \"NONE\"}" : answer).getBytes();
    exchange.sendResponseHeaders(answer == null ? 404 : 200, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  private static StepMetric loss(long step) {
    return new StepMetric("sft", step, "train/loss", 1.0 / step);
  }

  private Mlflow mlflow(Map<String, String> params) {
    return new Mlflow(
        MlflowStore.open(uri),
        "sft",
        TAGS,
        params,
        after -> {
          asked.add(after);
          return table.stream().filter(m -> m.step() > after).toList();
        });
  }

  private List<JsonNode> bodies(String path) throws IOException {
    List<JsonNode> bodies = new ArrayList<>();
    for (String request : requests) {
      if (request.startsWith("POST " + path + " ")) {
        bodies.add(JobRunner.JSON.readTree(request.substring(request.indexOf('{'))));
      }
    }
    return bodies;
  }

  @Test
  void aServerIsSentWhatACheckpointCovers() throws IOException {
    Mlflow mlflow = mlflow(Map.of("seed", "17"));
    table.add(loss(1));
    table.add(new StepMetric("sft", 2, "train/pass@1", Double.NaN));
    assertThat(requests).isEmpty();
    mlflow.project();
    mlflow.end(false);
    assertThat(requests.get(0)).startsWith("GET experiments/get-by-name?experiment_name=atomforge");
    assertThat(requests.get(1)).isEqualTo("POST experiments/create {\"name\":\"atomforge\"}");
    JsonNode run = bodies("runs/create").get(0);
    assertThat(run.path("experiment_id").asText()).isEqualTo("7");
    assertThat(run.path("run_name").asText()).isEqualTo("sft");
    assertThat(run.path("tags").toString())
        .contains("{\"key\":\"atomforge.run_id\",\"value\":\"sft\"}");
    List<JsonNode> batches = bodies("runs/log-batch");
    assertThat(batches).hasSize(2).allMatch(b -> b.path("run_id").asText().equals("r"));
    assertThat(batches.get(0).path("params").toString())
        .isEqualTo("[{\"key\":\"seed\",\"value\":\"17\"}]");
    assertThat(batches.get(1).path("metrics").toString().replaceAll(",\"timestamp\":\\d+", ""))
        .isEqualTo(
            "[{\"key\":\"train/loss\",\"value\":1.0,\"step\":1},"
                + "{\"key\":\"train/pass_at_1\",\"value\":\"NaN\",\"step\":2}]");
    assertThat(batches.get(1).path("tags").toString())
        .isEqualTo("[{\"key\":\"atomforge.step\",\"value\":\"2\"}]");
    assertThat(bodies("runs/update").get(0).path("status").asText()).isEqualTo("FAILED");
  }

  @Test
  void aRunThatGoesOnIsFoundAndSentWhatItLacks() throws IOException {
    answers.put(
        "experiments/get-by-name?experiment_name=atomforge",
        "{\"experiment\": {\"experiment_id\": \"7\"}}");
    answers.put(
        "runs/search",
        "{\"runs\": [{\"info\": {\"run_id\": \"old\"}, \"data\": {\"tags\":"
            + " [{\"key\": \"atomforge.step\", \"value\": \"2\"}],"
            + " \"params\": [{\"key\": \"seed\", \"value\": \"17\"}]}}]}");
    Mlflow mlflow = mlflow(Map.of("seed", "18"));
    table.addAll(List.of(loss(1), loss(2), loss(3)));
    mlflow.resume();
    table.add(loss(4));
    mlflow.project();
    mlflow.end(true);
    assertThat(asked).containsExactly(2L, 3L);
    assertThat(bodies("runs/search").get(0).path("filter").asText())
        .isEqualTo(
            "tags.`atomforge.checkpoints` = \"/w/it's/sft\" AND tags.`atomforge.run_id` = 'sft'");
    assertThat(bodies("runs/create")).isEmpty();
    assertThat(bodies("runs/log-batch")).hasSize(2);
    assertThat(bodies("runs/log-batch")).allMatch(b -> b.path("params").isEmpty());
    assertThat(bodies("runs/log-batch").stream().map(b -> b.at("/metrics/0/step").asLong()))
        .containsExactly(3L, 4L);
    assertThat(bodies("runs/update").stream().map(b -> b.path("status").asText()))
        .containsExactly("RUNNING", "FINISHED");
  }

  @Test
  void batchesKeepTheLimitsAndWholeSteps() throws IOException {
    Map<String, String> params = new TreeMap<>();
    IntStream.range(0, 150).forEach(i -> params.put("p" + i, "" + i));
    Mlflow mlflow = mlflow(params);
    for (int i = 0; i < 2000; i++) {
      table.add(new StepMetric("sft", 1 + i / 40, "m" + i % 40, i));
    }
    mlflow.project();
    List<JsonNode> batches = bodies("runs/log-batch");
    assertThat(batches.stream().map(b -> b.path("params").size()))
        .containsExactly(100, 50, 0, 0, 0);
    assertThat(batches.stream().map(b -> b.path("metrics").size()))
        .containsExactly(0, 0, 880, 880, 240);
    assertThat(batches.stream().skip(2).map(b -> b.at("/tags/0/value").asText()))
        .containsExactly("22", "44", "50");
  }

  @Test
  void aServerThatFailsIsAskedAgainAtTheNextCheckpointsAndThenLeftAlone() throws IOException {
    answers.remove("runs/create");
    Mlflow mlflow = mlflow(Map.of());
    table.add(loss(1));
    mlflow.project();
    assertThat(bodies("runs/log-batch")).isEmpty();
    answers.put("runs/create", "{\"run\": {\"info\": {\"run_id\": \"r\"}}}");
    table.add(loss(2));
    mlflow.project();
    assertThat(bodies("runs/log-batch").get(0).path("metrics")).hasSize(2);
    answers.remove("runs/log-batch");
    for (int step = 3; step < 9; step++) {
      table.add(loss(step));
      mlflow.project();
    }
    mlflow.end(true);
    assertThat(bodies("runs/log-batch")).hasSize(1 + 3);
    assertThat(bodies("runs/update")).isEmpty();
  }

  @Test
  void aServerThatIsNotThereStopsNothing() {
    stop();
    Mlflow mlflow = mlflow(Map.of());
    table.add(loss(1));
    mlflow.resume();
    mlflow.project();
    mlflow.end(true);
    assertThat(requests).isEmpty();
  }

  @Test
  void aFolderHasTheLayoutOfMlflowsFiles() throws IOException {
    uri = "file:" + folder.resolve("mlruns");
    Mlflow first = mlflow(Map.of("optimizer.learning_rate", "0.001"));
    table.add(loss(1));
    table.add(loss(2));
    first.project();
    Path experiment = only(folder.resolve("mlruns"));
    assertThat(experiment.resolve("meta.yaml"))
        .content()
        .contains("name: \"atomforge\"", "experiment_id: \"" + experiment.getFileName() + "\"");
    Path run;
    try (Stream<Path> entries = Files.list(experiment)) {
      run = entries.filter(Files::isDirectory).findFirst().orElseThrow();
    }
    assertThat(run.resolve("meta.yaml")).content().contains("status: 1", "run_name: \"sft\"");
    assertThat(run.resolve("params/optimizer.learning_rate")).hasContent("0.001");
    assertThat(run.resolve("tags/atomforge.run_id")).hasContent("sft");
    assertThat(run.resolve("tags/mlflow.runName")).hasContent("sft");

    Mlflow second = mlflow(Map.of("optimizer.learning_rate", "0.001"));
    second.resume();
    table.add(loss(3));
    second.project();
    second.end(true);
    assertThat(Files.readAllLines(run.resolve("metrics/train/loss")))
        .map(line -> line.replaceFirst("^\\d{13} ", ""))
        .containsExactly("1.0 1", "0.5 2", 1.0 / 3 + " 3");
    assertThat(run.resolve("tags/atomforge.step")).hasContent("3");
    assertThat(run.resolve("meta.yaml")).content().contains("status: 3");

    mlflow(Map.of()).project(); // a run that begins anew
    try (Stream<Path> entries = Files.list(experiment)) {
      assertThat(entries.filter(Files::isDirectory)).hasSize(2);
    }
  }

  private static Path only(Path parent) throws IOException {
    try (Stream<Path> entries = Files.list(parent)) {
      return entries.toList().get(0);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://",
        "http://user:word@host:5000",
        "http://host/?a=b",
        "https://ho st",
        "s3://bucket/mlruns",
        "sqlite:///mlflow.db",
        "databricks",
        "file:mlruns"
      })
  void whatIsNoAddressIsRefusedBeforeAnythingIsRead(String address) {
    List<String> words = List.of("mlflow=" + address);
    assertThatThrownBy(() -> JobRunner.load(TrainRl.JOB, words).bind(RlConfig.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mlflow must be a server such as");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"http://localhost:5000", "https://h/mlflow/", "file:///a", "mlruns", "/a"})
  void serversAndFoldersAreAddresses(String address) {
    assertThat(MlflowStore.isAddress(address)).isTrue();
  }
}
