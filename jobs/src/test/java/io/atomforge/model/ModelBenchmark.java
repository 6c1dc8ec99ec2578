package io.atomforge.model;

import ai.djl.Device;
import io.atomforge.generation.SamplingSettings;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Prints tokens per second of training and decoding for the 0.85 million parameter shape, with
 * single-threaded tasks side by side. Arguments: tasks (2), repetitions (20), precision (BF16).
 */
public final class ModelBenchmark {
  private static final ModelConfig SHAPE = ModelConfig.of(128, 4, 4, 2, 384, 512, 256);
  private static final int ROWS = 16;
  private static final int LENGTH = 128;
  private static final int PROMPT = 48;
  private static final int NEW_TOKENS = 64;
  private static final int DECODED_ROWS = 256;

  private ModelBenchmark() {}

  public static void main(String[] args) throws Exception {
    int tasks = args.length > 0 ? Integer.parseInt(args[0]) : 2;
    int repetitions = args.length > 1 ? Integer.parseInt(args[1]) : 20;
    Precision precision = args.length > 2 ? Precision.valueOf(args[2]) : Precision.BF16;
    CausalLM model =
        CausalLM.shared(SHAPE, precision, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
    try (Parameters theta = Parameters.initial(model.layout(), 1, Device.cpu())) {
      TokenBatch batch = batch();
      report(
          "training",
          tokensPerSecond(
              tasks,
              repetitions,
              ROWS * LENGTH,
              () -> model.gradient(theta, batch, new float[0][], 1)));
      for (int samples : new int[] {1, 8}) {
        List<int[]> prompts = prompts(DECODED_ROWS / samples);
        long[] seeds = LongStream.range(0, DECODED_ROWS).toArray();
        SamplingSettings settings = SamplingSettings.sampling(0.9, NEW_TOKENS, -1);
        report(
            "decoding, " + samples + " samples per prompt",
            tokensPerSecond(
                tasks,
                Math.max(2, repetitions / 4),
                DECODED_ROWS * NEW_TOKENS,
                () -> model.generate(theta, prompts, samples, settings, seeds)));
      }
    }
  }

  private static void report(String what, double[] tokensPerSecond) {
    System.out.printf(
        "%s: %.0f tokens/s, best repetition %.0f%n", what, tokensPerSecond[0], tokensPerSecond[1]);
  }

  /** All tasks together: from the median and from the shortest time of each. */
  private static double[] tokensPerSecond(int tasks, int repetitions, int tokens, Callable<?> work)
      throws Exception {
    ExecutorService pool = Executors.newFixedThreadPool(tasks);
    try {
      List<Callable<double[]>> timed = new ArrayList<>();
      for (int task = 0; task < tasks; task++) {
        timed.add(() -> seconds(repetitions, work));
      }
      double median = 0;
      double best = 0;
      for (Future<double[]> result : pool.invokeAll(timed)) {
        double[] seconds = result.get();
        median += tokens / seconds[seconds.length / 2];
        best += tokens / seconds[0];
      }
      return new double[] {median, best};
    } finally {
      pool.shutdown();
    }
  }

  private static double[] seconds(int repetitions, Callable<?> work) throws Exception {
    double[] seconds = new double[repetitions];
    for (int i = -2; i < repetitions; i++) {
      long start = System.nanoTime();
      work.call();
      if (i >= 0) {
        seconds[i] = (System.nanoTime() - start) / 1e9;
      }
    }
    Arrays.sort(seconds);
    return seconds;
  }

  private static TokenBatch batch() {
    int[] tokens = new Random(1).ints((long) ROWS * LENGTH, 0, SHAPE.vocabSize()).toArray();
    float[] weights = new float[tokens.length];
    Arrays.fill(weights, 1);
    int[] positions = IntStream.range(0, tokens.length).toArray();
    return new TokenBatch(ROWS, LENGTH, tokens, positions, tokens, weights);
  }

  private static List<int[]> prompts(int count) {
    Random random = new Random(2);
    return IntStream.range(0, count)
        .mapToObj(i -> random.ints(PROMPT, 0, SHAPE.vocabSize()).toArray())
        .toList();
  }
}
