package io.atomforge.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.value.Equality;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/** One way to judge programs, as {@link SandboxBenchmark} drives it. */
sealed interface BenchmarkRunner extends AutoCloseable {
  /**
   * One judgement.
   *
   * @param row index into the workload
   * @param passed empty if the runner only starts and ends processes
   * @param ms wall-clock milliseconds that the caller waited
   */
  record Check(int row, Optional<Boolean> passed, double ms) {}

  /** Judgements of one stretch of time, and the wall-clock seconds that all took together. */
  record Stretch(double seconds, List<Check> checks) {
    double programsPerSecond() {
      return checks.size() / seconds;
    }
  }

  String name();

  /**
   * Judges a workload's rows in order.
   *
   * @param inFlight programs at a time
   * @param seconds how long, over and over; empty for each row once
   */
  Stretch run(BenchmarkWorkload workload, int inFlight, OptionalDouble seconds) throws Exception;

  /** The processes whose CPU time is the runner's; with children that were waited for. */
  Stream<ProcessHandle> roots();

  /** The processes whose memory is the runner's and below which nothing may be left. */
  Stream<ProcessHandle> harness();

  /** The folder for temporary files, which nothing else writes to. */
  Path temporaryFiles();

  @Override
  void close() throws IOException;

  /** The pool of this package, called by threads of this JVM. */
  record Pool(Sandbox sandbox, Path temporaryFiles) implements BenchmarkRunner {
    @Override
    public String name() {
      return "atomforge";
    }

    @Override
    public Stretch run(BenchmarkWorkload workload, int inFlight, OptionalDouble seconds)
        throws Exception {
      ExecutorService callers = Executors.newFixedThreadPool(inFlight);
      AtomicInteger next = new AtomicInteger();
      long started = System.nanoTime();
      List<Future<List<Check>>> running = new ArrayList<>();
      for (int i = 0; i < inFlight; i++) {
        running.add(callers.submit(() -> oneCaller(workload, next, started, seconds)));
      }
      List<Check> checks = new ArrayList<>();
      for (Future<List<Check>> caller : running) {
        checks.addAll(caller.get());
      }
      double taken = (System.nanoTime() - started) / 1e9;
      callers.shutdown();
      callers.awaitTermination(1, TimeUnit.MINUTES);
      return new Stretch(taken, checks);
    }

    private List<Check> oneCaller(
        BenchmarkWorkload workload, AtomicInteger next, long started, OptionalDouble seconds) {
      int count = workload.rows().size();
      Limits limits = new Limits(workload.timeLimitSeconds(), 256, 1024);
      List<Check> checks = new ArrayList<>();
      for (int i = next.getAndIncrement(); ; i = next.getAndIncrement()) {
        long now = System.nanoTime();
        if (seconds.isEmpty() ? i >= count : now - started >= seconds.getAsDouble() * 1e9) {
          return checks;
        }
        BenchmarkWorkload.Row row = workload.rows().get(i % count);
        Verdict verdict =
            sandbox.judge(
                row.program().code(),
                row.tests(),
                new JudgeOptions(limits, Equality.DEFAULT, Program.AfterFailure.GO_ON));
        Optional<Boolean> passed = Optional.of(verdict.outcome() == Outcome.PASSED);
        checks.add(new Check(i % count, passed, (System.nanoTime() - now) / 1e6));
      }
    }

    @Override
    public Stream<ProcessHandle> roots() {
      return Stream.concat(Stream.of(ProcessHandle.current()), harness());
    }

    @Override
    public Stream<ProcessHandle> harness() {
      return sandbox.processes().stream().map(Process::toHandle);
    }

    @Override
    public void close() {
      sandbox.close();
    }
  }

  /** A runner of {@code benchmark.py}, which measures in a process of its own. */
  final class Driver implements BenchmarkRunner {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String name;
    private final Path temporaryFiles;
    private final Process process;
    private final BufferedReader in;
    private final BufferedWriter out;

    /**
     * @param words the runner's name, and the checkout it needs if it is a peer
     * @param folder for its files, which the caller deletes
     * @throws IOException if it does not start, with the reason it gave
     */
    Driver(String python, List<String> words, Path folder) throws IOException {
      name = words.get(0);
      temporaryFiles = Files.createTempDirectory(folder, "runner");
      Path script = folder.resolve("benchmark.py");
      if (!Files.exists(script)) {
        try (InputStream source = BenchmarkRunner.class.getResourceAsStream("benchmark.py")) {
          Files.copy(source, script);
        }
      }
      List<String> command = new ArrayList<>(List.of(python, "-s", script.toString()));
      command.addAll(words);
      ProcessBuilder builder = new ProcessBuilder(command);
      builder.environment().put("TMPDIR", temporaryFiles.toString());
      builder.environment().put("PYTHONDONTWRITEBYTECODE", "1");
      process = builder.redirectError(ProcessBuilder.Redirect.INHERIT).start();
      in = process.inputReader();
      out = process.outputWriter();
      JsonNode error = answer().get("error");
      if (!error.isNull()) {
        close();
        throw new IOException(error.asText());
      }
    }

    private static ObjectNode request(BenchmarkWorkload workload) throws IOException {
      ObjectNode request = JSON.createObjectNode();
      request.put("limit_seconds", workload.timeLimitSeconds());
      ArrayNode rows = request.putArray("rows");
      for (BenchmarkWorkload.Row row : workload.rows()) {
        ObjectNode one = rows.addObject();
        one.put("code", row.program().code()).put("entry", row.program().entryPoint());
        ArrayNode calls = one.putArray("calls");
        for (Probe call : row.program().calls()) {
          calls.add(JSON.readTree(((Call) call).argsJson()));
        }
        ArrayNode expected = one.putArray("expected");
        for (String value : row.expectedJson()) {
          expected.add(JSON.readTree(value));
        }
      }
      return request;
    }

    private JsonNode answer() throws IOException {
      String line = in.readLine();
      if (line == null) {
        throw new IOException("the runner " + name + " ended");
      }
      return JSON.readTree(line);
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public Stretch run(BenchmarkWorkload workload, int inFlight, OptionalDouble seconds)
        throws IOException {
      ObjectNode request = request(workload).put("lanes", inFlight);
      request.put("seconds", seconds.isPresent() ? seconds.getAsDouble() : null);
      out.write(request.toString());
      out.write("\n");
      out.flush();
      JsonNode answer = answer();
      List<Check> checks = new ArrayList<>();
      for (JsonNode check : answer.get("checks")) {
        JsonNode passed = check.get(1);
        checks.add(
            new Check(
                check.get(0).asInt(),
                passed.isNull() ? Optional.empty() : Optional.of(passed.asBoolean()),
                check.get(2).asDouble()));
      }
      return new Stretch(answer.get("seconds").asDouble(), checks);
    }

    @Override
    public Stream<ProcessHandle> roots() {
      return Stream.of(process.toHandle());
    }

    @Override
    public Stream<ProcessHandle> harness() {
      return roots();
    }

    @Override
    public Path temporaryFiles() {
      return temporaryFiles;
    }

    @Override
    public void close() {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
  }
}
