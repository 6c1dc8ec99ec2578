package io.atomforge.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import scala.collection.Iterator;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;
import scala.runtime.AbstractFunction2;

/** Work on a list by Spark tasks. */
final class Tasks {
  private Tasks() {}

  /**
   * The same as mapping and collecting an RDD. Spark reads the byte code of lambdas that it is
   * given, at every job, to find what they capture; of a class it does not, which saves some
   * milliseconds of each training step.
   *
   * @param items one or more
   * @param tasks most of them; each has neighbouring items
   * @return what {@code work} makes of each, in their order
   */
  static <T, R> List<R> run(JavaSparkContext spark, List<T> items, int tasks, Function<T, R> work) {
    ClassTag<ArrayList<R>> tag = ClassTag$.MODULE$.apply(ArrayList.class);
    Object parts =
        spark
            .sc()
            .runJob(
                spark.parallelize(items, Math.min(tasks, items.size())).rdd(),
                new Each<>(work),
                tag);
    List<R> answer = new ArrayList<>();
    for (Object part : (Object[]) parts) {
      @SuppressWarnings("unchecked") // what Each returns
      List<R> results = (List<R>) part;
      answer.addAll(results);
    }
    return answer;
  }

  private static final class Each<T, R>
      extends AbstractFunction2<TaskContext, Iterator<T>, ArrayList<R>> implements Serializable {
    private static final long serialVersionUID = 1L;

    private final Function<T, R> work;

    Each(Function<T, R> work) {
      this.work = work;
    }

    @Override
    public ArrayList<R> apply(TaskContext context, Iterator<T> items) {
      ArrayList<R> results = new ArrayList<>();
      try {
        while (items.hasNext()) {
          results.add(work.call(items.next()));
        }
      } catch (RuntimeException e) {
        throw e;
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
      return results;
    }
  }
}
