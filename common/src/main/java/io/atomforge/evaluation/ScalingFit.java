package io.atomforge.evaluation;

import java.util.List;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.ArrayRealVector;
import org.apache.commons.math3.linear.DecompositionSolver;
import org.apache.commons.math3.linear.QRDecomposition;
import org.apache.commons.math3.linear.RealVector;

/**
 * The fit score ≈ a ln(prompts) + b ln(responses) + c by least squares, which says what more
 * prompts and more responses of each are worth. Liu et al. 2025, AceReason-Nemotron 1.1
 * (arXiv:2506.13284).
 *
 * @param a what the score gains where the prompts are e times as many
 * @param b what the score gains where the responses of each prompt are e times as many
 * @param c score of one prompt with one response
 */
public record ScalingFit(double a, double b, double c) {
  /** Below this a column of the logarithms counts as a combination of the others. */
  private static final double SINGULAR = 1e-9;

  /**
   * One training set and what came of it.
   *
   * @param prompts number of different prompts, or any multiple of it, above 0
   * @param responses of each prompt, or any multiple of their number, above 0
   * @param score in any unit, which is then that of the coefficients
   */
  public record Point(double prompts, double responses, double score) {
    /**
     * @throws IllegalArgumentException if a number has no logarithm, or the score is not finite
     */
    public Point {
      if (!(prompts > 0 && responses > 0 && Double.isFinite(prompts * responses * score))) {
        throw new IllegalArgumentException(
            "A fit needs numbers above 0 with a finite score; got "
                + prompts
                + " prompts, "
                + responses
                + " responses and score "
                + score);
      }
    }
  }

  /**
   * @throws IllegalArgumentException if there are fewer than three points, or their logarithms are
   *     all on one line
   */
  public static ScalingFit of(List<Point> points) {
    double[][] logarithms =
        points.stream()
            .map(p -> new double[] {Math.log(p.prompts), Math.log(p.responses), 1})
            .toArray(double[][]::new);
    if (logarithms.length < 3) {
      throw new IllegalArgumentException("A fit needs 3 points or more, got " + points.size());
    }
    DecompositionSolver solver =
        new QRDecomposition(new Array2DRowRealMatrix(logarithms, false), SINGULAR).getSolver();
    if (!solver.isNonSingular()) {
      throw new IllegalArgumentException("The logarithms of the points are on one line");
    }
    RealVector scores =
        new ArrayRealVector(points.stream().mapToDouble(Point::score).toArray(), false);
    RealVector solution = solver.solve(scores);
    return new ScalingFit(solution.getEntry(0), solution.getEntry(1), solution.getEntry(2));
  }
}
