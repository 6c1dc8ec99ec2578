package io.atomforge.model;

import java.io.Serializable;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A loss per predicted token, as TorchScript statements.
 *
 * <p>The body sees {@code logits} (N, V) fp32 already divided by the temperature, {@code logp} (N),
 * the log probability of each target, and one tensor (N) per name in {@code inputs}. It assigns
 * {@code loss} (N) and one tensor (N) per name in {@code statistics}. Functions are ATen operators,
 * such as {@code torch.exp(x)}, with a tensor first. With a reference it also sees {@code
 * reference} (N, V) fp32, the log probabilities of all tokens under a model that does not change;
 * with a value head {@code value} (N) fp32, the head's output at each prediction.
 *
 * @param name what messages call it
 * @param body statements without outer indentation
 * @param inputs names of the per-token inputs, in the order in which the caller gives them
 * @param statistics names of per-token values whose weighted sums are wanted beside the loss
 * @param hasReference whether the loss compares with a reference
 * @param valueHead whether the parameters include a value head
 */
public record LossScript(
    String name,
    String body,
    List<String> inputs,
    List<String> statistics,
    boolean hasReference,
    boolean valueHead)
    implements Serializable {

  /** The negative log likelihood of the target, without inputs or statistics. */
  public static final LossScript NEGATIVE_LOG_LIKELIHOOD =
      new LossScript("negative_log_likelihood", "loss = torch.neg(logp)", List.of(), List.of());

  /**
   * @throws IllegalArgumentException if an input or a statistic is not a plain lower-case name
   */
  public LossScript {
    inputs = List.copyOf(inputs);
    statistics = List.copyOf(statistics);
    for (String each : Stream.concat(inputs.stream(), statistics.stream()).toList()) {
      if (!each.matches("[a-z][a-z0-9_]*")) {
        throw new IllegalArgumentException("Loss " + name + ": '" + each + "' is no script name");
      }
    }
  }

  /** A loss without reference and without value head. */
  public LossScript(String name, String body, List<String> inputs, List<String> statistics) {
    this(name, body, inputs, statistics, false, false);
  }

  /**
   * @throws IllegalArgumentException if there is not one array of n values for each input
   */
  void requireInputs(float[][] values, int n) {
    boolean fits = values.length == inputs.size();
    for (float[] each : values) {
      fits &= each.length == n;
    }
    if (!fits) {
      throw new IllegalArgumentException(
          String.format("Loss %s wants %d values for each of %s", name, n, inputs));
    }
  }

  /** The same for parameters that end with a value head, which has no part in the loss. */
  public LossScript besideValueHead() {
    return new LossScript(name, body, inputs, statistics, hasReference, true);
  }

  /** The body of {@code token_loss} with inputs unpacked before it and results packed after it. */
  String text() {
    Stream<String> unpacked =
        IntStream.range(0, inputs.size()).mapToObj(i -> inputs.get(i) + " = inputs[" + i + "]");
    String results = "stats = annotate(List[Tensor], [" + String.join(", ", statistics) + "])";
    return Stream.of(unpacked, body.lines(), Stream.of(results, "return (loss, stats)"))
        .flatMap(lines -> lines)
        .collect(Collectors.joining("\n    "));
  }
}
