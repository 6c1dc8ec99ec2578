package io.atomforge.evaluation;

/** The chance that at least one of k samples of a problem passes. */
public final class PassAtK {
  private PassAtK() {}

  /**
   * 1 - C(n-c, k) / C(n, k), the share of the k-subsets of the samples that hold a passing one: an
   * unbiased estimate, unlike 1 - (1 - c/n)^k. Chen et al. 2021 (arXiv:2107.03374), Eq. 1, in its
   * product form, which does not overflow.
   *
   * @param n samples drawn, at least {@code k}
   * @param c samples that passed, in [0, n]
   * @param k samples a user would draw, 1 or more
   * @return a probability; average it over problems
   * @throws IllegalArgumentException if the three are out of range
   */
  public static double estimate(int n, int c, int k) {
    if (k < 1 || k > n || c < 0 || c > n) {
      throw new IllegalArgumentException(
          "pass@k needs 1 <= k <= n and 0 <= c <= n, got n=" + n + ", c=" + c + ", k=" + k);
    }
    if (n - c < k) {
      return 1;
    }
    double allFail = 1;
    for (int i = n - c + 1; i <= n; i++) {
      allFail *= 1 - (double) k / i;
    }
    return 1 - allFail;
  }
}
