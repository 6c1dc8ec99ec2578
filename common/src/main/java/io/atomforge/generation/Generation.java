package io.atomforge.generation;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.atomforge.torch.TorchScript;
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
public final class Generation {
  /** Tokens between looks at which rows have ended; a look is cheap, but waits for a GPU. */
  private static final int CHUNK = 8;

  /** The cache has a multiple of this many slots: few shapes, as the engine prepares each. */
  private static final int LENGTH_STEP = 32;

  private final TorchScript script;
  private final NDArray parameters;
  private final List<int[]> prompts;
  private final SamplingSettings settings;
  private final int width;
  private final Decoding decoding;
  private final Deque<Row> waiting = new ArrayDeque<>();
  private List<Row> rows = new ArrayList<>();
  private List<Integer> places = new ArrayList<>();
  private NDList weights = new NDList();
  private NDList cached = new NDList();
  private NDList state = new NDList();
  private int slot;
  private int room;

  /** A completion on its way; {@code begin} is the slot of its first token. */
  private static final class Row {
    private final int index;
    private final int prompt;
    private final SplittableRandom random;
    private final int[] tokens;
    private final float[] logProbs;
    private int length;
    private int begin;
    private boolean ended;

    private Row(int index, Draw draw) {
      this.index = index;
      prompt = draw.prompt();
      random = new SplittableRandom(draw.seed());
      tokens = new int[draw.maxNewTokens()];
      logProbs = new float[draw.maxNewTokens()];
    }
  }

  /**
   * @param script that decodes
   * @param parameters of the model, fp32
   * @param prompts token ids, not empty
   * @param width most rows decoded together
   */
  public Generation(
      TorchScript script,
      NDArray parameters,
      List<int[]> prompts,
      List<Draw> draws,
      SamplingSettings settings,
      int width,
      Decoding decoding) {
    this.script = script;
    this.parameters = parameters;
    this.prompts = prompts;
    this.settings = settings;
    this.width = width;
    this.decoding = decoding;
    // The longest prompts first: later ones are filled up to the length of those that are cached.
    IntStream.range(0, draws.size())
        .boxed()
        .sorted(Comparator.comparingInt(row -> -prompts.get(draws.get(row).prompt()).length))
        .forEach(row -> waiting.add(new Row(row, draws.get(row))));
  }

  /** Decodes until all completions have ended. */
  public void run() {
    while (!waiting.isEmpty() || !rows.isEmpty()) {
      try (TorchScript.Call call = script.open()) {
        // One call lives from an empty cache to the next, so that native memory is given back.
        weights = call.run("cast", parameters);
        do {
          admit(call);
          decode(call);
        } while (rows.stream().anyMatch(row -> !row.ended));
        rows = new ArrayList<>();
        places = new ArrayList<>();
        cached = new NDList();
        state = new NDList();
        slot = 0;
        room = 0;
      }
    }
  }

  /** Takes out rows that have ended and lets others in, where enough have ended to be worth it. */
  private void admit(TorchScript.Call call) {
    int[] kept = IntStream.range(0, rows.size()).filter(i -> !rows.get(i).ended).toArray();
    int free = Math.min(waiting.size(), width - kept.length);
    boolean refill = free > 0 && (kept.length == 0 || free >= (width + 3) / 4);
    boolean shrink = 4 * kept.length <= 3 * rows.size();
    if (!refill && !shrink && slot + CHUNK <= room) {
      return;
    }
    List<Row> next = new ArrayList<>();
    Arrays.stream(kept).forEach(i -> next.add(rows.get(i)));
    int first = next.stream().mapToInt(r -> r.begin).min().orElse(slot);
    int shift = first / LENGTH_STEP * LENGTH_STEP;
    slot -= shift;
    for (Row row : next) {
      row.begin -= shift;
    }
    List<Row> joining = new ArrayList<>();
    for (int i = 0; refill && i < free; i++) {
      Row row = waiting.remove();
      row.begin = slot;
      joining.add(row);
    }
    next.addAll(joining);
    cache(call, next);
    int[] owners = joining.stream().mapToInt(row -> places.indexOf(row.prompt)).toArray();
    room =
        Math.max((slot + CHUNK - 1) / LENGTH_STEP + 1, (room - shift) / LENGTH_STEP) * LENGTH_STEP;
    NDList before = state.isEmpty() ? new NDList(call.floats(new float[0], 0)) : state;
    NDList inputs = named("state[]", before);
    inputs.addAll(named("prompts[]", cached));
    inputs.add(call.ints(kept, kept.length));
    inputs.add(call.ints(owners, owners.length));
    inputs.add(call.ints(next.stream().mapToInt(row -> row.begin).toArray(), next.size()));
    inputs.add(call.doubles(slot, room, shift));
    state = call.run("admit", inputs);
    before.close();
    rows = next;
  }

  /** Lets go of prompts that no row follows any more, and reads those that are new. */
  private void cache(TorchScript.Call call, List<Row> next) {
    List<Integer> wanted = next.stream().map(row -> row.prompt).distinct().toList();
    int[] kept =
        IntStream.range(0, places.size()).filter(u -> wanted.contains(places.get(u))).toArray();
    List<Integer> fresh = wanted.stream().filter(place -> !places.contains(place)).toList();
    if (kept.length < places.size()) {
      NDList inputs = named("prompts[]", cached);
      inputs.add(call.ints(kept, kept.length));
      replace(kept.length == 0 ? new NDList() : call.run("keep", inputs));
      places = new ArrayList<>(Arrays.stream(kept).mapToObj(places::get).toList());
    }
    if (fresh.isEmpty()) {
      return;
    }
    NDList more = prefill(call, fresh);
    if (cached.isEmpty()) {
      cached = more;
    } else {
      NDList inputs = named("prompts[]", cached);
      inputs.addAll(named("more[]", more));
      replace(call.run("gather", inputs));
      more.close();
    }
    places.addAll(fresh);
  }

  private void replace(NDList prompts) {
    cached.close();
    cached = prompts;
  }

  private NDList prefill(TorchScript.Call call, List<Integer> fresh) {
    int longest = fresh.stream().mapToInt(place -> prompts.get(place).length).max().orElseThrow();
    int[] tokens = new int[fresh.size() * longest];
    int[] pads = new int[fresh.size()];
    for (int u = 0; u < pads.length; u++) {
      int[] prompt = prompts.get(fresh.get(u));
      pads[u] = longest - prompt.length;
      System.arraycopy(prompt, 0, tokens, u * longest + pads[u], prompt.length);
    }
    return call.run(
        "prefill",
        weights.get(0),
        call.ints(tokens, pads.length, longest),
        call.ints(pads, pads.length));
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
    int longest = rows.stream().mapToInt(row -> prompts.get(row.prompt).length).max().orElseThrow();
    NDList inputs = new NDList(weights.get(0));
    NDList before = state;
    inputs.addAll(named("state[]", before));
    inputs.addAll(named("prompts[]", cached));
    addGrid(call, inputs);
    inputs.add(
        call.ints(
            rows.stream().mapToInt(row -> prompts.get(row.prompt).length - row.begin).toArray(),
            width));
    inputs.add(call.ints(rows.stream().mapToInt(row -> row.begin).toArray(), width));
    inputs.add(call.floats(uniforms, n, width));
    inputs.add(
        call.doubles(
            settings.temperature(),
            settings.topP(),
            settings.topK(),
            settings.minP(),
            slot,
            longest + slot + n));
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

  /**
   * The rows of each prompt, equally many by taking some twice, and where each row is there; both
   * empty if that is the order they have.
   */
  private void addGrid(TorchScript.Call call, NDList inputs) {
    List<List<Integer>> byPrompt =
        places.stream().<List<Integer>>map(p -> new ArrayList<>()).toList();
    for (int r = 0; r < rows.size(); r++) {
      byPrompt.get(places.indexOf(rows.get(r).prompt)).add(r);
    }
    int most = byPrompt.stream().mapToInt(List::size).max().orElseThrow();
    int[] grid = new int[places.size() * most];
    int[] back = new int[rows.size()];
    for (int u = 0; u < byPrompt.size(); u++) {
      List<Integer> own = byPrompt.get(u);
      for (int i = 0; i < most; i++) {
        grid[u * most + i] = own.get(Math.min(i, own.size() - 1));
      }
      for (int i = 0; i < own.size(); i++) {
        back[own.get(i)] = u * most + i;
      }
    }
    boolean inOrder =
        grid.length == back.length && IntStream.range(0, back.length).allMatch(r -> back[r] == r);
    for (int[] order : List.of(grid, back)) {
      inputs.add(call.ints(inOrder ? new int[0] : order, inOrder ? 0 : order.length));
    }
  }

  /** Equal names make one list of several tensors. */
  private static NDList named(String name, NDList tensors) {
    NDList list = new NDList(tensors);
    list.forEach(tensor -> tensor.setName(name));
    return list;
  }
}
