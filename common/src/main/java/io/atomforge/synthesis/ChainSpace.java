package io.atomforge.synthesis;

import io.atomforge.atoms.Atom;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/**
 * All chains over a set of atoms: counted exactly, and drawn uniformly. A walk that chose each next
 * atom at random would favour chains through well-connected atoms; here every chain of a length is
 * equally likely.
 */
public final class ChainSpace {
  private final List<Atom> atoms;
  private final int[][] next;
  private final List<BigInteger[]> ways = new ArrayList<>();

  /**
   * @param atoms in a fixed order, on which the draw depends
   */
  public ChainSpace(List<Atom> atoms) {
    this(atoms, compatibility(atoms));
  }

  private ChainSpace(List<Atom> atoms, boolean[][] compatible) {
    this.atoms = List.copyOf(atoms);
    this.next = new int[compatible.length][];
    for (int i = 0; i < compatible.length; i++) {
      boolean[] row = compatible[i];
      int self = i;
      next[i] =
          java.util.stream.IntStream.range(0, row.length)
              .filter(j -> row[j] && j != self)
              .toArray();
    }
    BigInteger[] ones = new BigInteger[next.length];
    Arrays.fill(ones, BigInteger.ONE);
    ways.add(ones);
  }

  /** The space of a given compatibility matrix, without atoms; only for counting. */
  static ChainSpace of(boolean[][] compatible) {
    return new ChainSpace(List.of(), compatible);
  }

  private static boolean[][] compatibility(List<Atom> atoms) {
    boolean[][] compatible = new boolean[atoms.size()][atoms.size()];
    for (int i = 0; i < atoms.size(); i++) {
      for (int j = 0; j < atoms.size(); j++) {
        compatible[i][j] = atoms.get(i).fits(atoms.get(j));
      }
    }
    return compatible;
  }

  /**
   * @param length atoms in the chain, 1 or more
   * @return the number of chains without immediate repetition: 1ᵀM^(length-1)1 with a zero diagonal
   *     (recipes 1.2)
   */
  public BigInteger count(int length) {
    return Arrays.stream(ways(length)).reduce(BigInteger.ZERO, BigInteger::add);
  }

  /**
   * @return a uniformly drawn chain of {@code length} atoms
   * @throws IllegalArgumentException if there is none
   */
  public List<Atom> draw(int length, SplittableRandom random) {
    BigInteger total = count(length);
    if (total.signum() == 0) {
      throw new IllegalArgumentException("No chain of " + length + " atoms fits together");
    }
    BigInteger rank = below(total, random);
    List<Atom> chain = new ArrayList<>();
    int[] options = java.util.stream.IntStream.range(0, next.length).toArray();
    for (int left = length; left > 0; left--) {
      for (int option : options) {
        BigInteger here = ways(left)[option];
        if (rank.compareTo(here) < 0) {
          chain.add(atoms.get(option));
          options = next[option];
          break;
        }
        rank = rank.subtract(here);
      }
    }
    return chain;
  }

  /** Chains of {@code length} that start at each atom. */
  private synchronized BigInteger[] ways(int length) {
    while (ways.size() < length) {
      BigInteger[] shorter = ways.get(ways.size() - 1);
      BigInteger[] longer = new BigInteger[next.length];
      for (int i = 0; i < next.length; i++) {
        longer[i] =
            Arrays.stream(next[i])
                .mapToObj(j -> shorter[j])
                .reduce(BigInteger.ZERO, BigInteger::add);
      }
      ways.add(longer);
    }
    return ways.get(length - 1);
  }

  private static BigInteger below(BigInteger bound, SplittableRandom random) {
    while (true) {
      byte[] bytes = new byte[bound.bitLength() / 8 + 1];
      random.nextBytes(bytes);
      BigInteger drawn = new BigInteger(1, bytes).mod(BigInteger.ONE.shiftLeft(bound.bitLength()));
      if (drawn.compareTo(bound) < 0) {
        return drawn;
      }
    }
  }
}
