package io.atomforge.atoms;

import java.util.BitSet;

/**
 * The characters of a class as between the brackets of a regular expression, such as {@code a-z0-9
 * }.
 */
final class CharacterSet {
  static final CharacterSet DEFAULT = parse("a-z ");
  private final BitSet bits;

  private CharacterSet(BitSet bits) {
    this.bits = bits;
  }

  static CharacterSet parse(String text) {
    BitSet bits = new BitSet();
    int i = 0;
    while (i < text.length()) {
      if (text.charAt(i) == '\\' && i + 1 < text.length()) {
        i++;
      }
      char low = text.charAt(i++);
      char high = low;
      if (i + 1 < text.length() && text.charAt(i) == '-') {
        i++;
        if (text.charAt(i) == '\\' && i + 1 < text.length()) {
          i++;
        }
        high = text.charAt(i++);
      }
      if (high < low) {
        throw new IllegalArgumentException("character range " + low + "-" + high + " is reversed");
      }
      bits.set(low, high + 1);
    }
    if (bits.isEmpty()) {
      throw new IllegalArgumentException("empty character class");
    }
    return new CharacterSet(bits);
  }

  static CharacterSet of(char c) {
    BitSet bits = new BitSet();
    bits.set(c);
    return new CharacterSet(bits);
  }

  CharacterSet union(CharacterSet other) {
    BitSet union = (BitSet) bits.clone();
    union.or(other.bits);
    return new CharacterSet(union);
  }

  boolean isWithin(CharacterSet other) {
    BitSet rest = (BitSet) bits.clone();
    rest.andNot(other.bits);
    return rest.isEmpty();
  }

  boolean contains(char c) {
    return bits.get(c);
  }

  int size() {
    return bits.cardinality();
  }

  /**
   * @param index 0 to {@link #size} - 1, in code order
   */
  char at(int index) {
    int bit = bits.nextSetBit(0);
    for (int i = 0; i < index; i++) {
      bit = bits.nextSetBit(bit + 1);
    }
    return (char) bit;
  }
}
