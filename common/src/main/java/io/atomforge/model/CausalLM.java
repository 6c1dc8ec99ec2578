package io.atomforge.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The arithmetic of one model shape: gradients, log probabilities and completions for any
 * parameters of that shape. Without state of its own, so one instance serves all threads of the
 * JVM, several of which may share one {@link Parameters}. The text is {@code causal_lm.py}.
 */
public final class CausalLM {
  /** Rows decoded together: four times as many would be a tenth faster for four times the cache. */
  private static final int MAX_ROWS = 256;

  /**
   * Queries that look together at what is before the last of them: fewer see less, but cost more.
   */
  private static final int QUERIES = 64;

  private static final Map<Key, CausalLM> SHARED = new ConcurrentHashMap<>();

  private final Key key;
  private final ModelConfig config;
  private final LossScript loss;
  private final ParameterLayout layout;
  private final TorchScript script;
  private final Device device;

  private record Key(
      ModelConfig config,
      Precision precision,
      LossScript loss,
      Device device,
      int threads,
      boolean recompute,
      Lora lora) {}

  private CausalLM(Key key) {
    this.key = key;
    config = key.config();
    loss = key.loss();
    layout = layout(key);
    device = key.device();
    script =
        TorchScript.shared(
            CausalLM.class, "causal_lm.py", "CausalLM", places(key, layout), device, key.threads());
  }

  /** The JVM's one instance for these arguments, with one processor thread per call. */
  public static CausalLM shared(
      ModelConfig config, Precision precision, LossScript loss, Device device) {
    return shared(config, precision, loss, device, 1);
  }

  /**
   * @param intraOpThreads threads one operator may use; more than 1 pays where fewer tasks run than
   *     there are cores
   * @throws IllegalArgumentException if the loss script does not compile
   */
  public static CausalLM shared(
      ModelConfig config, Precision precision, LossScript loss, Device device, int intraOpThreads) {
    return SHARED.computeIfAbsent(
        new Key(config, precision, loss, device, intraOpThreads, false, null), CausalLM::new);
  }

  /**
   * The same, but a gradient keeps of each layer its input alone and computes the rest again: less
   * memory for a third more work. Chen et al. 2016 (arXiv:1604.06174), section 4.
   */
  public CausalLM recomputing() {
    return SHARED.computeIfAbsent(
        new Key(config, key.precision(), loss, device, key.threads(), true, key.lora()),
        CausalLM::new);
  }

  /** The same for another loss. */
  public CausalLM with(LossScript other) {
    return SHARED.computeIfAbsent(
        new Key(config, key.precision(), other, device, key.threads(), key.recompute(), key.lora()),
        CausalLM::new);
  }

  /**
   * The same where adapters are trained, whose parameters are then meant, and the model's own are
   * frozen.
   */
  public CausalLM adapting(Lora lora) {
    return SHARED.computeIfAbsent(
        new Key(config, key.precision(), loss, device, key.threads(), key.recompute(), lora),
        CausalLM::new);
  }

  private static ParameterLayout layout(Key key) {
    if (key.lora() != null) {
      return key.lora().layout(key.config());
    }
    return key.loss().valueHead()
        ? ParameterLayout.withValueHead(key.config())
        : new ParameterLayout(key.config());
  }

  private static Map<String, String> places(Key key, ParameterLayout layout) {
    ModelConfig config = key.config();
    int layers = config.numHiddenLayers();
    boolean biased = config.architecture().hasQkvBias();
    int perLayer = biased ? 7 : 6;
    ParameterLayout whole = key.lora() == null ? layout : new ParameterLayout(config);
    Map<String, String> all = new HashMap<>(Lora.places(key.lora(), config));
    all.putAll(
        Map.ofEntries(
            Map.entry("V", "" + config.vocabSize()),
            Map.entry("D", "" + config.hiddenSize()),
            Map.entry("L", "" + layers),
            Map.entry("H", "" + config.numAttentionHeads()),
            Map.entry("K", "" + config.numKeyValueHeads()),
            Map.entry("G", "" + config.groupSize()),
            Map.entry("A", "" + config.headDim()),
            Map.entry("F", "" + config.intermediateSize()),
            Map.entry("epsilon", "" + config.rmsNormEps()),
            Map.entry("mean", "" + 1.0 / config.hiddenSize()),
            Map.entry("scale", "" + 1 / Math.sqrt(config.headDim())),
            Map.entry(
                "frequencies",
                Arrays.stream(
                        config.ropeScaling().frequencies(config.ropeTheta(), config.headDim()))
                    .mapToObj(String::valueOf)
                    .collect(Collectors.joining(", "))),
            Map.entry("rope_factor", "" + config.ropeScaling().attentionFactor()),
            Map.entry("per_layer", "" + perLayer),
            Map.entry("bias", biased ? ", w[o + 6]" : ""),
            Map.entry("product", product(key)),
            Map.entry("dtype", "" + key.precision().scalarType()),
            Map.entry("sizes", viewSizes(whole)),
            Map.entry("queries", "" + QUERIES),
            Map.entry("reference", key.loss().hasReference() ? "1" : "0"),
            Map.entry("head", config.tieWordEmbeddings() ? "0" : "" + (2 + perLayer * layers)),
            Map.entry("value_head", "" + layout.valueHeadSize()),
            Map.entry("attend", key.device().isGpu() ? "attend_fused" : "attend_grouped"),
            Map.entry("recompute", key.recompute() ? "1" : "0"),
            Map.entry("token_loss", key.loss().text())));
    return all;
  }

  /**
   * In fp32 on x86 processors oneDNN's kernel, which uses their widest instructions; the default
   * one does so on those of one maker alone.
   */
  private static String product(Key key) {
    boolean x86 = System.getProperty("os.arch").equals("amd64");
    return key.precision() == Precision.FP32 && !key.device().isGpu() && x86
        ? "ops.mkldnn._linear_pointwise(a, torch.transpose(b, 0, 1), None, \"none\","
            + " annotate(List[Optional[number]], []), \"\")"
        : "torch.mm(a, b)";
  }

  /** Lengths of the script's views: q, k, v are one and gate, up are one. */
  private static String viewSizes(ParameterLayout layout) {
    StringBuilder sizes = new StringBuilder();
    long open = 0;
    for (ParameterLayout.Tensor tensor : layout.tensors()) {
      open += tensor.size();
      if (!tensor.name().matches(".*(q_proj|k_proj|gate_proj)\\.weight|.*[qk]_proj\\.bias")) {
        sizes.append(sizes.isEmpty() ? "" : ", ").append(open);
        open = 0;
      }
    }
    return sizes.toString();
  }

  public ModelConfig config() {
    return config;
  }

  public ParameterLayout layout() {
    return layout;
  }

  /** Where this model computes; its parameters must be there too. */
  public Device device() {
    return device;
  }

  /**
   * The gradient of the sum over predictions of weight times loss, of a model without adapters and
   * a loss without reference.
   *
   * @param inputs one array (N,) for each input of the loss script, in its order
   * @param temperature divides the logits before the loss
   * @throws IllegalArgumentException if the inputs do not fit or a token is not in the vocabulary
   */
  public Gradient gradient(
      Parameters theta, TokenBatch batch, float[][] inputs, double temperature) {
    Gradient sum = Gradient.zero(layout, device);
    gradient(theta, null, batch, inputs, temperature, sum);
    return sum;
  }

  /**
   * The same in general.
   *
   * @param frozen the parameters that adapters change or that a loss compares with; looked at only
   *     then, else may be null
   * @param sum what the gradient is added to
   */
  public void gradient(
      Parameters theta,
      Parameters frozen,
      TokenBatch batch,
      float[][] inputs,
      double temperature,
      Gradient sum) {
    int n = batch.positions().length;
    checkInputs(inputs, n);
    checkBatch(theta, frozen, batch, temperature);
    if (loss.hasReference() && frozen == null) {
      throw new IllegalArgumentException("Loss " + loss.name() + " needs a reference");
    }
    float[] rows = new float[(1 + inputs.length) * n];
    System.arraycopy(batch.weights(), 0, rows, 0, n);
    for (int i = 0; i < inputs.length; i++) {
      System.arraycopy(inputs[i], 0, rows, (1 + i) * n, n);
    }
    boolean drops = key.lora() != null && key.lora().dropout() > 0;
    try (TorchScript.Call call = script.open()) {
      NDList result =
          call.run(
              "gradient",
              theta.array(),
              frozen(call, loss.hasReference() || key.lora() != null, frozen),
              call.ints(batch.tokens(), batch.tokens().length),
              call.ints(batch.blockSizes(), batch.blocks().size(), 3),
              call.ints(batch.begun(), batch.begun().length),
              call.ints(batch.positions(), n),
              call.ints(batch.targets(), n),
              call.floats(rows, 1 + inputs.length, n),
              call.scalar(temperature),
              call.longs(drops ? batch.keys() : new long[0]),
              sum.values().array());
      double[] sums = result.get(0).toDoubleArray();
      sum.add(sums[0], Arrays.copyOfRange(sums, 1, sums.length));
    }
  }

  private static NDArray frozen(TorchScript.Call call, boolean wanted, Parameters frozen) {
    return wanted ? frozen.array() : call.floats(new float[0], 0);
  }

  /**
   * Scores the targets of a batch; its weights play no part. Of a model without adapters.
   *
   * @param temperature divides the logits
   */
  public LogProbs logProbs(Parameters theta, TokenBatch batch, double temperature) {
    return logProbs(theta, null, batch, temperature);
  }

  /**
   * The same in general.
   *
   * @param frozen the parameters that adapters change; looked at only if there are some, else may
   *     be null
   */
  public LogProbs logProbs(
      Parameters theta, Parameters frozen, TokenBatch batch, double temperature) {
    checkBatch(theta, frozen, batch, temperature);
    int n = batch.positions().length;
    try (TorchScript.Call call = script.open()) {
      NDList result =
          call.run(
              "log_probs",
              theta.array(),
              frozen(call, key.lora() != null, frozen),
              call.ints(batch.tokens(), batch.tokens().length),
              call.ints(batch.blockSizes(), batch.blocks().size(), 3),
              call.ints(batch.begun(), batch.begun().length),
              call.ints(batch.positions(), n),
              call.ints(batch.targets(), n),
              call.scalar(temperature));
      return new LogProbs(
          result.get(0).toFloatArray(), result.get(1).toFloatArray(), result.get(2).toFloatArray());
    }
  }

  /** The loss script of a model without value head alone, on given logits. */
  public TokenLoss tokenLoss(float[] logits, int[] targets, float[][] inputs) {
    return tokenLoss(logits, targets, new float[0], inputs);
  }

  /**
   * The loss script alone, on given logits and values.
   *
   * @param logits shape (N, V) row by row; V need not be this model's
   * @param targets shape (N,)
   * @param values shape (N,) with a value head, else empty
   * @param inputs one array (N,) for each input of the loss script
   */
  public TokenLoss tokenLoss(float[] logits, int[] targets, float[] values, float[][] inputs) {
    return tokenLoss(logits, new float[0], targets, values, inputs);
  }

  /**
   * The same for a loss that compares with a reference.
   *
   * @param reference its logits, of the same shape; empty without one
   */
  public TokenLoss tokenLoss(
      float[] logits, float[] reference, int[] targets, float[] values, float[][] inputs) {
    int n = targets.length;
    checkInputs(inputs, n);
    float[] rows = new float[Math.max(1, inputs.length) * n];
    for (int i = 0; i < inputs.length; i++) {
      System.arraycopy(inputs[i], 0, rows, i * n, n);
    }
    try (TorchScript.Call call = script.open()) {
      NDArray z = call.floats(logits, n, logits.length / n);
      NDArray r = call.floats(rows, Math.max(1, inputs.length), n);
      NDArray q = call.floats(reference, n, reference.length / n);
      NDArray v = call.floats(values, values.length);
      NDList result = call.run("loss_gradient", z, q, v, call.ints(targets, n), r);
      float[] columns = result.get(0).toFloatArray();
      float[] losses = Arrays.copyOf(columns, n);
      float[][] statistics = new float[columns.length / n - 1][];
      for (int i = 0; i < statistics.length; i++) {
        statistics[i] = Arrays.copyOfRange(columns, (i + 1) * n, (i + 2) * n);
      }
      return new TokenLoss(
          losses, statistics, result.get(1).toFloatArray(), result.get(2).toFloatArray());
    }
  }

  /**
   * Samples completions, each from its own seed, so that it depends neither on the other rows nor
   * on the number of threads (but for rounding where a draw meets a boundary).
   *
   * @param prompts token ids, each prompt once and not empty
   * @param seeds one per sample, {@code prompts.size() * samplesPerPrompt}, by prompt; may be empty
   *     for greedy decoding
   * @return {@code samplesPerPrompt} completions of the first prompt, then of the next
   * @throws IllegalArgumentException if a prompt and its completion exceed the model's positions
   */
  public List<Completion> generate(
      Parameters theta,
      List<int[]> prompts,
      int samplesPerPrompt,
      SamplingSettings settings,
      long[] seeds) {
    Completion[] completions = new Completion[prompts.size() * samplesPerPrompt];
    generate(
        theta,
        prompts,
        samplesPerPrompt,
        settings,
        seeds,
        MAX_ROWS,
        (row, completion) -> completions[row] = completion);
    return List.of(completions);
  }

  /**
   * The same, telling of each completion as soon as it has ended.
   *
   * @param width most completions decoded together; those that wait take the place of those that
   *     have ended
   */
  public void generate(
      Parameters theta,
      List<int[]> prompts,
      int samplesPerPrompt,
      SamplingSettings settings,
      long[] seeds,
      int width,
      Decoding decoding) {
    checkParameters(theta);
    for (int[] prompt : prompts) {
      checkTokens(prompt);
      if (prompt.length == 0
          || prompt.length + settings.maxNewTokens() > config.maxPositionEmbeddings()) {
        throw new IllegalArgumentException(
            String.format(
                "A prompt of %d tokens with %d new ones must have 1 to %d in all",
                prompt.length, settings.maxNewTokens(), config.maxPositionEmbeddings()));
      }
    }
    new Generation(script, theta, prompts, samplesPerPrompt, settings, seeds, width, decoding)
        .run();
  }

  private void checkBatch(
      Parameters theta, Parameters frozen, TokenBatch batch, double temperature) {
    checkParameters(theta);
    if (key.lora() != null && frozen == null) {
      throw new IllegalArgumentException("Adapters need the parameters that they change");
    }
    checkTokens(batch.tokens());
    checkTokens(batch.targets());
    for (int i = 0; i < batch.blocks().size(); i++) {
      int end = TokenBatch.start(batch.blocks(), i) + batch.blocks().get(i).length();
      if (end > config.maxPositionEmbeddings()) {
        throw new IllegalArgumentException(
            String.format(
                "Sequences of %d tokens, but the model has %d positions",
                end, config.maxPositionEmbeddings()));
      }
    }
    if (!(temperature > 0)) {
      throw new IllegalArgumentException("temperature must be positive, got " + temperature);
    }
  }

  private void checkParameters(Parameters theta) {
    if (theta.layout().size() != layout.size()) {
      throw new IllegalArgumentException(
          String.format(
              "The model has %d parameters, got %d", layout.size(), theta.layout().size()));
    }
  }

  private void checkTokens(int[] tokens) {
    for (int token : tokens) {
      if (token < 0 || token >= config.vocabSize()) {
        throw new IllegalArgumentException(
            "Token " + token + " is not in the vocabulary of " + config.vocabSize());
      }
    }
  }

  private void checkInputs(float[][] inputs, int n) {
    boolean fits = inputs.length == loss.inputs().size();
    for (float[] input : inputs) {
      fits &= input.length == n;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format("Loss %s wants %d values for each of %s", loss.name(), n, loss.inputs()));
    }
  }
}
