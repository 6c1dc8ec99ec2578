package io.atomforge.report.page;

import java.util.ArrayList;
import java.util.List;

/**
 * The numbers along an axis.
 *
 * @param logarithmic whether equal ratios take equal room
 */
public record Scale(double low, double high, boolean logarithmic) {
  public static final Scale PERCENT = new Scale(0, 100, false);

  /** A little more than the values span; from 0 where that is near. */
  public static Scale around(double low, double high) {
    if (low == high) {
      return new Scale(Math.min(0, 1.1 * low), low == 0 ? 1 : Math.max(0, 1.1 * high), false);
    }
    double span = high - low;
    return new Scale(low >= 0 && low < span ? 0 : low - 0.05 * span, high + 0.05 * span, false);
  }

  /** As {@link #around}, but equal ratios take equal room where the values span a large one. */
  public static Scale ratios(double low, double high) {
    return low > 0 && high > 5 * low ? new Scale(low / 1.1, 1.1 * high, true) : around(low, high);
  }

  /**
   * @return 0 at the low end, 1 at the high end
   */
  public double share(double value) {
    return logarithmic
        ? Math.log(value / low) / Math.log(high / low)
        : (value - low) / (high - low);
  }

  /** About five round numbers, ascending. */
  public List<Double> ticks() {
    List<Double> ticks = new ArrayList<>();
    if (logarithmic) {
      int[] digits = high / low > 1000 ? new int[] {1} : new int[] {1, 2, 5};
      for (double p = Math.pow(10, Math.floor(Math.log10(low))); p <= high; p *= 10) {
        for (int digit : digits) {
          if (digit * p >= low && digit * p <= high) {
            ticks.add(digit * p);
          }
        }
      }
      return ticks;
    }
    double rough = (high - low) / 5;
    double power = Math.pow(10, Math.floor(Math.log10(rough)));
    double step = power * (rough > 5 * power ? 10 : rough > 2 * power ? 5 : rough > power ? 2 : 1);
    for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
      ticks.add(i * step);
    }
    return ticks;
  }

  /** As many decimals as the finest tick needs. */
  public String text(double tick) {
    double finest = logarithmic ? tick : ticks().get(1) - ticks().get(0);
    int decimals = (int) Math.max(0, -Math.floor(Math.log10(finest) + 1e-9));
    return Math.abs(tick) >= 1e5 || decimals > 4 ? Words.number(tick) : Words.fixed(tick, decimals);
  }
}
