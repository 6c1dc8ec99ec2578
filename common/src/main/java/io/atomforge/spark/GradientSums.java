package io.atomforge.spark;

import ai.djl.Device;
import io.atomforge.model.Gradient;
import io.atomforge.model.LossScript;
import io.atomforge.model.Precision;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.StreamSupport;
import org.apache.spark.api.java.JavaRDD;
import scala.Tuple2;

/** Adds gradients in the order of their groups, so that every sum is the same on every cluster. */
final class GradientSums {
  private GradientSums() {}

  /**
   * The gradient of a group, or the sum of neighbouring ones, on its way to the driver.
   *
   * @param index of the group, or of the sum among the sums
   * @param seconds that its computation took
   */
  record Sent(int index, Gradient.Message gradient, double seconds) implements Serializable {}

  /** Adds neighbours to the first of each {@code fanIn}, as {@link #onExecutors} does. */
  static List<Gradient> neighbours(List<Gradient> gradients, int fanIn) {
    List<Gradient> sums = new ArrayList<>();
    for (int i = 0; i < gradients.size(); i++) {
      if (i % fanIn == 0) {
        sums.add(gradients.get(i));
      } else {
        sums.get(sums.size() - 1).add(gradients.get(i));
      }
    }
    return sums;
  }

  /** Adds neighbours on executors until the driver has at most {@code fanIn} to add. */
  static JavaRDD<Sent> onExecutors(
      JavaRDD<Sent> parts, TaskModel shape, LossScript loss, int fanIn, int count) {
    JavaRDD<Sent> left = parts;
    for (int n = count; n > fanIn; n = (n + fanIn - 1) / fanIn) {
      left =
          left.mapToPair(p -> new Tuple2<>(p.index() / fanIn, p))
              .groupByKey((n + fanIn - 1) / fanIn)
              .map(entry -> sum(shape, loss, entry._1, entry._2));
    }
    return left;
  }

  private static Sent sum(TaskModel shape, LossScript loss, int index, Iterable<Sent> parts) {
    List<Sent> sorted =
        StreamSupport.stream(parts.spliterator(), false)
            .sorted(Comparator.comparingInt(Sent::index))
            .toList();
    try (Gradient sum = Gradient.zero(shape.model(loss).layout(), Device.cpu())) {
      sorted.forEach(part -> sum.add(part.gradient()));
      double seconds = sorted.stream().mapToDouble(Sent::seconds).sum();
      return new Sent(index, sum.message(Precision.FP32), seconds);
    }
  }
}
