package io.atomforge.model;

import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * How many bytes of native memory one call of a {@link CausalLM} takes when it takes most, beside
 * the parameters that it is given: the tensors of {@code causal_lm.py} that live at the same time,
 * counted. On the processor; a GPU's fused attention keeps less.
 *
 * @param recompute whether gradients keep of each layer its input alone
 * @param lora adapters that alone are trained; null if all parameters are
 */
public record Footprint(
    ModelConfig config,
    Precision precision,
    LossScript loss,
    boolean recompute,
    @Nullable Lora lora) {
  /** Rows of logits (N, V) in fp32 that a loss script keeps for its slope if it looks at them. */
  private static final int LOSS_ROWS = 4;

  /**
   * What the system's allocator keeps of tensors that were freed, in layers, at most. With {@code
   * MALLOC_MMAP_THRESHOLD_=65536} it keeps nothing, and gradients are slower.
   */
  private static final int FREED_LAYERS = 2;

  /** Of a model whose parameters are all trained. */
  public Footprint(ModelConfig config, Precision precision, LossScript loss, boolean recompute) {
    this(config, precision, loss, recompute, null);
  }

  /** Of {@link CausalLM#gradient} of a batch, with the gradient itself. */
  public long gradient(TokenBatch batch) {
    return gradient(batch.blocks(), batch.positions().length);
  }

  /**
   * The same.
   *
   * @param predictions of all blocks, N
   */
  public long gradient(List<TokenBatch.Block> batch, long predictions) {
    long tokens = tokens(batch);
    long layers = config.numHiddenLayers();
    long kept = recompute ? (layers - 1) * tokens * width() * bytes() : layers * layer(batch);
    long backward = tokens * width() * bytes() + (recompute ? layer(batch) : 0) + slope(batch);
    long live = kept + Math.max(head(FilledBatch.rounded(predictions)), backward) + frame(batch);
    return parameters() + 4 * trainedCount() + live + dropout(tokens) + FREED_LAYERS * layer(batch);
  }

  /**
   * Of {@link CausalLM#logProbs}.
   *
   * @param predictions of all blocks, N
   */
  public long scoring(List<TokenBatch.Block> batch, long predictions) {
    long tokens = tokens(batch);
    long whole = 6 * width() + 3 * (queries() + keys()) + 4L * config.intermediateSize();
    long attention = 3 * width() + 3 * queries() + 5 * keys();
    long layer =
        Math.max(bytes() * tokens * whole, bytes() * tokens * attention + 2 * scores(batch));
    long n = FilledBatch.rounded(predictions);
    long live = frame(batch) + Math.max(layer, 3 * logits(n) + narrowLogits(n));
    return parameters() + live + FREED_LAYERS * layer(batch);
  }

  /**
   * Of {@link CausalLM#generate}.
   *
   * @param prompts that rows follow
   * @param promptLength tokens of the longest
   * @param rows decoded together
   * @param newTokens of the longest completion
   */
  public long decoding(int prompts, int promptLength, int rows, int newTokens) {
    long tokens = (long) prompts * promptLength + (long) rows * newTokens;
    long cache = 2L * config.numHiddenLayers() * tokens * keys() * bytes();
    long seen = (long) rows * (promptLength + newTokens);
    long attention = 3 * seen * config.numAttentionHeads() * bytes();
    return parameters() + 2 * cache + attention + 6L * 4 * rows * config.vocabSize();
  }

  /** The hashes that decide about the widest input of an adapter, and about what comes of them. */
  private long dropout(long tokens) {
    long widest = Math.max(width(), config.intermediateSize());
    return lora == null || lora.dropout() == 0 ? 0 : (2 * 8 + bytes()) * tokens * widest;
  }

  /** What one layer leaves for its backward pass, and its output. */
  private long layer(List<TokenBatch.Block> batch) {
    long perToken = 5 * width() + 4 * queries() + 5 * keys() + 4L * config.intermediateSize() + 2;
    perToken += config.architecture().hasHeadNorms() ? queries() + keys() + heads() : 0;
    return bytes() * (perToken * tokens(batch) + 2 * keys() * repeated(batch)) + scores(batch);
  }

  /** What the backward pass of a layer needs beside what the forward pass left. */
  private long slope(List<TokenBatch.Block> batch) {
    long f = config.intermediateSize();
    long tokens = bytes() * tokens(batch);
    return Math.max(
        tokens * (2 * f - width()),
        2 * scores(batch) + tokens * (2 * queries() - 4 * f - 2 * width()));
  }

  /** The output layer with its loss. */
  private long head(long n) {
    long rows =
        2L + (loss.body().contains("logits") ? LOSS_ROWS : 0) + (loss.hasReference() ? 1 : 0);
    long weights = lora == null ? width() * config.vocabSize() : 0;
    long gradient = weights * (precision == Precision.FP32 ? 4 : 2 + 4); // and in fp32, to be added
    return rows * logits(n) + narrowLogits(n) + 2 * n * width() * bytes() + gradient;
  }

  /** One matrix (N, V) in fp32. */
  private long logits(long n) {
    return 4 * n * config.vocabSize();
  }

  /** The same in the type of the arithmetic, beside that in fp32 while one is made of the other. */
  private long narrowLogits(long n) {
    return precision == Precision.FP32 ? 0 : bytes() * n * config.vocabSize();
  }

  /** The attention of every row and head, one layer. */
  private long scores(List<TokenBatch.Block> batch) {
    return squares(batch, true) * config.numAttentionHeads() * bytes();
  }

  /** Tokens that rows look at beside their block's, where they continue others. */
  private static long repeated(List<TokenBatch.Block> batch) {
    return IntStream.range(0, batch.size())
        .mapToLong(i -> (long) batch.get(i).rows() * TokenBatch.start(batch, i))
        .sum();
  }

  /** What each token of a block looks at, summed over its tokens and perhaps over its rows. */
  private static long squares(List<TokenBatch.Block> batch, boolean ofRows) {
    return IntStream.range(0, batch.size())
        .mapToLong(
            i -> {
              long length = batch.get(i).length();
              long rows = ofRows ? batch.get(i).rows() : 1;
              return rows * length * (TokenBatch.start(batch, i) + length);
            })
        .sum();
  }

  /** Masks, cosines and sines. */
  private long frame(List<TokenBatch.Block> batch) {
    long masks = config.groupSize() * squares(batch, false);
    return bytes() * (masks + 2L * tokens(batch) * config.headDim());
  }

  /** The parameters in the type of the arithmetic, if it is not theirs. */
  private long parameters() {
    return precision == Precision.FP32 ? 0 : bytes() * parameterCount();
  }

  private long trainedCount() {
    return lora == null ? parameterCount() : lora.layout(config).size();
  }

  private long parameterCount() {
    return new ParameterLayout(config).size();
  }

  private static long tokens(List<TokenBatch.Block> batch) {
    return FilledBatch.rounded(batch.stream().mapToLong(TokenBatch.Block::size).sum());
  }

  private long width() {
    return config.hiddenSize();
  }

  private long heads() {
    return (long) config.numAttentionHeads() + config.numKeyValueHeads();
  }

  private long queries() {
    return (long) config.numAttentionHeads() * config.headDim();
  }

  private long keys() {
    return (long) config.numKeyValueHeads() * config.headDim();
  }

  private long bytes() {
    return precision.bytes();
  }
}
