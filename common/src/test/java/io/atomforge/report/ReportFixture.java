package io.atomforge.report;

import io.atomforge.random.Seeds;
import io.atomforge.report.ReportData.Call;
import io.atomforge.report.ReportData.Completion;
import io.atomforge.report.ReportData.Evaluation;
import io.atomforge.report.ReportData.Kind;
import io.atomforge.report.ReportData.Metric;
import io.atomforge.report.ReportData.Run;
import io.atomforge.report.ReportData.Sample;
import io.atomforge.report.ReportData.TableState;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * A run that looks like a real one. {@link #main} writes its pages into a folder, to look at them
 * in a browser.
 */
final class ReportFixture {
  static final List<String> STAGES = List.of("before_sft", "after_sft", "after_rl");

  private ReportFixture() {}

  public static void main(String[] args) throws Exception {
    Files.writeString(Path.of(args[0], "report.html"), Report.html(whole()));
    Files.writeString(Path.of(args[0], "comparison.html"), Report.html(comparison()));
  }

  static ReportData whole() {
    return data(STAGES, evaluations(), metrics(), samples());
  }

  static ReportData data(
      List<String> stages,
      List<Evaluation> evaluations,
      List<Metric> metrics,
      List<Sample> samples) {
    Map<String, Long> rejections = new LinkedHashMap<>();
    rejections.put("V1_ERROR", 214L);
    rejections.put("V2_NONE", 0L);
    rejections.put("V3_CONSTANT", 1322L);
    rejections.put("V4_NOT_DETERMINISTIC", 0L);
    rejections.put("V5_TOO_LARGE", 87L);
    rejections.put("V6_SHORTER_CHAIN", 641L);
    rejections.put("V7_DUPLICATE", 418L);
    Map<String, Map<String, Long>> kept = new LinkedHashMap<>();
    kept.put("atom", ordered("train", 100L, "validation", 0L, "test", 0L));
    kept.put("composite_a", ordered("train", 2410L, "validation", 148L, "test", 451L));
    kept.put("composite_b", ordered("train", 803L, "validation", 49L, "test", 148L));
    kept.put("composite_c", ordered("train", 799L, "validation", 51L, "test", 150L));
    List<Run> evaluated = new ArrayList<>();
    Stream.concat(stages.stream(), evaluations.stream().map(Evaluation::run))
        .distinct()
        .forEach(stage -> evaluated.add(new Run(stage, stage, 17)));
    return new ReportData(
        Kind.RUN,
        "What SFT and RL each add",
        17,
        SeedSpread.NONE,
        evaluated,
        evaluations,
        List.of(new Run("sft", "after_sft", 17), new Run("rl", "after_rl", 17)),
        metrics,
        ordered(
            "Run sft", "2,410 examples of composite_a, 300 of atom",
            "Run rl", "its own completions for 2,410 prompts of composite_a"),
        Map.of(),
        rejections,
        kept,
        ordered(
            "chains of 2 atoms", "3,412",
            "chains of 3 atoms", "121,760",
            "chains of 4 atoms", "4,381,002",
            "chains of 5 atoms", "157,940,118"),
        samples,
        List.of(
            new TableState("atoms", 400, 1, "LoadAtoms", List.of()),
            new TableState("problems", 5109, 2, "SynthesizeProblems", List.of("atoms@1")),
            new TableState("rejections", 2682, 2, "SynthesizeProblems", List.of("atoms@1")),
            new TableState(
                "verdicts", 10218, 3, "JudgeSolutions", List.of("problems@2", "solutions@2")),
            new TableState(
                "sequences", 2710, 1, "BuildDataset", List.of("problems@2", "verdicts@3")),
            new TableState("checkpoints", 12, 9, "TrainRl", List.of("sequences@1", "problems@2")),
            new TableState(
                "evaluations", 2547, 4, "Evaluate", List.of("problems@2", "checkpoints@9"))),
        "seed: 17\n"
            + "model:\n"
            + "  layers: 4\n"
            + "  width: 128\n"
            + "rl:\n"
            + "  num_generations: 8\n"
            + "  learning_rate: 1.0e-4\n",
        ordered(
            "Java", "17.0.15",
            "Python", "3.11.2",
            "Sandbox isolation", "namespaces, seccomp",
            "Cores", "2",
            "Git commit", "428a669d2c1f"),
        seconds());
  }

  /** Two arms of three seeds and one of a single seed. */
  static ReportData comparison() {
    List<Run> runs = new ArrayList<>();
    List<Evaluation> evaluations = new ArrayList<>();
    List<Metric> metrics = new ArrayList<>();
    for (String arm : List.of("sft", "grpo", "dapo")) {
      for (long seed : arm.equals("dapo") ? List.of(17L) : List.of(17L, 18L, 19L)) {
        String run = arm + "-" + seed;
        runs.add(new Run(run, arm, seed));
        for (Evaluation e : evaluations()) {
          if (!e.run().equals("before_sft") && e.run().equals("after_sft") == arm.equals("sft")) {
            boolean passed = e.greedyPassed() != ((e.problemId().hashCode() + seed) % 19 == 0);
            evaluations.add(
                new Evaluation(
                    run,
                    e.problemSet(),
                    e.problemId(),
                    e.depth(),
                    e.n(),
                    e.c(),
                    e.greedyJudged(),
                    passed,
                    e.sampledOutcomes(),
                    e.calls()));
          }
        }
        for (Metric m : metrics()) {
          if (m.run().equals("sft") == arm.equals("sft")) {
            metrics.add(new Metric(run, m.step(), m.name(), m.value() * (1 + (seed - 18) / 50.0)));
          }
        }
      }
    }
    List<Sample> samples = new ArrayList<>();
    for (Sample s : samples()) {
      samples.add(
          new Sample(
              s.problemSet(),
              s.prompt(),
              s.reference(),
              List.of(
                  new Completion(
                      "sft", s.completions().get(1).text(), s.completions().get(1).outcome()),
                  new Completion(
                      "grpo", s.completions().get(2).text(), s.completions().get(2).outcome()))));
    }
    return new ReportData(
        Kind.COMPARISON,
        "",
        17,
        SeedSpread.NONE,
        runs,
        evaluations,
        runs,
        metrics,
        ordered("Run sft-17", "2,410 examples of composite_a"),
        ordered(
            "optimizer.learning_rate", List.of("0.002", "0.0003", "0.0003"),
            "selection.type", List.of("", "all", "mixed_groups")),
        Map.of(),
        Map.of(),
        Map.of(),
        samples,
        List.of(),
        "",
        Map.of(),
        Map.of());
  }

  private static Map<String, Double> seconds() {
    Map<String, Double> seconds = new LinkedHashMap<>();
    seconds.put("LoadAtoms", 3.2);
    seconds.put("SynthesizeProblems", 41.7);
    seconds.put("TrainTokenizer", 4.1);
    seconds.put("BuildDataset", 6.4);
    seconds.put("TrainSft", 203.5);
    seconds.put("TrainRl", 191.9);
    seconds.put("Evaluate", 92.3);
    seconds.put("WriteReport", 3.1);
    return seconds;
  }

  static List<Evaluation> evaluations() {
    List<Evaluation> rows = new ArrayList<>();
    add(rows, "atom", 100, 1, 1, 0.0, 0.93, 0.95);
    add(rows, "a_test", 240, 2, 3, 0.0, 0.85, 0.88);
    add(rows, "b_test", 148, 2, 3, 0.0, 0.31, 0.44);
    add(rows, "c_test", 150, 2, 5, 0.0, 0.24, 0.27);
    return rows;
  }

  private static void add(
      List<Evaluation> rows, String set, int problems, int from, int to, double... rates) {
    for (int s = 0; s < rates.length; s++) {
      for (int p = 0; p < problems; p++) {
        int depth = from + p % (to - from + 1);
        SplittableRandom skill = Seeds.random(3, set, p);
        double threshold = skill.nextDouble() + 0.07 * (depth - (from + to) / 2.0);
        double chance = rates[s] == 0 ? 0 : 1 / (1 + Math.exp(-(rates[s] - threshold) * 9));
        SplittableRandom draw = Seeds.random(4, set, p, s);
        int c = 0;
        for (int i = 0; i < 10; i++) {
          c += draw.nextDouble() < chance ? 1 : 0;
        }
        boolean passed = threshold < rates[s];
        long failed = 10 - c;
        Map<String, Long> outcomes = new LinkedHashMap<>();
        if (rates[s] == 0) {
          outcomes.put("COMPILE_ERROR", failed);
        } else {
          outcomes.put("PASSED", (long) c);
          outcomes.put("WRONG_ANSWER", failed - failed / 3 - failed / 7);
          outcomes.put("RUNTIME_ERROR", failed / 3);
          outcomes.put("TIMEOUT", failed / 7);
        }
        List<Call> calls = new ArrayList<>();
        for (int i = 0; i < depth; i++) {
          calls.add(new Call("atom_" + (p + 7 * i) % 23, passed || (p + i) % 3 == 0));
        }
        rows.add(
            new Evaluation(
                STAGES.get(s), set, set + p, depth, 10, c, true, passed, outcomes, calls));
      }
    }
  }

  static List<Metric> metrics() {
    List<Metric> metrics = new ArrayList<>(sft());
    SplittableRandom random = new SplittableRandom(9);
    for (int step = 1; step <= 120; step++) {
      double done = step / 120.0;
      double reward = 0.62 + 0.2 * (1 - Math.exp(-3 * done)) + noise(random, 0.07);
      metric(metrics, "rl", step, "critic/score/mean", reward);
      metric(metrics, "rl", step, "timing_s/step", 1.6);
      metric(metrics, "rl", step, "perf/total_num_tokens", 8300);
      metric(
          metrics, "rl", step, "actor/entropy", 0.21 * Math.exp(-1.2 * done) + noise(random, 0.01));
      metric(
          metrics, "rl", step, "actor/kl_to_start", 0.012 * done + Math.abs(noise(random, 0.001)));
      metric(metrics, "rl", step, "response_length/mean", 33 - 2.2 * done + noise(random, 0.9));
      metric(
          metrics,
          "rl",
          step,
          "training/zero_variance_groups",
          Math.round(5 + 4 * done + noise(random, 2)));
      metric(metrics, "rl", step, "actor/grad_norm", 0.7 - 0.2 * done + noise(random, 0.1));
      metric(metrics, "rl", step, "sandbox/PASSED_ratio", reward);
      metric(metrics, "rl", step, "sandbox/WRONG_ANSWER_ratio", (1 - reward) * 0.6);
      metric(metrics, "rl", step, "sandbox/RUNTIME_ERROR_ratio", (1 - reward) * 0.3);
      metric(metrics, "rl", step, "sandbox/COMPILE_ERROR_ratio", (1 - reward) * 0.07);
      metric(metrics, "rl", step, "sandbox/TIMEOUT_ratio", (1 - reward) * 0.03);
    }
    return metrics;
  }

  static List<Metric> sft() {
    List<Metric> metrics = new ArrayList<>();
    SplittableRandom random = new SplittableRandom(8);
    for (int step = 1; step <= 420; step++) {
      double loss = 0.09 + 5.8 * Math.exp(-step / 45.0);
      metric(metrics, "sft", step, "timing_s/step", 0.5);
      metric(metrics, "sft", step, "perf/total_num_tokens", 2900);
      metric(metrics, "sft", step, "train/loss", loss * (1 + noise(random, 0.12)));
      metric(
          metrics,
          "sft",
          step,
          "actor/lr",
          1e-3 * Math.min(step / 20.0, 1) * (0.55 + 0.45 * Math.cos(Math.PI * step / 420)));
      if (step % 20 == 0) {
        metric(metrics, "sft", step, "val/loss", loss + 0.04 + 0.00008 * step);
      }
    }
    return metrics;
  }

  private static double noise(SplittableRandom random, double size) {
    return size * (random.nextDouble() + random.nextDouble() - 1);
  }

  private static void metric(List<Metric> all, String run, long step, String name, double value) {
    all.add(new Metric(run, step, name, value));
  }

  private static List<Sample> samples() {
    return List.of(
        new Sample(
            "a_test",
            "Write solve(values, n) to keep the even numbers of `values`, then rotate the result"
                + " left by `n`, and finally sum up the squares of the result.",
            "def solve(values, n):\n"
                + "    x = keep_even(values)\n"
                + "    x = rotate_left(x, n)\n"
                + "    return sum_of_squares(x)\n",
            List.of(
                new Completion("before_sft", "1 ret ( x= x ) 0 : :\n", "COMPILE_ERROR"),
                new Completion(
                    "after_sft",
                    "def solve(values, n):\n"
                        + "    x = keep_even(values)\n"
                        + "    x = rotate_left(x, n)\n"
                        + "    return sum_of_squares(x)\n",
                    "PASSED"),
                new Completion(
                    "after_rl",
                    "def solve(values, n):\n"
                        + "    x = keep_even(values)\n"
                        + "    x = rotate_left(x, n)\n"
                        + "    return sum_of_squares(x)\n",
                    "PASSED"))),
        new Sample(
            "b_test",
            "编写函数 solve(text)：先把 `text` 按空白拆成单词，再统计上一步的结果中每个词出现的次数，最后返回出现最多的词。",
            "def solve(text):\n"
                + "    x = split_words(text)\n"
                + "    x = count_each(x)\n"
                + "    return most_common_key(x)\n",
            List.of(
                new Completion("before_sft", "1 ret ( x= x ) 0 : :\n", "COMPILE_ERROR"),
                new Completion(
                    "after_sft",
                    "def solve(text):\n"
                        + "    x = split_words(text)\n"
                        + "    x = count_vowels(x)\n"
                        + "    return most_common_key(x)\n",
                    "RUNTIME_ERROR"),
                new Completion(
                    "after_rl",
                    "def solve(text):\n"
                        + "    x = split_words(text)\n"
                        + "    x = count_each(x)\n"
                        + "    return most_common_key(x)\n",
                    "PASSED"))),
        new Sample(
            "c_test",
            "Define solve(n): first, list the prime factors of `n`; next, remove repeated values"
                + " from what you have, keeping the first of each; last, give the population"
                + " variance of what you have.",
            "def solve(n):\n"
                + "    x = prime_factors(n)\n"
                + "    x = unique_in_order(x)\n"
                + "    return population_variance(x)\n",
            List.of(
                new Completion("before_sft", "1 ret ( x= x ) 0 : :\n", "COMPILE_ERROR"),
                new Completion(
                    "after_sft",
                    "def solve(n):\n    x = prime_factors(n)\n    return population_variance(x)\n",
                    "WRONG_ANSWER"),
                new Completion(
                    "after_rl",
                    "def solve(n):\n"
                        + "    x = prime_factors(n)\n"
                        + "    x = unique_in_order(x)\n"
                        + "    return mean_absolute_deviation(x)\n",
                    "WRONG_ANSWER"))));
  }

  @SuppressWarnings("unchecked")
  private static <V> Map<String, V> ordered(Object... namesAndValues) {
    Map<String, V> map = new LinkedHashMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      map.put((String) namesAndValues[i], (V) namesAndValues[i + 1]);
    }
    return map;
  }
}
