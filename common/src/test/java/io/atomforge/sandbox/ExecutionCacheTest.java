package io.atomforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExecutionCacheTest {
  private final ExecutionCache cache = new ExecutionCache(1 << 20);
  private final AtomicInteger runs = new AtomicInteger();

  private Supplier<Execution> execution(Outcome outcome, String detail) {
    return () -> {
      runs.incrementAndGet();
      CallResult call = CallResult.failed(outcome, detail);
      return new Execution(outcome, List.of(call), detail, 1, 1, 1, IsolationLevel.FULL);
    };
  }

  /** One whose only call returned a text of so many characters. */
  private Supplier<Execution> returning(int characters) {
    return () -> {
      runs.incrementAndGet();
      String json = '"' + "x".repeat(characters) + '"';
      CallResult call = new CallResult(Outcome.PASSED, json, "", 1);
      return new Execution(Outcome.PASSED, List.of(call), "", 1, 1, 1, IsolationLevel.FULL);
    };
  }

  @ParameterizedTest
  @CsvSource({
    "PASSED, '', 1",
    "RUNTIME_ERROR, ValueError, 1",
    "TIMEOUT, CPU: 2.0 s, 1",
    "MEMORY_LIMIT, MemoryError, 1",
    "TIMEOUT, WALL: 10.0 s, 2",
    "RUNTIME_ERROR, WORKER_LOST, 2",
    "RUNTIME_ERROR, SIGNAL 9, 2",
    "SANDBOX_ERROR, fork, 2"
  })
  void whatTheMachineHadAPartInIsRunAgain(Outcome outcome, String detail, int expectedRuns) {
    Execution first = cache.get("key", execution(outcome, detail));
    Execution second = cache.get("key", execution(outcome, detail));

    assertThat(runs).hasValue(expectedRuns);
    assertThat(second).isEqualTo(first);
    assertThat(cache.takeHits()).isEqualTo(2 - expectedRuns);
    assertThat(cache.takeHits()).isZero();
  }

  @Test
  void theOldestGivePlaceToTheLatest() {
    for (String key : List.of("a", "b", "c", "a", "d")) {
      cache.get(key, returning(600_000));
    }
    assertThat(runs).as("one of them fits, so each evicts the one before").hasValue(5);
    cache.get("d", returning(600_000));
    assertThat(runs).hasValue(5);
  }

  @Test
  void theOneUsedLongestAgoIsDroppedFirst() {
    for (String key : List.of("a", "b", "c", "a", "d")) {
      cache.get(key, returning(300_000));
    }
    assertThat(runs).hasValue(4);
    cache.get("a", returning(300_000));
    cache.get("c", returning(300_000));
    assertThat(runs).as("a and c are still known").hasValue(4);
    cache.get("b", returning(300_000));
    assertThat(runs).as("b was dropped").hasValue(5);
  }

  @Test
  void equalProgramsAtTheSameTimeRunOnce() {
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch end = new CountDownLatch(1);
    CompletableFuture<Execution> first =
        CompletableFuture.supplyAsync(
            () ->
                cache.get(
                    "key",
                    () -> {
                      begun.countDown();
                      await(end);
                      return execution(Outcome.PASSED, "").get();
                    }));
    await(begun);
    CompletableFuture<Execution> second =
        CompletableFuture.supplyAsync(() -> cache.get("key", execution(Outcome.PASSED, "")));
    end.countDown();

    assertThat(second.join()).isSameAs(first.join());
    assertThat(runs).hasValue(1);
  }

  @Test
  void whoThrowsHoldsUpNoOther() {
    assertThatThrownBy(
            () ->
                cache.get(
                    "key",
                    () -> {
                      throw new IllegalStateException("no");
                    }))
        .hasMessage("no");
    assertThat(cache.get("key", execution(Outcome.PASSED, "")).outcome()).isEqualTo(Outcome.PASSED);
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
