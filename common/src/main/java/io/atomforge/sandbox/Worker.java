package io.atomforge.sandbox;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.config.ConfigException;
import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One warm Python process, used by one thread at a time. Starts its process when it has none, so a
 * lost one is back with the next request.
 */
final class Worker implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final List<String> SCRIPTS = List.of("worker.py", "harness.py");
  private static final int MAX_HELLO = 1 << 16;
  private static final SecureRandom RANDOM = new SecureRandom();

  /**
   * What a process said when it started.
   *
   * @param group folder of its control group, empty if it has none
   * @param noGroup why it has none
   */
  record Hello(
      IsolationLevel isolation, String python, String reasons, String group, String noGroup) {}

  private final Interpreter interpreter;
  private final SandboxSettings settings;
  private final IsolationLevel ceiling;
  private volatile @Nullable Process process;
  private volatile boolean closed;
  private volatile long deadlineNanos = Long.MAX_VALUE;
  private volatile @Nullable Hello hello;

  /**
   * @param ceiling the strongest level to try
   */
  Worker(Interpreter interpreter, SandboxSettings settings, IsolationLevel ceiling) {
    this.interpreter = interpreter;
    this.settings = settings;
    this.ceiling = ceiling;
  }

  /**
   * Starts the process unless it is running.
   *
   * @throws IOException if it does not start
   * @throws ConfigException if it is isolated less than the settings demand
   */
  Hello start() throws IOException {
    Process running = process;
    Hello said = hello;
    if (running != null && said != null && running.isAlive()) {
      return said;
    }
    if (closed) {
      throw new IOException("the sandbox is closed");
    }
    end();
    Path folder = Files.createTempDirectory("atomforge-sandbox-");
    Path script = folder.resolve("worker.py");
    try {
      for (String name : SCRIPTS) {
        try (InputStream source = Worker.class.getResourceAsStream(name)) {
          Files.copy(source, folder.resolve(name));
        }
      }
      ProcessBuilder builder =
          new ProcessBuilder(
                  List.of(
                      interpreter.path(),
                      "-S",
                      "-s",
                      script.toString(),
                      ceiling.name(),
                      Integer.toString(settings.hashSeed())))
              .redirectErrorStream(true);
      builder.environment().clear();
      builder.environment().putAll(environment(settings.hashSeed()));
      Process started = builder.start();
      process = started;
      if (closed) {
        throw new IOException("the sandbox is closed");
      }
      deadlineNanos = System.nanoTime() + 30_000_000_000L;
      said = readHello(started.getInputStream());
      hello = said;
      String group = said.group();
      if (!group.isEmpty()) {
        started.onExit().thenRun(() -> new File(group).delete());
      }
    } catch (IOException e) {
      end();
      throw e;
    } finally {
      deadlineNanos = Long.MAX_VALUE;
      for (String name : SCRIPTS) {
        Files.deleteIfExists(folder.resolve(name));
      }
      Files.deleteIfExists(folder);
    }
    if (!said.isolation().isAtLeast(settings.minimumIsolation())) {
      end();
      throw new ConfigException(
          "sandbox: this machine isolates programs at "
              + (said.isolation() + ", below minimum_isolation " + settings.minimumIsolation())
              + ("; stronger levels fail here: " + said.reasons()));
    }
    return said;
  }

  /**
   * Runs one program. An outcome of SANDBOX_ERROR means that its process could not be confined; the
   * worker then starts anew for the next one.
   *
   * @throws IOException if there was no process, and the program did not begin
   * @throws WorkerLostException if the process was lost when the program may have begun
   */
  Execution run(Program program, Limits limits) throws IOException, WorkerLostException {
    IsolationLevel isolation = start().isolation();
    String seal = Long.toHexString(RANDOM.nextLong());
    byte[] payload = Request.payload(program, seal);
    // Ten times the wall limit is the worker's own last resort; past it the worker itself hangs.
    deadlineNanos = System.nanoTime() + (long) ((10 * limits.wallLimitSeconds() + 10) * 1e9);
    Process running = Objects.requireNonNull(process, "no process after start");
    try {
      try {
        OutputStream out = running.getOutputStream();
        int printedKib = program.readsInput() ? limits.stdoutLimitKib() : 0;
        out.write(Request.header(payload.length, limits, printedKib).array());
        out.write(payload);
        out.flush();
      } catch (IOException e) {
        // A program starts when its request has been read, so it is not to blame.
        end();
        throw new IOException("the worker was gone before the program began", e);
      }
      return answer(program, limits, seal, isolation, running.getInputStream());
    } finally {
      deadlineNanos = Long.MAX_VALUE;
    }
  }

  private Execution answer(
      Program program, Limits limits, String seal, IsolationLevel isolation, InputStream in)
      throws WorkerLostException {
    try {
      Ending ending = Ending.read(ByteBuffer.wrap(exactly(in, Ending.BYTES)));
      byte[] frame = exactly(in, ending.frameBytes());
      byte[] script = exactly(in, ending.scriptBytes());
      byte[] printed = exactly(in, Math.min(ending.printedBytes(), limits.stdoutLimitKib() << 10));
      if (ending.isSetupFailure()) {
        String reason = new String(frame, StandardCharsets.UTF_8);
        end();
        return Execution.failed(Outcome.SANDBOX_ERROR, reason, program, isolation);
      }
      Frame said = new Frame(frame, script, printed, seal);
      return said.execution(program, limits, ending, isolation);
    } catch (IOException e) {
      end();
      throw new WorkerLostException(e);
    }
  }

  /** Ends the process if its request is overdue; called by the pool's watchdog. */
  void endIfOverdue(long nowNanos) {
    long deadline = deadlineNanos;
    Process running = process;
    if (deadline != Long.MAX_VALUE && nowNanos - deadline > 0) {
      destroy(running);
    }
  }

  /** The process, null if none is ready. */
  @Nullable Process process() {
    return hello == null ? null : process;
  }

  /** Ends the process, and with it the program it runs; there will be no other. */
  @Override
  public void close() {
    closed = true;
    destroy(process);
  }

  /** Ends the process; the next request starts another. */
  private void end() {
    destroy(process);
    process = null; // a process that was killed may be taken for alive for some milliseconds
    hello = null;
  }

  private static void destroy(@Nullable Process running) {
    if (running != null) {
      running.destroyForcibly();
    }
  }

  private static Map<String, String> environment(int hashSeed) {
    return Map.of(
        "PYTHONHASHSEED", Integer.toString(hashSeed),
        "PYTHONDONTWRITEBYTECODE", "1",
        "PYTHONUTF8", "1",
        // Each arena would reserve 128 MiB of the address space that the memory limit counts.
        "MALLOC_ARENA_MAX", "1",
        "LC_ALL", "C.UTF-8",
        "TZ", "UTC");
  }

  private static Hello readHello(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b >= 0 && b != '\n' && line.size() < MAX_HELLO; b = in.read()) {
      line.write(b);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    try {
      JsonNode said = JSON.readTree(text);
      return new Hello(
          IsolationLevel.valueOf(said.required("level").asText()),
          said.required("python").asText(),
          said.required("reasons").toString(),
          said.required("group").asText(),
          said.required("no_group").asText());
    } catch (IOException | IllegalArgumentException e) {
      throw new IOException("The sandbox's worker did not start; it said: " + text, e);
    }
  }

  private static byte[] exactly(InputStream in, int size) throws IOException {
    byte[] bytes = in.readNBytes(size);
    if (bytes.length < size) {
      throw new IOException("the worker ended");
    }
    return bytes;
  }
}
