package io.atomforge.synthesis;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.atoms.Atom;
import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/** The words of each language around the atoms' clauses. */
public enum Wording {
  ENGLISH(
      List.of(
          new Template("Write %s to ", "", ", then ", ", and finally ", ".", "the result"),
          new Template("Define %s: ", "first, ", "; next, ", "; last, ", ".", "what you have"),
          new Template("Implement %s: ", "", "; after that, ", "; then ", ".", "the result"),
          new Template("Given the arguments of %s, ", "", ", next ", ", then ", ".", "that value"),
          new Template("Complete %s. Task: ", "", "; then ", "; then ", ".", "the previous result"),
          new Template(
              "I need %s. It should ",
              "first ", ", after which it should ", ", and in the end ", ".", "the result so far")),
      Map.of(
          Form.APPLY,
          List.of(phrase("", "", "C")),
          Form.MAP,
          List.of(
              phrase(
                  "the element",
                  "",
                  "for each element of ",
                  "L",
                  ", ",
                  "C",
                  ", and collect the outcomes in a list"),
              phrase(
                  "v", "", "build a list by going through ", "L", " and, for each item v, ", "C"),
              phrase(
                  "the current item",
                  "",
                  "replace every item of ",
                  "L",
                  " by what you get when you ",
                  "C")),
          Form.FILTER,
          List.of(
              phrase(
                  "the element",
                  "",
                  "keep only those elements of ",
                  "L",
                  " for which you get ",
                  "D",
                  " when you ",
                  "C"),
              phrase(
                  "v", "", "select from ", "L", " every item v that gives ", "D", " if you ", "C"),
              phrase(
                  "the item",
                  "",
                  "remove each item of ",
                  "L",
                  " unless you get ",
                  "D",
                  " when you ",
                  "C")),
          Form.REDUCE,
          List.of(
              phrase(
                  "the running value",
                  "the element",
                  "start with ",
                  "I",
                  " as the running value and, for each element of ",
                  "L",
                  " in turn, ",
                  "C",
                  " to get the next one"),
              phrase(
                  "the value so far",
                  "the item",
                  "fold ",
                  "L",
                  " from left to right, beginning with ",
                  "I",
                  ": at each item, ",
                  "C")),
          Form.IF,
          List.of(
              phrase(
                  "", "", "if you get ", "D", " when you ", "C", ", ", "Y", "; otherwise, ", "N"),
              phrase(
                  "",
                  "",
                  "check whether you get ",
                  "D",
                  " when you ",
                  "C",
                  ": if so, ",
                  "Y",
                  "; if not, ",
                  "N"))),
      List.of("an even number", "an odd number", "a true value"),
      " (call this %s)",
      " and then ",
      "give back "),
  CHINESE(
      List.of(
          new Template("编写函数 %s：", "先", "，再", "，最后", "。", "上一步的结果"),
          new Template("请实现 %s，要求：", "首先", "；接着", "；然后", "。", "所得结果"),
          new Template("定义 %s，依次完成：", "", "；随后", "；最终", "。", "前一步的结果"),
          new Template("我需要 %s，它应当", "先", "，之后", "，最后", "。", "得到的结果")),
      Map.of(
          Form.APPLY,
          List.of(phrase("", "", "C")),
          Form.MAP,
          List.of(
              phrase("该元素", "", "对", "L", "中的每个元素，", "C", "，把各个结果依次收进一个列表"),
              phrase(" v ", "", "逐个处理", "L", "中的元素 v：", "C", "，并依次列出这些结果"),
              phrase("它", "", "把", "L", "的每一项替换为对它做如下处理的结果：", "C")),
          Form.FILTER,
          List.of(
              phrase("该元素", "", "只保留", "L", "中这样的元素：", "C", "，得到", "D"),
              phrase(" v ", "", "从", "L", "中选出所有满足条件的元素 v，条件是", "C", "时得到", "D"),
              phrase("它", "", "逐项检查", "L", "：", "C", "，得到的不是", "D", "就去掉这一项")),
          Form.REDUCE,
          List.of(
              phrase("当前值", "该元素", "以", "I", "为当前值，依次取", "L", "的每个元素，", "C", "，结果作为新的当前值"),
              phrase("累积值", "这一项", "从", "I", "开始，对", "L", "从左到右逐项累积，每一步都", "C")),
          Form.IF,
          List.of(
              phrase("", "", "如果", "C", "得到", "D", "，就", "Y", "；否则", "N"),
              phrase("", "", "判断", "C", "是否得到", "D", "：若是，则", "Y", "；若不是，则", "N"))),
      List.of("偶数", "奇数", "真值"),
      "（记为 %s）",
      "，再",
      "返回");

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
  record Template(
      String open, String first, String next, String last, String close, String result) {}

  /**
   * One way to say a form: texts, and letters for what stands between them. L is the list, I the
   * initial value, C the atom's clause, D the decision, Y and N the branches.
   *
   * @param first what the clause's first parameter is called, empty for what it is
   * @param second what its second parameter is called
   */
  record Phrase(String first, String second, List<String> parts) {}

  private final List<Template> templates;
  private final Map<Form, List<Phrase>> phrases;
  private final List<String> decisions;
  private final String naming;
  private final String and;
  private final String nothing;

  /**
   * @param decisions a result that means yes: even, odd, true
   * @param naming what gives a result a name
   * @param and between the clauses of a branch
   * @param nothing before what a branch without steps gives
   */
  Wording(
      List<Template> templates,
      Map<Form, List<Phrase>> phrases,
      List<String> decisions,
      String naming,
      String and,
      String nothing) {
    this.templates = templates;
    this.phrases = phrases;
    this.decisions = decisions;
    this.naming = naming;
    this.and = and;
    this.nothing = nothing;
  }

  private static Phrase phrase(String first, String second, String... parts) {
    return new Phrase(first, second, List.of(parts));
  }

  /** How many templates there are. */
  public int templates() {
    return templates.size();
  }

  Template template(int index) {
    return templates.get(index);
  }

  Phrase phrase(Form form, int template) {
    List<Phrase> options = Objects.requireNonNull(phrases.get(form), form::name);
    return options.get(template % options.size());
  }

  String prompt(Atom atom) {
    return this == ENGLISH ? atom.promptEn() : atom.promptZh();
  }

  /** What decides, in words. */
  String decision(Graph.Step step) {
    if (!step.byParity()) {
      return decisions.get(2);
    }
    Graph.Arg remainder = step.args().get(step.atom().params().size());
    JsonNode value = ((Graph.Arg.Literal) remainder).value();
    return decisions.get(value.asInt());
  }

  String naming() {
    return naming;
  }

  String and() {
    return and;
  }

  String nothing() {
    return nothing;
  }
}
