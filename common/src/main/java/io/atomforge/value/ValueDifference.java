package io.atomforge.value;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.Comparator;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Compares two values; each method returns the first difference, null if there is none. */
record ValueDifference(Equality equality) {
  /** The first difference of two results. */
  @Nullable String between(String at, Value expected, Value actual) {
    return equality.unordered()
            && expected instanceof Value.Sequence e
            && actual instanceof Value.Sequence a
        ? sequences(at, inOrder(e), inOrder(a))
        : differs(at, expected, actual);
  }

  /** With the items in an order that all orders of them lead to. */
  private Value.Sequence inOrder(Value.Sequence sequence) {
    Comparator<Value> order =
        Comparator.comparing(i -> equality.numbersMix() ? i.key().mixed() : i.key(), Value.ORDER);
    return new Value.Sequence(sequence.tuple(), sequence.items().stream().sorted(order).toList());
  }

  private @Nullable String differs(String at, Value expected, Value actual) {
    if (expected instanceof Value.Sequence e && actual instanceof Value.Sequence a) {
      return sequences(at, e, a);
    }
    if (expected instanceof Value.Dict e && actual instanceof Value.Dict a) {
      return dicts(at, e, a);
    }
    return scalarsEqual(expected, actual) ? null : at + ": " + message(expected, actual);
  }

  private boolean scalarsEqual(Value expected, Value actual) {
    if (equality.numbersMix() && expected instanceof Value.Bool b) {
      return scalarsEqual(b.asInt(), actual);
    }
    if (equality.numbersMix() && actual instanceof Value.Bool b) {
      return scalarsEqual(expected, b.asInt());
    }
    if (expected instanceof Value.Real e && actual instanceof Value.Real a) {
      return realsEqual(e.value(), a.value());
    }
    if (expected instanceof Value.Int e && actual instanceof Value.Real a) {
      return a.equalsExactly(new BigDecimal(e.value())) || mixedClose(e.value(), a.value());
    }
    if (expected instanceof Value.Real e && actual instanceof Value.Int a) {
      return e.equalsExactly(new BigDecimal(a.value())) || mixedClose(a.value(), e.value());
    }
    if (expected instanceof Value.Int e && actual instanceof Value.Int a) {
      return e.equals(a) || mixedClose(e.value(), a.value().doubleValue());
    }
    if (isExact(expected) || isExact(actual)) {
      return exactEqual(expected, actual);
    }
    if (expected instanceof Value.Items e && actual instanceof Value.Items a) {
      return (e.frozen() == a.frozen() || equality.setsEqualFrozensets())
          && hashed(e.items()).equals(hashed(a.items()));
    }
    return expected.equals(actual);
  }

  private boolean realsEqual(double expected, double actual) {
    boolean bothNan = Double.isNaN(expected) && Double.isNaN(actual);
    return expected == actual || close(expected, actual) || (bothNan && equality.nanEqualsNan());
  }

  private boolean mixedClose(BigInteger whole, double real) {
    return equality.numbersMix() && close(whole.doubleValue(), real);
  }

  private boolean close(double expected, double actual) {
    double larger = Math.max(Math.abs(expected), Math.abs(actual));
    double allowed = Math.max(equality.relativeTolerance() * larger, equality.absoluteTolerance());
    return Double.isFinite(larger) && allowed > 0 && Math.abs(actual - expected) <= allowed;
  }

  /** Keys or items as Python hashes them: True is 1 where numbers mix. */
  private Set<Value> hashed(Set<Value> keys) {
    return equality.numbersMix()
        ? ((Value.Items) new Value.Items(false, keys).mixed()).items()
        : keys;
  }

  private boolean isExact(Value value) {
    return value instanceof Value.Decimal || value instanceof Value.Fraction;
  }

  /** Two numbers of which one is a Decimal or a Fraction; the two do not equal each other. */
  private boolean exactEqual(Value a, Value b) {
    if (a instanceof Value.Decimal && b instanceof Value.Fraction
        || a instanceof Value.Fraction && b instanceof Value.Decimal) {
      return false;
    }
    if (a instanceof Value.Fraction x && b instanceof Value.Fraction y) {
      return x.equals(y);
    }
    if (!isExact(a)) {
      return exactEqual(b, a);
    }
    BigDecimal other = decimal(b);
    if (other == null) {
      return false;
    }
    boolean equal =
        a instanceof Value.Fraction x
            ? x.equalsExactly(other)
            : ((Value.Decimal) a).value().compareTo(other) == 0;
    return equal || equality.numbersMix() && close(real(a), other.doubleValue());
  }

  /** A number as a BigDecimal, null of what has none. */
  private static @Nullable BigDecimal decimal(Value value) {
    if (value instanceof Value.Real real) {
      return Double.isFinite(real.value()) ? new BigDecimal(real.value()) : null;
    }
    if (value instanceof Value.Int whole) {
      return new BigDecimal(whole.value());
    }
    return value instanceof Value.Decimal decimal ? decimal.value() : null;
  }

  private static double real(Value exact) {
    return exact instanceof Value.Fraction f
        ? f.doubleValue()
        : ((Value.Decimal) exact).value().doubleValue();
  }

  private @Nullable String sequences(String at, Value.Sequence expected, Value.Sequence actual) {
    if (expected.tuple() != actual.tuple() && !equality.tuplesEqualLists()) {
      return at + ": " + message(expected, actual);
    }
    int shared = Math.min(expected.items().size(), actual.items().size());
    for (int i = 0; i < shared; i++) {
      String inner = differs(at + "[" + i + "]", expected.items().get(i), actual.items().get(i));
      if (inner != null) {
        return inner;
      }
    }
    boolean same = expected.items().size() == actual.items().size();
    return same ? null : at + ": " + message(expected, actual);
  }

  private @Nullable String dicts(String at, Value.Dict expected, Value.Dict actual) {
    Map<Value, Value> found = actual.entries();
    if (equality.numbersMix()) {
      found = new TreeMap<>(Value.ORDER);
      for (Map.Entry<Value, Value> entry : actual.entries().entrySet()) {
        found.put(entry.getKey().mixed(), entry.getValue());
      }
    }
    for (Map.Entry<Value, Value> entry : expected.entries().entrySet()) {
      Value key = equality.numbersMix() ? entry.getKey().mixed() : entry.getKey();
      String name = at + "[" + key.brief() + "]";
      Value value = found.get(key);
      String inner = value == null ? name + ": missing" : differs(name, entry.getValue(), value);
      if (inner != null) {
        return inner;
      }
    }
    boolean same = expected.entries().size() == actual.entries().size();
    return same ? null : at + ": " + message(expected, actual);
  }

  private static String message(Value expected, Value actual) {
    return "expected " + expected.brief() + ", got " + actual.brief();
  }
}
