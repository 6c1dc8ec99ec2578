package io.atomforge.evaluation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.evaluation.ScalingFit.Point;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class ScalingFitTest {
  /** The points of scaling_fit.json and the solutions of scaling_fit.py beside it. */
  @Test
  void theFitsAreThoseOfTheScript() throws Exception {
    JsonNode cases =
        new ObjectMapper().readTree(Path.of("src/test/resources/golden/scaling_fit.json").toFile());
    assertThat(cases).hasSizeGreaterThan(2);
    for (JsonNode one : cases) {
      List<Point> points = new ArrayList<>();
      one.get("points")
          .forEach(
              p ->
                  points.add(
                      new Point(p.get(0).asDouble(), p.get(1).asDouble(), p.get(2).asDouble())));
      ScalingFit fit = ScalingFit.of(points);
      assertThat(fit.a()).isCloseTo(one.get("a").asDouble(), within(1e-9));
      assertThat(fit.b()).isCloseTo(one.get("b").asDouble(), within(1e-9));
      assertThat(fit.c()).isCloseTo(one.get("c").asDouble(), within(1e-8));
    }
  }

  @Test
  void aPlantedFitIsFound() {
    List<Point> points = new ArrayList<>();
    for (double prompts : List.of(10.0, 40.0, 1000.0)) {
      for (double responses : List.of(1.0, 2.0, 8.0)) {
        double score = 4.5 * Math.log(prompts) + 2.25 * Math.log(responses) - 7;
        points.add(new Point(prompts, responses, score));
      }
    }
    ScalingFit fit = ScalingFit.of(points);
    assertThat(fit.a()).isCloseTo(4.5, within(1e-12));
    assertThat(fit.b()).isCloseTo(2.25, within(1e-12));
    assertThat(fit.c()).isCloseTo(-7, within(1e-11));
  }

  @Test
  void pointsThatDoNotTellTheCoefficientsAreRefused() {
    List<Point> line =
        List.of(new Point(1, 1, 0), new Point(2, 4, 1), new Point(4, 16, 2), new Point(8, 64, 5));
    assertThatThrownBy(() -> ScalingFit.of(line)).hasMessageContaining("on one line");
    assertThatThrownBy(() -> ScalingFit.of(line.subList(0, 2)))
        .hasMessageContaining("3 points or more, got 2");
    assertThatThrownBy(() -> new Point(0, 1, 1)).hasMessageContaining("got 0.0 prompts");
    assertThatThrownBy(() -> new Point(1, 1, Double.NaN)).hasMessageContaining("score NaN");
  }
}
