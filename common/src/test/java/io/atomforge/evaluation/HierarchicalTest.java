package io.atomforge.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HierarchicalTest {
  /** The values of hierarchical.json and the intervals of hierarchical.py beside it. */
  @Test
  void theIntervalsAreThoseOfTheScript() throws Exception {
    ObjectMapper json = new ObjectMapper();
    JsonNode cases = json.readTree(Path.of("src/test/resources/golden/hierarchical.json").toFile());
    assertThat(cases).hasSizeGreaterThan(4);
    for (JsonNode one : cases) {
      List<Map<String, Double>> seeds =
          json.convertValue(one.get("seeds"), new TypeReference<>() {});
      Interval interval = Hierarchical.mean(seeds);
      assertThat(interval.mean()).isCloseTo(one.get("mean").asDouble(), within(1e-9));
      assertThat(interval.low()).isCloseTo(one.get("low").asDouble(), within(1e-6));
      assertThat(interval.high()).isCloseTo(one.get("high").asDouble(), within(1e-6));
    }
  }

  /**
   * Of 1 000 draws with a known mean, the share whose 95 % interval holds it. Standard deviations
   * of seeds, of problems, and of what a problem does at one seed alone; shared tells whether the
   * seeds have the same problems. Where seeds do not differ at all, five of them have 97.0 %: the
   * variance of the seeds' means is used where chance makes it too great, and not where too small.
   */
  @ParameterizedTest
  @CsvSource({
    "5, 100, 0.05, 0.0, 0.4, true, 970",
    "5, 100, 0.05, 0.3, 0.4, true, 970",
    "5, 100, 0.01, 0.4, 0.2, true, 970",
    "5, 100, 0.05, 0.3, 0.4, false, 970",
    "5, 300, 0.00, 0.3, 0.4, false, 985",
    "3, 200, 0.03, 0.3, 0.4, true, 970",
  })
  void theIntervalHoldsTheMeanAsOftenAsItSays(
      int seeds,
      int problems,
      double ofSeeds,
      double ofProblems,
      double rest,
      boolean shared,
      int most) {
    SplittableRandom random = new SplittableRandom(17);
    int held = 0;
    for (int draw = 0; draw < 1000; draw++) {
      double[] common = new double[problems];
      List<Map<String, Double>> values = new ArrayList<>();
      for (int p = 0; p < problems; p++) {
        common[p] = ofProblems * random.nextGaussian();
      }
      for (int s = 0; s < seeds; s++) {
        double seed = ofSeeds * random.nextGaussian();
        Map<String, Double> of = new TreeMap<>();
        for (int p = 0; p < problems; p++) {
          double problem = shared ? common[p] : ofProblems * random.nextGaussian();
          of.put(
              shared ? "p" + p : s + "-" + p, 0.3 + seed + problem + rest * random.nextGaussian());
        }
        values.add(of);
      }
      Interval interval = Hierarchical.mean(values);
      held += interval.low() <= 0.3 && 0.3 <= interval.high() ? 1 : 0;
    }
    assertThat(held).isBetween(930, most);
  }

  /** One seed with the spread that other seeds have shown. */
  @ParameterizedTest
  @CsvSource({"3, 0.04, 0.01", "3, 0.01, 0.02", "5, 0.03, 0.03"})
  void theIntervalOfOneSeedHoldsTheMeanAsOftenAsItSays(
      int runs, double ofSeeds, double ofProblems) {
    SplittableRandom random = new SplittableRandom(17);
    int held = 0;
    for (int draw = 0; draw < 2000; draw++) {
      double[] others = new double[runs];
      double mean = 0;
      for (int r = 0; r < runs; r++) {
        others[r] = ofSeeds * random.nextGaussian();
        mean += others[r] / runs;
      }
      double squares = 0;
      for (double other : others) {
        squares += (other - mean) * (other - mean) / (runs - 1);
      }
      double seen = 0.1 + ofSeeds * random.nextGaussian() + ofProblems * random.nextGaussian();
      double half = 1.959964 * ofProblems;
      Interval interval =
          Hierarchical.ofOneSeed(
              new Interval(seen, seen - half, seen + half), Math.sqrt(squares), runs);
      held += interval.low() <= 0.1 && 0.1 <= interval.high() ? 1 : 0;
    }
    assertThat(held).isBetween(1840, 1960);
  }

  @Test
  void withoutASpreadTheIntervalOfOneSeedIsThatOverItsProblems() {
    Interval problems = new Interval(0.1, 0.05, 0.17);
    assertThat(Hierarchical.ofOneSeed(problems, 0, 3)).isEqualTo(problems);
    // Variance 0.001 from problems and 0.001 from seeds: 8 degrees of freedom, quantile 2.306.
    double half = 1.959964 * Math.sqrt(0.001);
    Interval both = Hierarchical.ofOneSeed(new Interval(0, -half, half), Math.sqrt(0.001), 3);
    assertThat(both.high()).isCloseTo(2.3060 * Math.sqrt(0.002), within(1e-5));
    assertThat(both.low()).isEqualTo(-both.high());
  }

  /** Passed and failed problems tie more often than the values of a normal distribution. */
  @ParameterizedTest
  @CsvSource({"2, 200, 0.01", "2, 80, 0.05", "3, 300, 0.03", "5, 100, 0.05"})
  void equalMeansAreNoProofThatSeedsAgree(int seeds, int problems, double changed) {
    SplittableRandom random = new SplittableRandom(17);
    int missed = 0;
    for (int draw = 0; draw < 2000; draw++) {
      List<Map<String, Double>> values = new ArrayList<>();
      for (int s = 0; s < seeds; s++) {
        Map<String, Double> of = new TreeMap<>();
        for (int p = 0; p < problems; p++) {
          double u = random.nextDouble();
          of.put("p" + p, u < changed ? 1.0 : u < 2 * changed ? -1.0 : 0.0);
        }
        values.add(of);
      }
      Interval interval = Hierarchical.mean(values);
      missed += interval.low() > 0 || interval.high() < 0 ? 1 : 0;
    }
    assertThat(missed).isLessThanOrEqualTo(100);
  }

  @Test
  void valuesThatAllAgreeHaveAnIntervalWithoutWidth() {
    List<Map<String, Double>> same = List.of(Map.of("a", 1.0, "b", 1.0), Map.of("a", 1.0));
    assertThat(Hierarchical.mean(same)).isEqualTo(new Interval(1, 1, 1));
  }

  @Test
  void oneSeedHasNoInterval() {
    assertThatThrownBy(() -> Hierarchical.mean(List.of(Map.of("a", 1.0))))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("2 seeds or more");
  }
}
