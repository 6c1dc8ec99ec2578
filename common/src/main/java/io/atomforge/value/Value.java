package io.atomforge.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * A Python value of one of the exact types that travel between the JVM and a program. As a key of a
 * dict or an item of a set it is normalised by {@link #key()}, under which {@code equals} is
 * Python's equality, except that a bool is never a number.
 */
public sealed interface Value {
  /**
   * A total order that agrees with {@code equals}. Sets and dicts are sorted by it, not hashed,
   * since a program could choose items whose hashes collide.
   */
  Comparator<Value> ORDER = Value::compare;

  /** This value with each number that is integral as an {@link Int}, as Python hashes it. */
  default Value key() {
    return this;
  }

  /** This normalised value with each bool as the int that Python takes it for. */
  default Value mixed() {
    return this;
  }

  /** This value in a message: a scalar as Python writes it, shortened, else its type. */
  String brief();

  /** None. */
  record None() implements Value {
    @Override
    public String brief() {
      return "None";
    }
  }

  /** True or False. */
  record Bool(boolean value) implements Value {
    Int asInt() {
      return new Int(value ? BigInteger.ONE : BigInteger.ZERO);
    }

    @Override
    public Value mixed() {
      return asInt();
    }

    @Override
    public String brief() {
      return value ? "True" : "False";
    }
  }

  /** An integer. */
  record Int(BigInteger value) implements Value {
    @Override
    public String brief() {
      return value.bitLength() < 256
          ? value.toString()
          : "an int of " + value.bitLength() + " bits";
    }
  }

  /** A float, which may be NaN or infinite. */
  record Real(double value) implements Value {
    @Override
    public Value key() {
      boolean integral = Double.isFinite(value) && value == Math.rint(value);
      return integral ? new Int(new BigDecimal(value).toBigInteger()) : this;
    }

    boolean equalsExactly(BigDecimal number) {
      return Double.isFinite(value) && new BigDecimal(value).compareTo(number) == 0;
    }

    @Override
    public String brief() {
      return Double.toString(value);
    }
  }

  /** A Decimal, which is finite. */
  record Decimal(BigDecimal value) implements Value {
    @Override
    public Value key() {
      if (value.signum() == 0 || value.stripTrailingZeros().scale() <= 0) {
        return new Int(value.toBigInteger());
      }
      Real real = new Real(value.doubleValue());
      return real.equalsExactly(value) ? real : new Decimal(value.stripTrailingZeros());
    }

    @Override
    public String brief() {
      return "Decimal(" + new Text(value.toString()).brief() + ")";
    }
  }

  /** A Fraction in lowest terms. */
  record Fraction(BigInteger numerator, BigInteger denominator) implements Value {
    /**
     * @throws IllegalArgumentException if the denominator is 0
     */
    public Fraction {
      if (denominator.signum() == 0) {
        throw new IllegalArgumentException("a Fraction over 0");
      }
      BigInteger common = numerator.gcd(denominator);
      common = denominator.signum() < 0 ? common.negate() : common;
      numerator = numerator.divide(common);
      denominator = denominator.divide(common);
    }

    /** Whether the number is this one. */
    boolean equalsExactly(BigDecimal number) {
      return number.multiply(new BigDecimal(denominator)).compareTo(new BigDecimal(numerator)) == 0;
    }

    double doubleValue() {
      return new BigDecimal(numerator)
          .divide(new BigDecimal(denominator), MathContext.DECIMAL64)
          .doubleValue();
    }

    @Override
    public Value key() {
      if (denominator.equals(BigInteger.ONE)) {
        return new Int(numerator);
      }
      double near = doubleValue();
      boolean exact = Double.isFinite(near) && equalsExactly(new BigDecimal(near));
      return exact ? new Real(near) : this;
    }

    @Override
    public String brief() {
      return "Fraction(" + new Int(numerator).brief() + ", " + new Int(denominator).brief() + ")";
    }
  }

  /** A str. */
  record Text(String value) implements Value {
    @Override
    public String brief() {
      return '"' + (value.length() <= 60 ? value : value.substring(0, 60) + "...") + '"';
    }
  }

  /** A bytes object, as lower-case hexadecimal digits. */
  record Bytes(String hex) implements Value {
    @Override
    public String brief() {
      return hex.length() / 2 + " bytes";
    }
  }

  /** A list, or a tuple. */
  record Sequence(boolean tuple, List<Value> items) implements Value {
    public Sequence {
      items = List.copyOf(items);
    }

    @Override
    public Value key() {
      List<Value> keys = new ArrayList<>(items.size());
      for (Value item : items) { // a stream's frames, one set per level, would fill the stack
        keys.add(item.key());
      }
      return new Sequence(tuple, keys);
    }

    @Override
    public Value mixed() {
      List<Value> mixed = new ArrayList<>(items.size());
      for (Value item : items) {
        mixed.add(item.mixed());
      }
      return new Sequence(tuple, mixed);
    }

    @Override
    public String brief() {
      return (tuple ? "a tuple of " : "a list of ") + items.size();
    }
  }

  /** A set, or a frozenset, of normalised items. */
  record Items(boolean frozen, Set<Value> items) implements Value {
    public Items {
      Set<Value> sorted = new TreeSet<>(ORDER);
      sorted.addAll(items);
      items = Collections.unmodifiableSet(sorted);
    }

    @Override
    public Value mixed() {
      Set<Value> mixed = new TreeSet<>(ORDER);
      for (Value item : items) {
        mixed.add(item.mixed());
      }
      return new Items(false, mixed);
    }

    @Override
    public String brief() {
      return (frozen ? "a frozenset of " : "a set of ") + items.size();
    }
  }

  /** A dict of normalised keys, in no order. */
  record Dict(Map<Value, Value> entries) implements Value {
    public Dict {
      Map<Value, Value> sorted = new TreeMap<>(ORDER);
      sorted.putAll(entries);
      entries = Collections.unmodifiableMap(sorted);
    }

    @Override
    public String brief() {
      return "a dict of " + entries.size();
    }

    /** Whether every key is a text. */
    public boolean hasTextKeys() {
      return entries.keySet().stream().allMatch(Text.class::isInstance);
    }
  }

  private static int compare(Value a, Value b) {
    if (a.getClass() != b.getClass()) {
      return a.getClass().getName().compareTo(b.getClass().getName());
    }
    if (a instanceof Bool x && b instanceof Bool y) {
      return Boolean.compare(x.value, y.value);
    }
    if (a instanceof Int x && b instanceof Int y) {
      return x.value.compareTo(y.value);
    }
    if (a instanceof Real x && b instanceof Real y) {
      return Double.compare(x.value, y.value);
    }
    if (a instanceof Decimal x && b instanceof Decimal y) {
      return x.value.compareTo(y.value);
    }
    if (a instanceof Fraction x && b instanceof Fraction y) {
      return x.numerator.multiply(y.denominator).compareTo(y.numerator.multiply(x.denominator));
    }
    if (a instanceof Text x && b instanceof Text y) {
      return x.value.compareTo(y.value);
    }
    if (a instanceof Bytes x && b instanceof Bytes y) {
      return x.hex.compareTo(y.hex);
    }
    if (a instanceof Sequence x && b instanceof Sequence y) {
      return x.tuple == y.tuple ? compareAll(x.items, y.items) : Boolean.compare(x.tuple, y.tuple);
    }
    if (a instanceof Items x && b instanceof Items y) {
      boolean same = x.frozen == y.frozen;
      return same ? compareAll(x.items, y.items) : Boolean.compare(x.frozen, y.frozen);
    }
    if (a instanceof Dict x && b instanceof Dict y) {
      int keys = compareAll(x.entries.keySet(), y.entries.keySet());
      return keys != 0 ? keys : compareAll(x.entries.values(), y.entries.values());
    }
    return 0; // None
  }

  private static int compareAll(Collection<Value> a, Collection<Value> b) {
    Iterator<Value> others = b.iterator();
    int order = Integer.compare(a.size(), b.size());
    for (Iterator<Value> own = a.iterator(); order == 0 && own.hasNext(); ) {
      order = compare(own.next(), others.next());
    }
    return order;
  }
}
