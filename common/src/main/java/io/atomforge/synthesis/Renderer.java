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
   * Words around the clauses.
   *
   * @param open what stands first; {@code %s} is the call with its parameters
   * @param first before the first clause when more follow
   * @param next before each clause in the middle
   * @param last before the last clause
   * @param close what stands last
   * @param result how a later clause calls what the step before gave
   */
  private record Template(
      String open, String first, String next, String last, String close, String result) {}

  private static final List<Template> ENGLISH =
      List.of(
          new Template("Write %s to ", "", ", then ", ", and finally ", ".", "the result"),
          new Template("Define %s: ", "first, ", "; next, ", "; last, ", ".", "what you have"),
          new Template("Implement %s: ", "", "; after that, ", "; then ", ".", "the result"),
          new Template("Given the arguments of %s, ", "", ", next ", ", then ", ".", "that value"),
          new Template("Complete %s. Task: ", "", "; then ", "; then ", ".", "the previous result"),
          new Template(
              "I need %s. It should ",
              "first ", ", after which it should ", ", and in the end ", ".", "the result so far"));

  private static final List<Template> CHINESE =
      List.of(
          new Template("编写函数 %s：", "先", "，再", "，最后", "。", "上一步的结果"),
          new Template("请实现 %s，要求：", "首先", "；接着", "；然后", "。", "所得结果"),
          new Template("定义 %s，依次完成：", "", "；随后", "；最终", "。", "前一步的结果"),
          new Template("我需要 %s，它应当", "先", "，之后", "，最后", "。", "得到的结果"));

  private Renderer() {}

  public static int englishTemplates() {
    return ENGLISH.size();
  }

  public static int chineseTemplates() {
    return CHINESE.size();
  }

  /**
   * The wiring alone; the atoms are expected in scope. Every step has the same form whatever its
   * place, so that what is learned of an atom alone can be used in a chain.
   */
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
    Iterator<Chain.Input> free = inputs.iterator();
    String value = free.next().name();
    for (int i = 0; i < chain.steps().size(); i++) {
      Chain.Step step = chain.steps().get(i);
      List<String> arguments = new ArrayList<>(List.of(value));
      step.sides().forEach(s -> arguments.add(s.isMissingNode() ? free.next().name() : python(s)));
      out.append("    x = ")
          .append(step.atom().name())
          .append(arguments.stream().collect(Collectors.joining(", ", "(", ")\n")));
      value = "x";
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
    StringBuilder out = new StringBuilder(template.open.replace("%s", call));
    Iterator<Chain.Input> free = inputs.iterator();
    String value = "`" + free.next().name() + "`";
    int size = chain.steps().size();
    for (int i = 0; i < size; i++) {
      Chain.Step step = chain.steps().get(i);
      if (size > 1) {
        out.append(i == 0 ? template.first : i == size - 1 ? template.last : template.next);
      }
      List<String> nouns = new ArrayList<>(List.of(value));
      step.sides()
          .forEach(s -> nouns.add(s.isMissingNode() ? "`" + free.next().name() + "`" : python(s)));
      out.append(fill(clause.of(step.atom()), name -> nouns.get(position(step.atom(), name))));
      value = template.result;
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
