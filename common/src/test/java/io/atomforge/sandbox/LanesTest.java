package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LanesTest {
  private final Lanes lanes = new Lanes(2);

  @AfterEach
  void close() {
    lanes.close();
  }

  private static Iterator<Integer> numbers(int count) {
    return IntStream.range(0, count).iterator();
  }

  private static <T> List<T> list(Iterator<T> iterator) {
    List<T> all = new ArrayList<>();
    iterator.forEachRemaining(all::add);
    return all;
  }

  @Test
  void resultsComeInOrder() {
    assertThat(list(lanes.inOrder(numbers(1000), i -> 2 * i)))
        .containsExactlyElementsOf(IntStream.range(0, 1000).map(i -> 2 * i).boxed().toList());
    assertThat(lanes.inOrder(numbers(0), i -> i).hasNext()).isFalse();
  }

  @Test
  void aSlowOneHoldsUpNoOther() {
    CountDownLatch others = new CountDownLatch(999);

    List<Integer> results =
        list(
            lanes.inOrder(
                numbers(1000),
                i -> {
                  if (i == 0) {
                    await(others);
                  } else {
                    others.countDown();
                  }
                  return i;
                }));

    assertThat(results).hasSize(1000).startsWith(0, 1, 2);
  }

  @Test
  void aSlowOneOfAnotherCallerHoldsUpNoOther() throws InterruptedException {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(100);
    Iterator<Integer> slow =
        lanes.inOrder(
            numbers(1),
            i -> {
              begun.countDown();
              await(others);
              return i;
            });
    Thread waiting = new Thread(slow::next);
    waiting.start();
    await(begun);

    assertThat(
            list(
                lanes.inOrder(
                    numbers(100),
                    i -> {
                      others.countDown();
                      return i;
                    })))
        .hasSize(100);
    waiting.join();
  }

  @Test
  void itemsAreTakenNoFasterThanTheyAreWorkedOn() {
    AtomicInteger taken = new AtomicInteger();
    AtomicInteger ended = new AtomicInteger();
    AtomicInteger most = new AtomicInteger();
    Iterator<Integer> items =
        IntStream.range(0, 1000)
            .peek(i -> most.accumulateAndGet(taken.incrementAndGet() - ended.get(), Math::max))
            .boxed()
            .iterator();

    list(
        lanes.inOrder(
            items,
            i -> {
              ended.incrementAndGet();
              return i;
            }));

    // Four in flight, and the one that hasNext has drawn.
    assertThat(most.get()).isBetween(1, 5);
  }

  @Test
  void anExceptionComesOutAndStopsTheRest() {
    AtomicInteger begun = new AtomicInteger();
    Iterator<Integer> results =
        lanes.inOrder(
            numbers(1_000_000),
            i -> {
              begun.incrementAndGet();
              if (i == 3) {
                throw new IllegalArgumentException("item 3");
              }
              return i;
            });

    assertThatThrownBy(() -> list(results)).hasMessage("item 3");
    assertThat(begun.get()).isLessThan(10_000);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
