package io.atomforge.jobs.data;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.atoms.Atom;
import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Split;
import io.atomforge.random.Hashes;
import io.atomforge.random.Seeds;
import io.atomforge.synthesis.Problem;
import io.atomforge.task.TaskLine;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Tasks that ask for a label of an atom: its description is given, and the answer is one of the
 * labels that the prompt lists. After the few-shot classification of CLS-RL, Li et al. 2025
 * (arXiv:2503.16188), where images stand in the place of descriptions: a few examples of each class
 * are trained on, and some classes are new at the test.
 *
 * @param shots examples of each class that are trained on, 1 or more
 * @param newClasses classes that are only tested, with prompts that list these classes alone
 */
public record LabelTasks(Kind kind, int shots, int newClasses, long seed) {
  /** What is asked of an atom. */
  public enum Kind {
    @JsonProperty("topic")
    TOPIC(Atom::topic, "Which topic is this task about", "这个任务属于哪个主题"),
    @JsonProperty("return_type")
    RETURN_TYPE(
        atom -> atom.returns().type().toString(), "Which type does this task return", "这个任务返回哪种类型");

    private final Function<Atom, String> label;
    private final String english;
    private final String chinese;

    Kind(Function<Atom, String> label, String english, String chinese) {
      this.label = label;
      this.english = english;
      this.chinese = chinese;
    }

    /** The family of its problems. */
    public String family() {
      return "label_" + name().toLowerCase(Locale.ROOT);
    }

    /** The family of problems of classes that are not trained on. */
    public String newFamily() {
      return family() + "_new";
    }
  }

  /**
   * @param atoms of which the base ones are asked about; a class counts if it has more of them than
   *     {@code shots}
   * @return problems of the training and the test split
   * @throws ConfigException if fewer than two classes are left to train on
   */
  public List<Problem> of(List<Atom> atoms) {
    Map<String, List<Atom>> classes =
        atoms.stream()
            .filter(atom -> atom.variant() == Atom.Variant.BASE)
            .sorted(Comparator.comparingLong(atom -> Seeds.derive(seed, "shots", atom.atomId())))
            .collect(Collectors.groupingBy(kind.label, TreeMap::new, Collectors.toList()));
    classes.values().removeIf(of -> of.size() <= shots);
    List<String> names = new ArrayList<>(classes.keySet());
    names.sort(Comparator.comparingLong(name -> Seeds.derive(seed, "classes", name)));
    int base = names.size() - newClasses;
    if (base < 2) {
      throw new ConfigException(
          "new_classes: %d of the %d classes that have more than %d atoms leave fewer than two to"
                  .formatted(newClasses, names.size(), shots)
              + " train on; lower new_classes or shots");
    }
    List<Problem> problems = new ArrayList<>();
    ask(problems, kind.family(), shots, classes, names.subList(0, base));
    ask(problems, kind.newFamily(), 0, classes, names.subList(base, names.size()));
    return problems;
  }

  private void ask(
      List<Problem> problems,
      String family,
      int trained,
      Map<String, List<Atom>> classes,
      List<String> names) {
    List<String> listed = names.stream().sorted().toList();
    for (String name : listed) {
      List<Atom> atoms = classes.getOrDefault(name, List.of());
      for (int i = 0; i < atoms.size(); i++) {
        Split split = i < trained ? Split.TRAIN : Split.TEST;
        problems.add(problem(family, atoms.get(i), name, listed, split));
      }
    }
  }

  private Problem problem(
      String family, Atom atom, String label, List<String> labels, Split split) {
    String english =
        "%s: %s? Task: %s."
            .formatted(kind.english, String.join(", ", labels), plain(atom.promptEn()));
    String chinese =
        "%s：%s？任务：%s。".formatted(kind.chinese, String.join("、", labels), plain(atom.promptZh()));
    String id = family + "/" + atom.atomId();
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("answer", label);
    TaskLine line = new TaskLine(id, english, "", false, List.of(label), answer);
    return new Problem(
        id,
        family,
        List.of(),
        0,
        "",
        "",
        english,
        chinese,
        label,
        label,
        List.of(line.stored()),
        0,
        "",
        Hashes.of(english),
        split.label());
  }

  /** A clause with the names of its parameters as words. */
  private static String plain(String clause) {
    return clause.replaceAll("[{}]", "");
  }
}
