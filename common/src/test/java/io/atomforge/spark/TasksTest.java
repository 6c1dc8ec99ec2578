package io.atomforge.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class TasksTest {
  private static final List<Integer> ITEMS = IntStream.range(0, 40).boxed().toList();
  private static final Queue<Held> OPEN = new ConcurrentLinkedQueue<>();
  private static JavaSparkContext spark;

  /** Cannot be serialized, and must be closed. */
  private record Held(int value) implements AutoCloseable {
    @Override
    public void close() {
      OPEN.remove(this);
    }
  }

  @BeforeAll
  static void start() {
    spark = LocalSpark.context();
  }

  private static Held held(int value) {
    Held held = new Held(value);
    OPEN.add(held);
    return held;
  }

  @Test
  void resultsComeInTheOrderOfTheItemsWhoeverMadeThem() {
    for (int tasks : List.of(1, 2, 3, 100)) {
      List<Held> results = Tasks.here(spark, ITEMS, tasks, TasksTest::held);
      assertThat(results.stream().map(Held::value)).isEqualTo(ITEMS);
      results.forEach(Held::close);
    }
    assertThat(Tasks.run(spark, ITEMS, 3, i -> 2 * i))
        .isEqualTo(ITEMS.stream().map(i -> 2 * i).toList());
  }

  @Test
  void whatACallThatFailsHasMadeIsClosed() {
    assertThatThrownBy(
            () ->
                Tasks.here(
                    spark,
                    ITEMS,
                    2,
                    i -> {
                      if (i == 30) {
                        throw new IllegalStateException("thirty");
                      }
                      return held(i);
                    }))
        .hasStackTraceContaining("thirty");
    assertThat(OPEN).isEmpty();
  }
}
