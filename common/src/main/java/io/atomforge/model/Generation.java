package io.atomforge.model;

import ai.djl.ndarray.NDList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** Cuts one request for completions into batches of like lengths and runs each in one call. */
final class Generation {
  /** Steps between looks at which rows are done; a look is cheap, but waits for a GPU. */
  static final int CHECK_INTERVAL = 8;

  /**
   * The cache grows by this many slots: few shapes, for each of which the engine makes a kernel.
   */
  static final int LENGTH_STEP = 32;

  /** Rows decoded together: four times as many would be a tenth faster for four times the cache. */
  private static final int MAX_ROWS = 256;

  private final TorchScript script;
  private final Parameters theta;
  private final List<int[]> prompts;
  private final int samples;
  private final SamplingSettings settings;
  private final long[] seeds;
  private final Completion[] completions;

  Generation(
      TorchScript script,
      Parameters theta,
      List<int[]> prompts,
      int samples,
      SamplingSettings settings,
      long[] seeds) {
    this.script = script;
    this.theta = theta;
    this.prompts = prompts;
    this.samples = samples;
    this.settings = settings;
    this.seeds = seeds;
    completions = new Completion[Math.multiplyExact(prompts.size(), samples)];
    if (seeds.length != completions.length && (settings.temperature() > 0 || seeds.length > 0)) {
      throw new IllegalArgumentException(
          "Expected " + completions.length + " seeds, got " + seeds.length);
    }
  }

  List<Completion> completions() {
    int[] rows =
        IntStream.range(0, completions.length)
            .boxed()
            .sorted(Comparator.comparingInt(row -> prompts.get(row / samples).length))
            .mapToInt(row -> row)
            .toArray();
    for (int from = 0; from < rows.length; from += MAX_ROWS) {
      complete(Arrays.copyOfRange(rows, from, Math.min(rows.length, from + MAX_ROWS)));
    }
    return List.of(completions);
  }

  /**
   * @param rows indices of completions, those of one prompt together
   */
  private void complete(int[] rows) {
    int[] distinct = Arrays.stream(rows).map(row -> row / samples).distinct().toArray();
    int length = Arrays.stream(distinct).map(p -> prompts.get(p).length).max().orElseThrow();
    int[] tokens = new int[distinct.length * length];
    int[] pads = new int[distinct.length];
    int[] owners = new int[rows.length];
    for (int u = 0, row = 0; u < distinct.length; u++) {
      int[] prompt = prompts.get(distinct[u]);
      pads[u] = length - prompt.length;
      System.arraycopy(prompt, 0, tokens, u * length + pads[u], prompt.length);
      for (; row < rows.length && rows[row] / samples == distinct[u]; row++) {
        owners[row] = u;
      }
    }
    int n = settings.maxNewTokens();
    float[] knobs = {
      (float) settings.temperature(),
      (float) settings.topP(),
      settings.topK(),
      settings.eosTokenId(),
      (float) settings.minP()
    };
    try (TorchScript.Call call = script.open()) {
      NDList result =
          call.run(
              "generate",
              theta.array(),
              call.ints(tokens, distinct.length, length),
              call.ints(pads, pads.length),
              call.ints(owners, owners.length),
              call.floats(uniforms(rows), n, rows.length),
              call.floats(knobs, knobs.length));
      long[] drawn = result.get(0).toLongArray();
      float[] logProbs = result.get(1).toFloatArray();
      for (int row = 0; row < rows.length; row++) {
        completions[rows[row]] = completion(drawn, logProbs, row, rows.length);
      }
    }
  }

  private float[] uniforms(int[] rows) {
    int n = settings.maxNewTokens();
    float[] uniforms = new float[n * rows.length];
    if (settings.temperature() > 0) {
      for (int row = 0; row < rows.length; row++) {
        SplittableRandom random = new SplittableRandom(seeds[rows[row]]);
        for (int i = 0; i < n; i++) {
          uniforms[i * rows.length + row] = (random.nextInt() >>> 8) * 0x1p-24f;
        }
      }
    }
    return uniforms;
  }

  private Completion completion(long[] drawn, float[] logProbs, int row, int width) {
    int n = settings.maxNewTokens();
    int length = 0;
    boolean finished = false;
    while (length < n && !finished) {
      finished = drawn[length * width + row] == settings.eosTokenId();
      length++;
    }
    int[] tokens = new int[length];
    float[] scores = new float[length];
    for (int i = 0; i < length; i++) {
      tokens[i] = (int) drawn[i * width + row];
      scores[i] = logProbs[i * width + row];
    }
    return new Completion(tokens, scores, finished);
  }
}
