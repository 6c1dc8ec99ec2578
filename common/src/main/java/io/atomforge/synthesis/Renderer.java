package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.atoms.Atom;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.UnaryOperator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes a chain as code in both styles and as a prompt in both languages. */
public final class Renderer {
  /** The function that every composite defines. */
  public static final String ENTRY_POINT = "solve";

  private static final Pattern PLACE = Pattern.compile("\\{(\\w+)}");

  /**
   * Words around the clauses. Each clause stands in the same words whatever its place, as each step
   * has the same form in the code: what is learned of an atom alone is then what a chain needs of
   * it.
   *
   * @param open what stands first; {@code %1$s} is the call, {@code %2$s} the first input
   * @param join before each clause
   * @param close what stands last
   * @param value how each clause calls the value that it works on
   */
  private record Template(String open, String join, String close, String value) {}

  private static final List<Template> ENGLISH =
      List.of(
          new Template("Write %1$s. Start with `%2$s`", ", then ", ", and return it.", "it"),
          new Template("Define %1$s: take `%2$s`", "; ", "; return that.", "the value"),
          new Template("Implement %1$s. Begin with `%2$s`", "; next, ", ".", "what you have"),
          new Template(
              "Complete %1$s. Given `%2$s`", ", now ", ". Return the outcome.", "that value"));

  private static final List<Template> CHINESE =
      List.of(
          new Template("编写函数 %1$s。从`%2$s`开始", "，然后", "，最后返回结果。", "它"),
          new Template("请实现 %1$s：取`%2$s`", "；再", "；返回结果。", "当前的值"),
          new Template("定义 %1$s。给定`%2$s`", "，接着", "。", "所得的结果"));

  private Renderer() {}

  public static int englishTemplates() {
    return ENGLISH.size();
  }

  public static int chineseTemplates() {
    return CHINESE.size();
  }

  /** The wiring alone; the atoms are expected in scope. */
  public static String call(Chain chain) {
    return call(chain, ENTRY_POINT);
  }

  /** The wiring alone as a function of another name. */
  static String call(Chain chain, String function) {
    List<Chain.Input> inputs = chain.inputs();
    StringBuilder out =
        new StringBuilder("def ")
            .append(function)
            .append(
                inputs.stream()
                    .map(Chain.Input::name)
                    .collect(Collectors.joining(", ", "(", "):\n")));
    Iterator<Chain.Input> free = inputs.subList(1, inputs.size()).iterator();
    out.append("    x = ").append(inputs.get(0).name()).append('\n');
    for (Chain.Step step : chain.steps()) {
      List<String> arguments = new ArrayList<>(List.of("x"));
      step.sides().forEach(s -> arguments.add(s.isMissingNode() ? free.next().name() : python(s)));
      out.append("    x = ")
          .append(step.atom().name())
          .append(arguments.stream().collect(Collectors.joining(", ", "(", ")\n")));
    }
    return out.append("    return x\n").toString();
  }

  /** A complete program: imports, the atoms' own code, the wiring. */
  public static String inline(Chain chain) {
    return definitions(chain.atoms()) + "\n\n" + call(chain);
  }

  /**
   * @return imports first, then each atom's function once, in order
   */
  public static String definitions(Iterable<Atom> atoms) {
    Set<String> imports = new LinkedHashSet<>();
    Set<String> bodies = new LinkedHashSet<>();
    for (Atom atom : atoms) {
      int def = atom.code().startsWith("def ") ? 0 : atom.code().indexOf("\ndef ") + 1;
      atom.code().substring(0, def).lines().filter(l -> !l.isBlank()).forEach(imports::add);
      bodies.add(atom.code().substring(def));
    }
    return (imports.isEmpty() ? "" : String.join("\n", imports) + "\n\n\n")
        + String.join("\n\n\n", bodies);
  }

  /**
   * @param template 0 to {@link #englishTemplates} - 1
   */
  public static String english(Chain chain, int template) {
    return prompt(chain, ENGLISH.get(template), Atom::promptEn);
  }

  /**
   * @param template 0 to {@link #chineseTemplates} - 1
   */
  public static String chinese(Chain chain, int template) {
    return prompt(chain, CHINESE.get(template), Atom::promptZh);
  }

  private interface Clause {
    String of(Atom atom);
  }

  private static String prompt(Chain chain, Template template, Clause clause) {
    List<Chain.Input> inputs = chain.inputs();
    String call =
        inputs.stream()
            .map(Chain.Input::name)
            .collect(Collectors.joining(", ", ENTRY_POINT + "(", ")"));
    StringBuilder out = new StringBuilder(template.open.formatted(call, inputs.get(0).name()));
    Iterator<Chain.Input> free = inputs.subList(1, inputs.size()).iterator();
    for (Chain.Step step : chain.steps()) {
      List<String> nouns = new ArrayList<>(List.of(template.value));
      step.sides()
          .forEach(s -> nouns.add(s.isMissingNode() ? "`" + free.next().name() + "`" : python(s)));
      out.append(template.join)
          .append(fill(clause.of(step.atom()), name -> nouns.get(position(step.atom(), name))));
    }
    return out.append(template.close).toString();
  }

  private static int position(Atom atom, String name) {
    return atom.params().stream().map(Atom.Parameter::name).toList().indexOf(name);
  }

  private static String fill(String clause, UnaryOperator<String> noun) {
    return PLACE.matcher(clause).replaceAll(m -> Matcher.quoteReplacement(noun.apply(m.group(1))));
  }

  /** A literal as Python source. */
  private static String python(JsonNode literal) {
    if (literal.isTextual()) {
      String text = literal.asText();
      String quote = text.contains("'") ? "\"" : "'";
      return quote
          + text.replace("\\", "\\\\").replace("\n", "\\n").replace(quote, "\\" + quote)
          + quote;
    }
    return literal.isBoolean() ? (literal.asBoolean() ? "True" : "False") : literal.toString();
  }
}
