package io.atomforge.random;

import java.util.SplittableRandom;

/**
 * Derives independent seeds from names, so that a draw depends on what it is and not on where it
 * ran.
 */
public final class Seeds {
  private Seeds() {}

  /**
   * @param seed the run's seed
   * @param path what is drawn, from the general to the particular: strings, integers, longs
   * @return 64 well mixed bits; equal for equal arguments on every machine and in every version
   */
  public static long derive(long seed, Object... path) {
    long h = mix(seed ^ 0x9e3779b97f4a7c15L);
    for (Object part : path) {
      String text = part.toString();
      for (int i = 0; i < text.length(); i++) {
        h = (h ^ text.charAt(i)) * 0x100000001b3L;
      }
      h = mix(h ^ ((long) text.length() << 32) ^ 0x632be59bd9b4e019L);
    }
    return h;
  }

  /**
   * @return a generator of its own for what {@code path} names
   */
  public static SplittableRandom random(long seed, Object... path) {
    return new SplittableRandom(derive(seed, path));
  }

  private static long mix(long z) {
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ (z >>> 31);
  }
}
