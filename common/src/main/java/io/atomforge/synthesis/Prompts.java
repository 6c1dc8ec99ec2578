package io.atomforge.synthesis;

import io.atomforge.atoms.Atom;
import io.atomforge.graph.Blocks;
import io.atomforge.graph.Form;
import io.atomforge.graph.Graph;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;

/**
 * Writes a graph as a prompt in one language. It keeps what it has prepared of each atom, so one
 * serves many graphs, in one thread.
 */
public final class Prompts {
  private final Wording wording;
  private final Map<Atom, Clause> clauses = new IdentityHashMap<>();
  private final StringBuilder out = new StringBuilder(512);

  public Prompts(Wording wording) {
    this.wording = wording;
  }

  /** An atom's clause, cut at its places: text, place, text, ..., text. */
  private record Clause(String[] texts, int[] params) {
    static Clause of(String text, Atom atom) {
      List<String> names = atom.params().stream().map(Atom.Parameter::name).toList();
      List<String> texts = new ArrayList<>();
      List<Integer> params = new ArrayList<>();
      int start = 0;
      for (int open = text.indexOf('{'); open >= 0; open = text.indexOf('{', open + 1)) {
        int close = text.indexOf('}', open);
        int param = close < 0 ? -1 : names.indexOf(text.substring(open + 1, close));
        if (param >= 0) {
          texts.add(text.substring(start, open));
          params.add(param);
          start = close + 1;
        }
      }
      texts.add(text.substring(start));
      return new Clause(
          texts.toArray(String[]::new), params.stream().mapToInt(Integer::intValue).toArray());
    }
  }

  /**
   * @param template 0 to {@link Wording#templates} - 1
   */
  public String write(Graph graph, int template) {
    out.setLength(0);
    Wording.Template words = wording.template(template);
    int split = words.open().indexOf("%s");
    out.append(words.open(), 0, split).append(Graph.ENTRY_POINT).append('(');
    for (int i = 0; i < graph.inputs().size(); i++) {
      out.append(i == 0 ? "" : ", ").append(graph.inputs().get(i).name());
    }
    out.append(')').append(words.open(), split + 2, words.open().length());
    int end = graph.steps().size() - 1;
    Writing writing = new Writing(graph, words, template, names(graph));
    if (graph.steps().get(end).form() != Form.IF) {
      for (int i = 0; i <= end; i++) {
        join(words, i, end + 1);
        writing.step(i);
      }
    } else {
      writing.conditional(Blocks.of(graph));
    }
    return out.append(words.close()).toString();
  }

  private void join(Wording.Template words, int place, int count) {
    if (count > 1) {
      out.append(place == 0 ? words.first() : place == count - 1 ? words.last() : words.next());
    }
  }

  /** A letter for each result that is not used once, by the step right after it. */
  private static String[] names(Graph graph) {
    String[] names = new String[graph.steps().size()];
    int[] uses = new int[names.length];
    char letter = 'A';
    boolean[] elsewhere = new boolean[names.length];
    for (int i = 0; i < names.length; i++) {
      for (Graph.Arg arg : graph.steps().get(i).args()) {
        if (arg instanceof Graph.Arg.Result r) {
          uses[r.step()]++;
          elsewhere[r.step()] |= r.step() != i - 1;
        }
      }
    }
    boolean conditional = graph.steps().get(names.length - 1).form() == Form.IF;
    Blocks blocks = conditional ? Blocks.of(graph) : new Blocks(-1, 0, 0);
    for (int i = 0; i < names.length - 1; i++) {
      // The ends of branches are used by the IF itself, which needs no word for them.
      if ((uses[i] > 1 || elsewhere[i]) && (blocks.before() >> i & 1) == 1) {
        names[i] = String.valueOf(letter++);
      }
    }
    return names;
  }

  /** One prompt in the making. */
  private final class Writing {
    private final Graph graph;
    private final Wording.Template words;
    private final int template;
    private final String[] names;

    Writing(Graph graph, Wording.Template words, int template, String[] names) {
      this.graph = graph;
      this.words = words;
      this.template = template;
      this.names = names;
    }

    void step(int i) {
      Graph.Step step = graph.steps().get(i);
      Wording.Phrase phrase = wording.phrase(step.form(), template);
      for (String part : phrase.parts()) {
        switch (part) {
          case "L" -> noun(step.args().get(step.form() == Form.REDUCE ? 1 : 0));
          case "I" -> noun(step.args().get(0));
          case "C" -> clause(step, phrase);
          case "D" -> out.append(wording.decision(step));
          default -> out.append(part);
        }
      }
      if (names[i] != null) {
        out.append(wording.naming().replace("%s", names[i]));
      }
    }

    void conditional(Blocks blocks) {
      int last = graph.steps().size() - 1;
      int count = Integer.bitCount(blocks.before()) + 1;
      int place = 0;
      for (int i = 0; i < last; i++) {
        if ((blocks.before() >> i & 1) == 1) {
          join(words, place++, count);
          step(i);
        }
      }
      join(words, place, count);
      Graph.Step test = graph.steps().get(last);
      Wording.Phrase phrase = wording.phrase(Form.IF, template);
      for (String part : phrase.parts()) {
        switch (part) {
          case "C" -> clause(test, phrase);
          case "D" -> out.append(wording.decision(test));
          case "Y" -> branch(blocks.yes(), test.args().get(test.args().size() - 2));
          case "N" -> branch(blocks.no(), test.args().get(test.args().size() - 1));
          default -> out.append(part);
        }
      }
    }

    private void branch(int block, Graph.Arg result) {
      boolean first = true;
      for (int i = 0; block >> i != 0; i++) {
        if ((block >> i & 1) == 1) {
          out.append(first ? "" : wording.and());
          step(i);
          first = false;
        }
      }
      if (first) {
        out.append(wording.nothing());
        noun(result);
      }
    }

    private void clause(Graph.Step step, Wording.Phrase phrase) {
      Clause clause = clauses.computeIfAbsent(step.atom(), a -> Clause.of(wording.prompt(a), a));
      for (int i = 0; i < clause.params.length; i++) {
        out.append(clause.texts[i]);
        int param = clause.params[i];
        String other = param == 0 ? phrase.first() : param == 1 ? phrase.second() : "";
        if (other.isEmpty()) {
          noun(step.args().get(param));
        } else {
          out.append(other);
        }
      }
      out.append(clause.texts[clause.texts.length - 1]);
    }

    private void noun(Graph.Arg arg) {
      if (arg instanceof Graph.Arg.Free free) {
        out.append('`').append(graph.inputs().get(free.input()).name()).append('`');
      } else if (arg instanceof Graph.Arg.Literal literal) {
        out.append(Renderer.python(literal.value()));
      } else {
        int step = ((Graph.Arg.Result) arg).step();
        out.append(names[step] == null ? words.result() : names[step]);
      }
    }
  }
}
