package io.atomforge.model;

import ai.djl.Device;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/**
 * A call of a model in a process of its own, whose heap is resident from the start, and the bytes
 * by which the call's peak exceeds what was resident before it.
 */
final class MeasuredCall {
  static final ModelConfig MODEL = ModelConfig.of(256, 6, 4, 2, 768, 4096, 512);
  static final List<TokenBatch.Block> BLOCKS = List.of(new TokenBatch.Block(24, 256));
  static final int PREDICTIONS = 24 * 255;

  /** As deploy/submit.sh sets it. */
  private static final Map<String, String> ALLOCATOR =
      Map.of(
          "MALLOC_ARENA_MAX", "2",
          "MALLOC_MMAP_MAX_", "0",
          "MALLOC_TRIM_THRESHOLD_", "4294967296",
          "MALLOC_TOP_PAD_", "67108864");

  private static final Path STATUS = Path.of("/proc/self/status");
  private static final Path PEAK = Path.of("/proc/self/clear_refs");

  private MeasuredCall() {}

  /**
   * @param call {@code gradient} or {@code scoring}, or {@code gradients} for what is resident
   *     after many small gradients of different lengths beyond what was after two fifths of them
   */
  static long of(String call, Precision precision, boolean recompute) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(Path.of(System.getProperty("java.home"), "bin", "java").toString()));
    command.addAll(List.of("-Xms300m", "-Xmx300m", "-XX:+AlwaysPreTouch", "-Dai.djl.offline=true"));
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of(MeasuredCall.class.getName(), call, precision.name(), "" + recompute));
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
    builder.environment().putAll(ALLOCATOR);
    Process process = builder.start();
    String said = new String(process.getInputStream().readAllBytes()).strip();
    if (process.waitFor() != 0) {
      throw new IllegalStateException("the measured process failed: " + said);
    }
    return Long.parseLong(said.substring(said.lastIndexOf('\n') + 1));
  }

  public static void main(String[] args) throws IOException {
    Precision precision = Precision.valueOf(args[1]);
    LossScript loss = LossScript.NEGATIVE_LOG_LIKELIHOOD;
    CausalLM plain = CausalLM.shared(MODEL, precision, loss, Device.cpu());
    CausalLM model = args[2].equals("true") ? plain.recomputing() : plain;
    try (Parameters theta = Parameters.initial(model.layout(), 1, Device.cpu())) {
      if (args[0].equals("gradients")) {
        System.out.println(1024 * growth(model, theta));
        return;
      }
      // Two calls load and compile. What they give stays, so that the measured call cannot take its
      // memory.
      List<Given> kept =
          List.of(call(args[0], model, theta, 1, 8), call(args[0], model, theta, 1, 8));
      long before = kib("VmRSS");
      Files.writeString(PEAK, "5"); // proc(5): the peak begins anew
      call(args[0], model, theta, BLOCKS.get(0).rows(), BLOCKS.get(0).length()).close();
      System.out.println(1024 * (kib("VmHWM") - before));
      kept.forEach(Given::close);
    }
  }

  /** What a call gives, in native memory. */
  private interface Given {
    void close();
  }

  private static long growth(CausalLM model, Parameters theta) throws IOException {
    long settled = 0;
    for (int step = 0; step < 300; step++) {
      call("gradient", model, theta, 2, 8 * (1 + step % 3)).close();
      settled = step == 120 ? kib("VmRSS") : settled;
    }
    return kib("VmRSS") - settled;
  }

  private static Given call(String call, CausalLM model, Parameters theta, int rows, int length) {
    int[] tokens = IntStream.range(0, rows * length).map(i -> i % 4000).toArray();
    int[] positions =
        IntStream.range(0, rows * length).filter(i -> i % length < length - 1).toArray();
    int[] targets = IntStream.of(positions).map(i -> tokens[i + 1]).toArray();
    float[] weights = new float[positions.length];
    Arrays.fill(weights, 1);
    TokenBatch batch = new TokenBatch(rows, length, tokens, positions, targets, weights);
    if (call.equals("gradient")) {
      return model.gradient(theta, batch, new float[0][], 1).values()::close;
    }
    model.logProbs(theta, batch, 1);
    return () -> {};
  }

  private static long kib(String key) throws IOException {
    return Files.readAllLines(STATUS).stream()
        .filter(line -> line.startsWith(key + ":"))
        .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
