package io.atomforge.task;

import io.atomforge.synthesis.AtomLibrary;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads a program as one term over its parameters, without running it. It knows the language in
 * which {@link io.atomforge.synthesis.Renderer} writes: one function of assignments, {@code for}
 * loops of one assignment and {@code if} with {@code else}, which ends with {@code return}.
 * Expressions are variables, literals, calls of atoms by place and comprehensions over one list;
 * unlike the renderer's they may stand in each other. What reading refuses may still be right
 * Python; what it accepts does nothing but what the term says, since a name that is an atom's is
 * never assigned and nothing else can be called.
 */
final class WiringReader {
  /** Nested expressions and blocks; Python itself takes at most 100 blocks. */
  private static final int DEEPEST = 100;

  /** A program in another language; never leaves this class. */
  private static final class UnreadableException extends RuntimeException {
    private static final long serialVersionUID = 1;

    UnreadableException() {
      super("", null, false, false);
    }
  }

  /**
   * A function.
   *
   * @param parameters how many it has
   * @param result the term that it returns
   */
  record Wiring(String function, int parameters, int result) {}

  private final AtomLibrary library;
  private final Terms terms;
  private final List<String> tokens;
  private int next;
  private int nesting;

  /** The closed term that each assigned variable stands for. */
  private Map<String, Integer> variables = new HashMap<>();

  /** The variables that the expression being read binds, innermost last. */
  private final List<String> bound = new ArrayList<>();

  private WiringReader(AtomLibrary library, Terms terms, List<String> tokens) {
    this.library = library;
    this.terms = terms;
    this.tokens = tokens;
  }

  /**
   * @param terms takes what the program consists of
   * @return empty if the program is written in another language
   */
  static Optional<Wiring> read(AtomLibrary library, Terms terms, String program) {
    try {
      return PythonTokens.of(program).map(t -> new WiringReader(library, terms, t).function());
    } catch (UnreadableException e) {
      return Optional.empty();
    }
  }

  private Wiring function() {
    take("def");
    String function = assignable();
    take("(");
    while (!takes(")")) {
      if (!variables.isEmpty()) {
        take(",");
      }
      require(variables.put(name(), terms.parameter(variables.size())) == null);
    }
    int parameters = variables.size();
    take(":");
    boolean block = begin();
    while (!at("return")) {
      statement();
    }
    take("return");
    int result = expression();
    take(PythonTokens.NEWLINE);
    end(block);
    require(at(PythonTokens.END));
    return new Wiring(function, parameters, result);
  }

  /** Whether a block of lines begins; if not, one statement follows on the same line. */
  private boolean begin() {
    boolean block = takes(PythonTokens.NEWLINE);
    if (block) {
      take(PythonTokens.INDENT);
    }
    require(++nesting <= DEEPEST);
    return block;
  }

  private void end(boolean block) {
    if (block) {
      take(PythonTokens.DEDENT);
    }
    nesting--;
  }

  private void statement() {
    switch (tokens.get(next)) {
      case "for" -> loop();
      case "if" -> decision();
      default -> {
        String variable = assignable();
        take("=");
        variables.put(variable, expression());
        take(PythonTokens.NEWLINE);
      }
    }
  }

  /** A fold: the only statement of the loop assigns to a variable that has a value before. */
  private void loop() {
    take("for");
    String element = assignable();
    take("in");
    int list = expression();
    take(":");
    boolean block = begin();
    String held = assignable();
    Integer start = variables.get(held);
    require(start != null && !held.equals(element));
    take("=");
    bound.add(element);
    bound.add(held);
    int body = expression();
    bound.clear();
    take(PythonTokens.NEWLINE);
    end(block);
    variables.put(held, terms.step("for", List.of(start, list), List.of(body), 2));
    // After the loop it holds the last element, or what it held before an empty list.
    variables.remove(element);
  }

  private void decision() {
    take("if");
    int condition = condition();
    Map<String, Integer> before = variables;
    Map<String, Integer> yes = branch(before);
    take("else");
    Map<String, Integer> no = branch(before);
    variables = new HashMap<>();
    yes.forEach(
        (variable, value) -> {
          Integer other = no.get(variable);
          if (other != null) {
            boolean same = other.equals(value);
            variables.put(
                variable, same ? value : terms.step("if", List.of(condition, value, other)));
          }
        });
  }

  private Map<String, Integer> branch(Map<String, Integer> before) {
    variables = new HashMap<>(before);
    take(":");
    boolean block = begin();
    do {
      statement();
    } while (block && !at(PythonTokens.DEDENT));
    end(block);
    return variables;
  }

  /** A value, or whether its remainder is a given number. */
  private int condition() {
    int value = expression();
    if (!takes("%")) {
      return value;
    }
    String divisor = literal();
    take("==");
    return terms.test("%" + divisor + "==" + literal(), value);
  }

  private int expression() {
    require(++nesting <= DEEPEST);
    int term = primary();
    nesting--;
    return term;
  }

  private int primary() {
    if (takes("(")) {
      int inner = expression();
      take(")");
      return inner;
    }
    if (at("[") && comprehensionAt() > 0) {
      return comprehension();
    }
    if (!isName(tokens.get(next)) || isConstant(tokens.get(next))) {
      return terms.literal(literal());
    }
    String name = name();
    return at("(") ? call(name) : variable(name);
  }

  private int call(String atom) {
    require(library.has(atom) && !bound.contains(atom) && !variables.containsKey(atom));
    take("(");
    List<Integer> args = new ArrayList<>();
    while (!takes(")")) {
      if (!args.isEmpty()) {
        take(",");
      }
      args.add(expression());
    }
    return terms.step(atom, args);
  }

  private int variable(String name) {
    int place = bound.lastIndexOf(name);
    if (place >= 0) {
      return terms.bound(bound.size() - place);
    }
    Integer value = variables.get(name);
    if (value == null) {
      throw new UnreadableException();
    }
    return value;
  }

  /** The element stands before the variable that it uses, so it is read last. */
  private int comprehension() {
    int element = next + 1;
    int middle = comprehensionAt();
    next = middle;
    take("for");
    String variable = name();
    take("in");
    int list = expression();
    bound.add(variable);
    List<Integer> inside = new ArrayList<>();
    if (takes("if")) {
      inside.add(condition());
    }
    take("]");
    int after = next;
    next = element;
    inside.add(expression());
    require(next == middle);
    bound.remove(bound.size() - 1);
    next = after;
    return terms.step("[]", List.of(list), inside, 1);
  }

  /** The place of the {@code for} of the brackets that begin here, 0 if they have none. */
  private int comprehensionAt() {
    int brackets = 0;
    for (int i = next; i < tokens.size(); i++) {
      brackets += "([{".contains(tokens.get(i)) ? 1 : ")]}".contains(tokens.get(i)) ? -1 : 0;
      if (brackets <= 1 && (brackets == 0 || tokens.get(i).equals("for"))) {
        return brackets == 0 ? 0 : i;
      }
    }
    return 0;
  }

  /** A number, a text, a constant, or a list of such. */
  private String literal() {
    if (takes("[")) {
      require(++nesting <= DEEPEST);
      List<String> elements = new ArrayList<>();
      while (!takes("]")) {
        if (!elements.isEmpty()) {
          take(",");
        }
        elements.add(literal());
      }
      nesting--;
      return elements.toString();
    }
    String sign = takes("-") ? "-" : "";
    String token = tokens.get(next++);
    char first = token.isEmpty() ? ' ' : token.charAt(0);
    boolean text = token.length() > 1 && (first == '\'' || first == '"') && sign.isEmpty();
    require(text || first >= '0' && first <= '9' || isConstant(token) && sign.isEmpty());
    boolean plain = text && !token.contains("\\") && !token.contains("'");
    return sign + (plain ? token.replace('"', '\'') : token);
  }

  /** A name that may be given a value without hiding an atom. */
  private String assignable() {
    String name = name();
    require(!library.has(name));
    return name;
  }

  private String name() {
    String name = tokens.get(next++);
    require(isName(name) && !isConstant(name));
    return name;
  }

  /** Names in other letters are refused: Python takes some of them for the same name. */
  private static boolean isName(String token) {
    return token.matches("[A-Za-z_].*");
  }

  private static boolean isConstant(String token) {
    return token.equals("True") || token.equals("False") || token.equals("None");
  }

  private boolean at(String token) {
    return tokens.get(next).equals(token);
  }

  private boolean takes(String token) {
    boolean there = at(token);
    next += there ? 1 : 0;
    return there;
  }

  private void take(String token) {
    require(takes(token));
  }

  private static void require(boolean readable) {
    if (!readable) {
      throw new UnreadableException();
    }
  }
}
