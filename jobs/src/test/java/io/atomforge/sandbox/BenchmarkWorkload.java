package io.atomforge.sandbox;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.LongStream;

/**
 * Programs of one kind, the same for every runner of {@link SandboxBenchmark}.
 *
 * @param name a letter, then what the programs do
 * @param timeLimitSeconds of one program
 */
record BenchmarkWorkload(String name, int timeLimitSeconds, List<Row> rows) {
  private static final int ROWS = 12;
  private static final int TIME_LIMIT_SECONDS = 10;

  /**
   * One program with the values expected of its calls.
   *
   * @param passes whether an honest judge lets it pass
   * @param loops whether only the time limit ends it
   */
  record Row(Program program, List<String> expectedJson, boolean passes, boolean loops) {
    Tests tests() {
      List<Tests.Calls.Case> cases = new ArrayList<>();
      for (int i = 0; i < expectedJson.size(); i++) {
        cases.add(new Tests.Calls.Case((Call) program.calls().get(i), expectedJson.get(i)));
      }
      return new Tests.Calls(program.entryPoint(), cases);
    }
  }

  /** A program text, and what makes the JSON of one call: its arguments, and the value due. */
  private record Task(String code, Function<Random, String[]> call) {}

  private static final Task SQUARES =
      new Task(
          """
          def f(xs):
              total = 0
              for x in xs:
                  total += x * x
              return total
          """,
          random -> {
            int[] xs = random.ints(3, 0, 100).toArray();
            return pair(Arrays.toString(xs), Arrays.stream(xs).map(x -> x * x).sum());
          });

  private static final Task WORDS =
      new Task(
          """
          def f(text):
              counts = {}
              for word in text.split():
                  word = word.strip('.').lower()
                  counts[word] = counts.get(word, 0) + 1
              return counts
          """,
          random -> {
            List<String> words =
                random.ints(600, 0, 40).mapToObj(i -> i % 2 == 0 ? "Word" + i : "it" + i).toList();
            Map<String, Long> counts =
                words.stream()
                    .map(word -> '"' + word.toLowerCase(Locale.ROOT) + '"')
                    .collect(Collectors.groupingBy(w -> w, TreeMap::new, Collectors.counting()));
            return pair(
                '"' + String.join(". ", words) + ".\"", counts.toString().replace('=', ':'));
          });

  private static final Task LISTS =
      new Task(
          "def f(xs):\n    return [x + 1 for x in reversed(xs)]\n",
          random -> {
            int[] xs = random.ints(10_000, 0, 1_000_000).toArray();
            int[] back =
                IntStream.range(0, xs.length).map(i -> xs[xs.length - 1 - i] + 1).toArray();
            return pair(Arrays.toString(xs), Arrays.toString(back));
          });

  private static final Task LOOP =
      new Task(
          """
          def f(x, n):
              for _ in range(n):
                  x = (x * 1103515245 + 12345) % 2147483648
              return x
          """,
          random -> {
            long start = random.nextInt(1000);
            int steps = 120_000; // about 10 ms
            long end =
                LongStream.range(0, steps)
                    .reduce(start, (x, i) -> (x * 1103515245 + 12345) % 2147483648L);
            return pair(start + ", " + steps, end);
          });

  private static final Task IMPORTS =
      new Task(
          """
          import collections, copy, dataclasses, datetime, decimal, fractions, functools
          import heapq, itertools, math, operator, random, re, statistics, string, typing
          def f(xs):
              return [heapq.nlargest(1, xs)[0], functools.reduce(operator.add, xs), math.gcd(0, 7)]
          """,
          random -> {
            int[] xs = random.ints(20, 0, 1000).toArray();
            int most = Arrays.stream(xs).max().orElseThrow();
            return pair(Arrays.toString(xs), List.of(most, Arrays.stream(xs).sum(), 7));
          });

  private static final Task PRINTS =
      new Task(
          """
          def f(xs):
              for _ in range(200):
                  print('x' * 99)
              return len(xs)
          """,
          random -> pair("[1, 2]", 2));

  /** Three short numbers, squared and added; {@code calls} of them. */
  static BenchmarkWorkload arithmetic(int calls) {
    return of("A arithmetic, " + calls + " calls", SQUARES, calls);
  }

  /** The workloads B to G. */
  static List<BenchmarkWorkload> others() {
    return List.of(
        of("B words and dicts", WORDS, 10),
        of("C lists of 10 000 both ways", LISTS, 5),
        of("D 50 ms of CPU", LOOP, 5),
        of("E imports", IMPORTS, 5),
        rollouts(),
        of("G 100 KB printed", PRINTS, 5));
  }

  /** Twelve rows, of which one expects a wrong value of its last call. */
  private static BenchmarkWorkload of(String name, Task task, int calls) {
    Random random = new Random(17);
    List<Row> rows = new ArrayList<>();
    for (int i = 0; i < ROWS; i++) {
      rows.add(row(task, task.code(), calls, random, i != ROWS / 2));
    }
    return new BenchmarkWorkload(name, TIME_LIMIT_SECONDS, rows);
  }

  /** What a policy writes: of 100 programs 52 right, 30 wrong, and the rest broken. */
  private static BenchmarkWorkload rollouts() {
    Random random = new Random(17);
    List<Row> rows = new ArrayList<>();
    add(rows, random, 52, "", true);
    add(rows, random, 30, "    total += 1\n    return total\n", false);
    add(rows, random, 10, "    raise ValueError(total)\n", false);
    add(rows, random, 5, "    return (total\n", false);
    add(rows, random, 2, "    while True:\n        total += 1\n", false);
    add(rows, random, 1, "    return b'x' * (512 << 20)\n", false);
    Collections.shuffle(rows, random);
    return new BenchmarkWorkload("F a policy's programs", 1, rows);
  }

  private static void add(List<Row> rows, Random random, int count, String tail, boolean passes) {
    String code =
        tail.isEmpty() ? SQUARES.code() : SQUARES.code().replace("    return total\n", tail);
    for (int i = 0; i < count; i++) {
      Row row = row(SQUARES, code, 5, random, true);
      rows.add(new Row(row.program(), row.expectedJson(), passes, tail.contains("while")));
    }
  }

  private static Row row(Task task, String code, int calls, Random random, boolean passes) {
    List<Call> arguments = new ArrayList<>();
    List<String> expected = new ArrayList<>();
    for (int i = 0; i < calls; i++) {
      String[] call = task.call().apply(random);
      arguments.add(new Call("[" + call[0] + "]"));
      expected.add(!passes && i == calls - 1 ? "null" : call[1]);
    }
    return new Row(new Program(code, "f", arguments), expected, passes, false);
  }

  /** The value without spaces, as a worker writes it. */
  private static String[] pair(String argumentsJson, Object value) {
    return new String[] {argumentsJson, value.toString().replace(" ", "")};
  }
}
