package io.atomforge.dataset;

import io.atomforge.random.Seeds;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Takes a percentage of a set, below 100 to thin it and above 100 to repeat it. */
public final class Mixture {
  private Mixture() {}

  /**
   * Puts the ids in a random order that only seed and ids decide, and takes the first {@code
   * percent / 100 * size} of them, rounded half up, starting over after the last. So 1 % is inside
   * 5 % inside 100 %, and 250 % is two copies of each id and one more of those that 50 % selects.
   *
   * @param ids distinct, in any order
   * @param percent 0 or more
   * @return the ids in that order, with repetitions above 100 %
   * @throws IllegalArgumentException if an id repeats, or the percentage is negative, not finite or
   *     gives more than 2^31 - 1 ids
   */
  public static List<String> select(List<String> ids, double percent, long seed) {
    double size = Math.floor(percent * ids.size() / 100 + 0.5);
    if (!(percent >= 0 && size <= Integer.MAX_VALUE)) {
      throw new IllegalArgumentException(
          "A mixture takes 0 % or more, and at most 2^31 - 1 rows; got "
              + percent
              + " % of "
              + ids.size());
    }
    List<String> order = order(ids, seed, "mixture");
    List<String> selected = new ArrayList<>((int) size);
    for (int i = 0; i < (int) size; i++) {
      selected.add(order.get(i % order.size()));
    }
    return selected;
  }

  /**
   * Cuts ids into groups of 1, 2, ..., {@code most}, 1, 2, ... in a random order that only seed and
   * ids decide; the last group may be smaller. With {@code most} 1 the order stays.
   *
   * @param ids distinct
   */
  public static List<List<String>> groups(List<String> ids, int most, long seed) {
    List<String> order = most == 1 ? ids : order(ids, seed, "groups");
    List<List<String>> groups = new ArrayList<>();
    for (int from = 0, size = 1; from < order.size(); from += size, size = size % most + 1) {
      groups.add(List.copyOf(order.subList(from, Math.min(from + size, order.size()))));
    }
    return groups;
  }

  /** The ids sorted by what the seed makes of each one's name; equal numbers by the name itself. */
  static List<String> order(List<String> ids, long seed, Object... purpose) {
    Object[] path = Arrays.copyOf(purpose, purpose.length + 1);
    Map<String, Long> keys = new HashMap<>();
    for (String id : ids) {
      path[purpose.length] = id;
      if (keys.put(id, Seeds.derive(seed, path)) != null) {
        throw new IllegalArgumentException("Ids must be distinct, '" + id + "' repeats");
      }
    }
    List<String> order = new ArrayList<>(ids);
    order.sort(
        Comparator.<String>comparingLong(keys::get).thenComparing(Comparator.naturalOrder()));
    return order;
  }
}
