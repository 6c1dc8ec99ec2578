package io.atomforge.jobs.pipeline;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.config.ConfigException;
import io.atomforge.evaluation.ScalingFit;
import io.atomforge.jobs.pipeline.ExperimentTable.Arm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The {@link ScalingFit} of arms over two variables of their grid.
 *
 * @param variables names of the two, without the dollar sign
 * @param arms those that have both variables, each with one combination
 */
record ArmFit(List<String> variables, List<Arm> arms) {
  /** What is printed of a fit, in this order. */
  static final Map<String, ToDoubleFunction<ScalingFit>> COEFFICIENTS = new LinkedHashMap<>();

  static {
    COEFFICIENTS.put("a", ScalingFit::a);
    COEFFICIENTS.put("b", ScalingFit::b);
    COEFFICIENTS.put("c", ScalingFit::c);
    COEFFICIENTS.put("a - b", fit -> fit.a() - fit.b());
  }

  /**
   * @param variables two names
   * @param all arms with one combination each
   * @throws ConfigException unless the arms with both variables have numbers above 0 in them that
   *     tell the coefficients
   */
  static ArmFit of(List<String> variables, List<Arm> all) {
    ArmFit fit =
        new ArmFit(
            variables,
            all.stream()
                .filter(arm -> variables.stream().allMatch(v -> variable(arm, v) != null))
                .toList());
    try {
      fit.at(new double[fit.arms.size()]);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          "fit: the arms with the variables "
              + variables
              + " in their for_each must be three or more, whose logarithms are not on one line;"
              + " there are "
              + fit.arms.size());
    }
    return fit;
  }

  private static @Nullable JsonNode variable(Arm arm, String name) {
    return arm.forEach().get(0).get("$" + name);
  }

  private static double number(Arm arm, String name) {
    JsonNode value = Objects.requireNonNull(variable(arm, name));
    if (!value.isNumber() || value.asDouble() <= 0) {
      throw new ConfigException(
          "fit: "
              + name
              + " is "
              + value
              + " in arm '"
              + arm.name()
              + "'; a logarithm needs numbers above 0, so name the other arms in an entry of their"
              + " own");
    }
    return value.asDouble();
  }

  private ScalingFit at(double[] scores) {
    List<ScalingFit.Point> points = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      Arm arm = arms.get(i);
      points.add(
          new ScalingFit.Point(
              number(arm, variables.get(0)), number(arm, variables.get(1)), scores[i]));
    }
    return ScalingFit.of(points);
  }

  /** The formula as it stands in the name of a measure. */
  String formula() {
    return "a ln(%s) + b ln(%s) + c".formatted(variables.get(0), variables.get(1));
  }

  /**
   * The coefficients are linear in the scores, so that the fit of the means over problems is the
   * mean of the fits of each problem.
   *
   * @param values for each arm the value of each problem
   * @return by coefficient its value for each problem that all arms were asked
   */
  Map<String, Map<String, Double>> coefficients(List<Map<String, Double>> values) {
    TreeSet<String> shared = new TreeSet<>(values.get(0).keySet());
    values.forEach(of -> shared.retainAll(of.keySet()));
    Map<String, ScalingFit> fits = new TreeMap<>();
    for (String problem : shared) {
      fits.put(
          problem, at(values.stream().mapToDouble(of -> of.getOrDefault(problem, 0.0)).toArray()));
    }
    Map<String, Map<String, Double>> coefficients = new LinkedHashMap<>();
    COEFFICIENTS.forEach(
        (name, of) -> {
          Map<String, Double> byProblem = new TreeMap<>();
          fits.forEach((problem, fit) -> byProblem.put(problem, of.applyAsDouble(fit)));
          coefficients.put(name, byProblem);
        });
    return coefficients;
  }
}
