package io.atomforge.model;

import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import io.atomforge.torch.TorchScript;
import java.util.Arrays;

/**
 * @param losses shape (N,)
 * @param statistics shape (number of statistics, N)
 * @param gradient of the summed losses with respect to the logits, shape (N, V) row by row
 * @param valueGradient of the summed losses with respect to the values, shape (N,); empty without a
 *     value head
 */
public record TokenLoss(
    float[] losses, float[][] statistics, float[] gradient, float[] valueGradient) {

  /**
   * What the loss of a script says, see {@link CausalLM#tokenLoss(float[], float[], int[], float[],
   * float[][])}.
   */
  static TokenLoss of(
      TorchScript script,
      float[] logits,
      float[] reference,
      int[] targets,
      float[] values,
      float[][] inputs) {
    int n = targets.length;
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
}
