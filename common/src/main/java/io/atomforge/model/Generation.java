package io.atomforge.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/**
 * Decodes one request for completions, some tokens at a time. Rows that have ended make room for
 * those that wait; which rows are decoded together changes none of them.
 */
final class Generation {
  /** Tokens between looks at which rows have ended; a look is cheap, but waits for a GPU. */
  private static final int CHUNK = 8;

  /** The cache has a multiple of this many slots: few shapes, as the engine prepares each. */
  private static final int LENGTH_STEP = 32;

  private final TorchScript script;
  private final Parameters theta;
  private final List<int[]> prompts;
  private final int samples;
  private final SamplingSettings settings;
  private final int width;
  private final Decoding decoding;
  private final Deque<Row> waiting = new ArrayDeque<>();
  private List<Row> rows = new ArrayList<>();
  private NDArray weights;
  private NDList state;
  private int slot;
  private int room;

  /** A completion on its way; {@code pad} is the slot of its prompt's first token. */
  private static final class Row {
    private final int index;
    private final SplittableRandom random;
    private final int[] tokens;
    private final float[] logProbs;
    private int length;
    private int pad;
    private boolean ended;

    private Row(int index, long seed, int longest) {
      this.index = index;
      random = new SplittableRandom(seed);
      tokens = new int[longest];
      logProbs = new float[longest];
    }
  }

  /**
   * @param width most rows decoded together
   */
  Generation(
      TorchScript script,
      Parameters theta,
      List<int[]> prompts,
      int samples,
      SamplingSettings settings,
      long[] seeds,
      int width,
      Decoding decoding) {
    this.script = script;
    this.theta = theta;
    this.prompts = prompts;
    this.samples = samples;
    this.settings = settings;
    this.width = width;
    this.decoding = decoding;
    int count = Math.multiplyExact(prompts.size(), samples);
    if (seeds.length != count && (settings.temperature() > 0 || seeds.length > 0)) {
      throw new IllegalArgumentException("Expected " + count + " seeds, got " + seeds.length);
    }
    // The longest prompts first: later ones then fit before the slot that has been reached.
    IntStream.range(0, count)
        .boxed()
        .sorted(Comparator.comparingInt(row -> -prompts.get(row / samples).length))
        .forEach(
            row ->
                waiting.add(
                    new Row(row, seeds.length == 0 ? 0 : seeds[row], settings.maxNewTokens())));
  }

  void run() {
    while (!waiting.isEmpty() || !rows.isEmpty()) {
      try (TorchScript.Call call = script.open()) {
        // One call lives from an empty cache to the next, so that native memory is given back.
        weights = call.run("cast", theta.array()).get(0);
        do {
          admit(call);
          decode(call);
        } while (rows.stream().anyMatch(row -> !row.ended));
        rows = new ArrayList<>();
        state = null;
        room = 0;
      }
    }
  }

  /** Takes out rows that have ended and lets others in, where enough have ended to be worth it. */
  private void admit(TorchScript.Call call) {
    int[] kept = IntStream.range(0, rows.size()).filter(i -> !rows.get(i).ended).toArray();
    int free = Math.min(waiting.size(), width - kept.length);
    boolean refill = free > 0 && (kept.length == 0 || free >= (width + 3) / 4);
    boolean shrink = 2 * kept.length <= rows.size();
    if (!refill && !shrink && slot + CHUNK <= room) {
      return;
    }
    List<Row> next = new ArrayList<>();
    Arrays.stream(kept).forEach(i -> next.add(rows.get(i)));
    List<Row> joining = new ArrayList<>();
    for (int i = 0; refill && i < free; i++) {
      joining.add(waiting.remove());
    }
    int[] places = joining.stream().mapToInt(row -> row.index / samples).distinct().toArray();
    int longest = Arrays.stream(places).map(p -> prompts.get(p).length).max().orElse(0);
    int shift = 0;
    if (kept.length == 0) {
      slot = longest;
    } else {
      int unused = Math.min(next.stream().mapToInt(r -> r.pad).min().getAsInt(), slot - longest);
      shift = unused / LENGTH_STEP * LENGTH_STEP;
    }
    slot -= shift;
    for (Row row : next) {
      row.pad -= shift;
    }
    int[] owners = new int[joining.size()];
    for (int i = 0, u = 0; i < owners.length; i++) {
      Row row = joining.get(i);
      u += row.index / samples == places[u] ? 0 : 1;
      owners[i] = u;
      row.pad = slot - prompts.get(places[u]).length;
    }
    next.addAll(joining);
    room = Math.max((slot + CHUNK) / LENGTH_STEP + 1, (room - shift) / LENGTH_STEP) * LENGTH_STEP;
    NDList caches = new NDList();
    if (state != null) {
      caches.addAll(state);
    }
    if (places.length > 0) {
      caches.addAll(prefill(call, places, longest));
    }
    NDList inputs = named(caches);
    inputs.add(call.ints(kept, kept.length));
    inputs.add(call.ints(owners, owners.length));
    inputs.add(call.ints(pads(next), next.size()));
    inputs.add(call.doubles(slot, room, shift));
    state = call.run("admit", inputs);
    caches.close();
    rows = next;
  }

  private NDList prefill(TorchScript.Call call, int[] places, int longest) {
    int[] tokens = new int[places.length * longest];
    int[] pads = new int[places.length];
    for (int u = 0; u < places.length; u++) {
      int[] prompt = prompts.get(places[u]);
      pads[u] = longest - prompt.length;
      System.arraycopy(prompt, 0, tokens, u * longest + pads[u], prompt.length);
    }
    return call.run(
        "prefill",
        weights,
        call.ints(tokens, places.length, longest),
        call.ints(pads, places.length));
  }

  private void decode(TorchScript.Call call) {
    int most =
        rows.stream()
            .filter(r -> !r.ended)
            .mapToInt(r -> r.tokens.length - r.length)
            .max()
            .orElse(0);
    int n = Math.min(CHUNK, most);
    int width = rows.size();
    float[] uniforms = new float[n * width];
    for (int i = 0; i < uniforms.length && settings.temperature() > 0; i++) {
      uniforms[i] = (rows.get(i % width).random.nextInt() >>> 8) * 0x1p-24f;
    }
    NDList inputs = new NDList(weights);
    NDList before = named(state);
    inputs.addAll(before);
    inputs.add(call.ints(pads(rows), width));
    inputs.add(call.floats(uniforms, n, width));
    inputs.add(
        call.doubles(
            settings.temperature(),
            settings.topP(),
            settings.topK(),
            settings.minP(),
            slot,
            slot + n));
    NDList result = call.run("decode", inputs);
    before.close();
    slot += n;
    try (NDArray tokens = result.get(0);
        NDArray logProbs = result.get(1)) {
      long[] drawn = tokens.toLongArray();
      float[] scores = logProbs.toFloatArray();
      for (int r = 0; r < width; r++) {
        for (int i = 0; i < n && !rows.get(r).ended; i++) {
          grow(rows.get(r), (int) drawn[i * width + r], scores[i * width + r]);
        }
      }
    }
    state = result.subNDList(2);
  }

  private void grow(Row row, int token, float logProb) {
    row.tokens[row.length] = token;
    row.logProbs[row.length++] = logProb;
    boolean stops =
        token == settings.eosTokenId()
            || decoding.ends(row.index, Arrays.copyOf(row.tokens, row.length));
    if (stops || row.length == row.tokens.length) {
      row.ended = true;
      decoding.finished(
          row.index,
          new Completion(
              Arrays.copyOf(row.tokens, row.length),
              Arrays.copyOf(row.logProbs, row.length),
              stops));
    }
  }

  private static int[] pads(List<Row> rows) {
    return rows.stream().mapToInt(row -> row.pad).toArray();
  }

  /** Equal names make one list of several tensors. */
  private static NDList named(NDList tensors) {
    NDList list = new NDList(tensors);
    list.forEach(tensor -> tensor.setName("state[]"));
    return list;
  }
}
