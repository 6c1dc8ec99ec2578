package io.atomforge.sandbox;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A Python value of one of the exact types that travel between the JVM and a program. As a key of a
 * dict or an item of a set it is normalised by {@link #key()}, under which {@code equals} is
 * Python's equality, except that a bool is never a number.
 */
public sealed interface Value {
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

    @Override
    public String brief() {
      return Double.toString(value);
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
      return new Sequence(tuple, items.stream().map(Value::key).toList());
    }

    @Override
    public Value mixed() {
      return new Sequence(tuple, items.stream().map(Value::mixed).toList());
    }

    @Override
    public String brief() {
      return (tuple ? "a tuple of " : "a list of ") + items.size();
    }
  }

  /** A set, or a frozenset, of normalised items. */
  record Items(boolean frozen, Set<Value> items) implements Value {
    public Items {
      items = Set.copyOf(items);
    }

    @Override
    public Value mixed() {
      return new Items(false, items.stream().map(Value::mixed).collect(Collectors.toSet()));
    }

    @Override
    public String brief() {
      return (frozen ? "a frozenset of " : "a set of ") + items.size();
    }
  }

  /** A dict of normalised keys, in no order. */
  record Dict(Map<Value, Value> entries) implements Value {
    public Dict {
      entries = Map.copyOf(entries);
    }

    @Override
    public String brief() {
      return "a dict of " + entries.size();
    }

    boolean hasTextKeys() {
      return entries.keySet().stream().allMatch(Text.class::isInstance);
    }
  }
}
