package io.atomforge.model;

import ai.djl.Device;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.atomforge.generation.Completion;
import io.atomforge.generation.Decoding;
import io.atomforge.generation.Draw;
import io.atomforge.generation.Generation;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.torch.TorchScript;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The arithmetic of one model shape: gradients, log probabilities and completions for any
 * parameters of that shape. Without state of its own, so one instance serves all threads of the
 * JVM, several of which may share one {@link Parameters}. The text is {@code causal_lm.py}.
 */
public final class CausalLM {
  /** Rows decoded together: four times as many would be a tenth faster for four times the cache. */
  private static final int MAX_ROWS = 256;

  private static final Map<Variant, CausalLM> SHARED = new ConcurrentHashMap<>();

  private final Variant variant;
  private final ModelConfig config;
  private final LossScript loss;
  private final ParameterLayout layout;
  private final TorchScript script;

  private CausalLM(Variant variant) {
    this.variant = variant;
    config = variant.config();
    loss = variant.loss();
    layout = variant.layout();
    script = variant.script();
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
        new Variant(config, precision, loss, device, intraOpThreads, false, null), CausalLM::new);
  }

  /**
   * The same, but a gradient keeps of each layer its input alone and computes the rest again: less
   * memory for a third more work. Chen et al. 2016 (arXiv:1604.06174), section 4.
   */
  public CausalLM recomputing() {
    return SHARED.computeIfAbsent(variant.recomputing(), CausalLM::new);
  }

  /** The same for another loss. */
  public CausalLM with(LossScript other) {
    return SHARED.computeIfAbsent(variant.with(other), CausalLM::new);
  }

  /**
   * The same where adapters are trained, whose parameters are then meant, and the model's own are
   * frozen.
   */
  public CausalLM adapting(Lora lora) {
    return SHARED.computeIfAbsent(variant.adapting(lora), CausalLM::new);
  }

  public ModelConfig config() {
    return config;
  }

  public ParameterLayout layout() {
    return layout;
  }

  /** Where this model computes; its parameters must be there too. */
  public Device device() {
    return variant.device();
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
    Gradient sum = Gradient.zero(layout, device());
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
      @Nullable Parameters frozen,
      TokenBatch batch,
      float[][] inputs,
      double temperature,
      Gradient sum) {
    loss.requireInputs(inputs, batch.positions().length);
    checkBatch(theta, frozen, batch, temperature);
    if (loss.hasReference() && frozen == null) {
      throw new IllegalArgumentException("Loss " + loss.name() + " needs a reference");
    }
    FilledBatch filled = FilledBatch.of(batch);
    int n = filled.positions().length;
    boolean drops = variant.lora() != null && variant.lora().dropout() > 0;
    try (TorchScript.Call call = script.open()) {
      NDList result =
          call.run(
              "gradient",
              theta.array(),
              frozen(call, loss.hasReference() || variant.lora() != null, frozen),
              call.ints(filled.tokens(), filled.tokens().length),
              call.ints(batch.blockSizes(), batch.blocks().size(), 3),
              call.ints(batch.begun(), batch.begun().length),
              call.ints(filled.positions(), n),
              call.ints(filled.targets(), n),
              call.floats(filled.rows(batch.weights(), inputs), 1 + inputs.length, n),
              call.scalar(temperature),
              call.longs(drops ? filled.keys() : new long[0]),
              sum.values().array());
      double[] sums = result.get(0).toDoubleArray();
      sum.add(sums[0], Arrays.copyOfRange(sums, 1, sums.length));
    }
  }

  private static NDArray frozen(
      TorchScript.Call call, boolean wanted, @Nullable Parameters frozen) {
    return wanted
        ? Objects.requireNonNull(frozen, "frozen parameters").array()
        : call.floats(new float[0], 0);
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
      Parameters theta, @Nullable Parameters frozen, TokenBatch batch, double temperature) {
    checkBatch(theta, frozen, batch, temperature);
    FilledBatch filled = FilledBatch.of(batch);
    int n = filled.positions().length;
    try (TorchScript.Call call = script.open()) {
      NDList result =
          call.run(
              "log_probs",
              theta.array(),
              frozen(call, variant.lora() != null, frozen),
              call.ints(filled.tokens(), filled.tokens().length),
              call.ints(batch.blockSizes(), batch.blocks().size(), 3),
              call.ints(batch.begun(), batch.begun().length),
              call.ints(filled.positions(), n),
              call.ints(filled.targets(), n),
              call.scalar(temperature));
      int predicted = batch.positions().length;
      return new LogProbs(
          Arrays.copyOf(result.get(0).toFloatArray(), predicted),
          Arrays.copyOf(result.get(1).toFloatArray(), predicted),
          Arrays.copyOf(result.get(2).toFloatArray(), layout.valueHeadSize() == 0 ? 0 : predicted));
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
    loss.requireInputs(inputs, targets.length);
    return TokenLoss.of(script, logits, reference, targets, values, inputs);
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
    List<Draw> draws = Draw.each(prompts.size(), samplesPerPrompt, settings, seeds);
    Completion[] completions = new Completion[draws.size()];
    generate(theta, prompts, draws, settings, MAX_ROWS, (row, c) -> completions[row] = c);
    return List.of(completions);
  }

  /**
   * The same for completions that each say which prompt they continue and how long they may get,
   * telling of each as soon as it has ended.
   *
   * @param prompts token ids, not empty; each is the prompt of one completion or more
   * @param settings of which the greatest length plays no part
   * @param width most completions decoded together; those that wait take the place of those that
   *     have ended
   */
  public void generate(
      Parameters theta,
      List<int[]> prompts,
      List<Draw> draws,
      SamplingSettings settings,
      int width,
      Decoding decoding) {
    checkParameters(theta);
    prompts.forEach(config::requireTokens);
    draws.forEach(
        draw -> draw.requireRoom(prompts.get(draw.prompt()), config.maxPositionEmbeddings()));
    new Generation(script, theta.array(), prompts, draws, settings, width, decoding).run();
  }

  private void checkBatch(
      Parameters theta, @Nullable Parameters frozen, TokenBatch batch, double temperature) {
    checkParameters(theta);
    if (variant.lora() != null && frozen == null) {
      throw new IllegalArgumentException("Adapters need the parameters that they change");
    }
    config.requireTokens(batch.tokens());
    config.requireTokens(batch.targets());
    if (batch.longest() > config.maxPositionEmbeddings()) {
      throw new IllegalArgumentException(
          String.format(
              "Sequences of %d tokens, but the model has %d positions",
              batch.longest(), config.maxPositionEmbeddings()));
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
}
