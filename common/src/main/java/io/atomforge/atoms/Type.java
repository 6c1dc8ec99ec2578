package io.atomforge.atoms;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * A Python type as written in a signature: {@code int}, {@code list[str]}, {@code dict[str, int]}.
 *
 * @param name one of int, float, bool, str, list, tuple, dict, set
 * @param arguments the types in brackets; empty for the first four
 */
public record Type(String name, List<Type> arguments) {
  private static final Map<String, Integer> ARITY =
      Map.of(
          "int", 0, "float", 0, "bool", 0, "str", 0, "list", 1, "set", 1, "dict", 2, "tuple", -1);

  public Type {
    arguments = List.copyOf(arguments);
    Integer arity = ARITY.get(name);
    if (arity == null) {
      throw new IllegalArgumentException(
          "unknown type " + name + "; known: int, float, bool, str, list, tuple, dict, set");
    }
    if (arity >= 0 ? arguments.size() != arity : arguments.isEmpty()) {
      throw new IllegalArgumentException(
          "type "
              + name
              + " takes "
              + (arity < 0 ? "1 or more" : arity)
              + " arguments, got "
              + arguments.size());
    }
  }

  /**
   * @throws IllegalArgumentException if the text is not a type
   */
  public static Type parse(String text) {
    int[] at = {0};
    String compact = text.replace(" ", "");
    Type type = parse(compact, at);
    if (at[0] != compact.length()) {
      throw new IllegalArgumentException("not a type: " + text);
    }
    return type;
  }

  private static Type parse(String text, int[] at) {
    int start = at[0];
    while (at[0] < text.length() && Character.isLetter(text.charAt(at[0]))) {
      at[0]++;
    }
    String name = text.substring(start, at[0]);
    List<Type> arguments = new ArrayList<>();
    if (at[0] < text.length() && text.charAt(at[0]) == '[') {
      do {
        at[0]++;
        arguments.add(parse(text, at));
      } while (at[0] < text.length() && text.charAt(at[0]) == ',');
      if (at[0] >= text.length() || text.charAt(at[0]) != ']') {
        throw new IllegalArgumentException("not a type: " + text);
      }
      at[0]++;
    }
    return new Type(name, arguments);
  }

  /** Whether a value of this type may be passed where {@code parameter} is expected. */
  public boolean fits(Type parameter) {
    if (equals(parameter)) {
      return true;
    }
    if (parameter.name.equals("float")) {
      return name.equals("int");
    }
    if (parameter.name.equals("list")) {
      Type element = parameter.arguments.get(0);
      return name.equals("list") && arguments.get(0).fits(element)
          || name.equals("tuple") && arguments.stream().allMatch(element::equals);
    }
    return false;
  }

  @Override
  public String toString() {
    return arguments.isEmpty()
        ? name
        : name + arguments.stream().map(Type::toString).collect(Collectors.joining(", ", "[", "]"));
  }
}
