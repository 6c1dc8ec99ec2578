package io.atomforge.graph;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A finite set that is counted exactly and numbered, without listing it: each member has a rank.
 * Drawing a rank uniformly draws a member uniformly.
 */
public final class Space<T> {
  private final BigInteger size;
  private final Function<BigInteger, T> member;

  private Space(BigInteger size, Function<BigInteger, T> member) {
    this.size = size;
    this.member = member;
  }

  public BigInteger size() {
    return size;
  }

  public boolean isEmpty() {
    return size.signum() == 0;
  }

  /**
   * @param rank 0 to size - 1
   */
  T at(BigInteger rank) {
    return member.apply(rank);
  }

  /**
   * @return a member, each equally likely
   * @throws IllegalArgumentException if there is none
   */
  public T draw(SplittableRandom random) {
    if (isEmpty()) {
      throw new IllegalArgumentException("Nothing can be drawn from an empty space");
    }
    if (size.bitLength() < Long.SIZE) {
      return at(BigInteger.valueOf(random.nextLong(size.longValue())));
    }
    while (true) {
      byte[] bytes = new byte[size.bitLength() / 8 + 1];
      random.nextBytes(bytes);
      BigInteger rank = new BigInteger(1, bytes).mod(BigInteger.ONE.shiftLeft(size.bitLength()));
      if (rank.compareTo(size) < 0) {
        return at(rank);
      }
    }
  }

  static <T> Space<T> empty() {
    return new Space<>(BigInteger.ZERO, rank -> null);
  }

  static <T> Space<T> of(@Nullable T only) {
    return new Space<>(BigInteger.ONE, rank -> only);
  }

  /** The members of all parts, which must share none, in the order of the parts. */
  static <T> Space<T> union(List<Space<T>> parts) {
    List<Space<T>> full = parts.stream().filter(p -> !p.isEmpty()).toList();
    if (full.size() <= 1) {
      return full.isEmpty() ? empty() : full.get(0);
    }
    BigInteger[] starts = new BigInteger[full.size()];
    BigInteger total = BigInteger.ZERO;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = total;
      total = total.add(full.get(i).size);
    }
    // Most spaces are small, and a search among longs is several times as fast.
    long[] small =
        total.bitLength() < Long.SIZE
            ? Arrays.stream(starts).mapToLong(BigInteger::longValue).toArray()
            : null;
    return new Space<>(
        total,
        rank -> {
          int found =
              small == null
                  ? Arrays.binarySearch(starts, rank)
                  : Arrays.binarySearch(small, rank.longValue());
          int part = found >= 0 ? found : -found - 2;
          return full.get(part).at(rank.subtract(starts[part]));
        });
  }

  /** Every pair of a member of {@code a} and one of {@code b}, put together. */
  static <A, B, T> Space<T> product(Space<A> a, Space<B> b, BiFunction<A, B, T> join) {
    if (a.isEmpty() || b.isEmpty()) {
      return empty();
    }
    return new Space<>(
        a.size.multiply(b.size),
        rank -> {
          BigInteger[] both = rank.divideAndRemainder(b.size);
          return join.apply(a.at(both[0]), b.at(both[1]));
        });
  }

  /**
   * @param change gives different members for different members
   */
  <R> Space<R> map(Function<T, R> change) {
    return isEmpty() ? empty() : new Space<>(size, rank -> change.apply(at(rank)));
  }

  /** All members but {@code count} from rank {@code from} on. */
  Space<T> without(BigInteger from, BigInteger count) {
    return new Space<>(
        size.subtract(count), rank -> at(rank.compareTo(from) < 0 ? rank : rank.add(count)));
  }

  /** Every member in order; for small spaces. */
  List<T> members() {
    List<T> members = new ArrayList<>();
    for (BigInteger i = BigInteger.ZERO; i.compareTo(size) < 0; i = i.add(BigInteger.ONE)) {
      members.add(at(i));
    }
    return members;
  }
}
