package io.atomforge.jobs.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.config.ConfigException;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Problem;
import io.atomforge.task.Task;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelTasksTest {
  private static final List<Atom> ATOMS = AtomCatalog.load("").atoms();

  private static List<Problem> topics(int shots, int newClasses) {
    return new LabelTasks(LabelTasks.Kind.TOPIC, shots, newClasses, 17).of(ATOMS);
  }

  private static Map<String, Long> count(List<Problem> problems) {
    return problems.stream()
        .collect(Collectors.groupingBy(p -> p.family() + " " + p.split(), Collectors.counting()));
  }

  @Test
  void someAtomsOfEachOldClassAreTrainedOnAndNewClassesAreOnlyTested() {
    List<Problem> problems = topics(4, 5);
    assertThat(count(problems))
        .isEqualTo(
            Map.of("label_topic train", 20L, "label_topic test", 30L, "label_topic_new test", 50L));
    assertThat(count(topics(1, 0)))
        .isEqualTo(Map.of("label_topic train", 10L, "label_topic test", 90L));
    assertThat(
            problems.stream()
                .filter(p -> p.split().equals("train"))
                .collect(Collectors.groupingBy(Problem::referenceCall, Collectors.counting()))
                .values())
        .hasSize(5)
        .containsOnly(4L);
    assertThat(problems.stream().map(Problem::fingerprint).distinct()).hasSize(100);
  }

  @Test
  void aPromptListsTheLabelsOfItsFamilyAndNeverNamesTheAtom() {
    for (Problem p : topics(4, 5)) {
      String listed =
          p.promptEn().substring(p.promptEn().indexOf(':') + 1, p.promptEn().indexOf('?'));
      Set<String> labels = Set.of(listed.strip().split(", "));
      assertThat(labels).hasSize(5).contains(p.referenceCall());
      assertThat(p.promptZh()).contains(labels).doesNotContain("{");
      assertThat(p.promptEn())
          .doesNotContain("{")
          .doesNotContain(p.problemId().replaceAll(".*/", ""));
    }
  }

  @Test
  void aTypeWithFewAtomsIsNoClass() {
    List<Problem> types = new LabelTasks(LabelTasks.Kind.RETURN_TYPE, 4, 1, 17).of(ATOMS);
    assertThat(types.stream().map(Problem::referenceCall)).contains("int", "list[int]");
    Map<String, Long> all =
        ATOMS.stream()
            .filter(a -> a.variant() == Atom.Variant.BASE)
            .collect(
                Collectors.groupingBy(a -> a.returns().type().toString(), Collectors.counting()));
    assertThat(types.stream().map(Problem::referenceCall).distinct())
        .allMatch(type -> all.getOrDefault(type, 0L) > 4);
  }

  /** The reward without thinking: the whole text is the label. */
  @ParameterizedTest
  @CsvSource({
    "'%s', PASSED",
    "' %s\n', PASSED",
    "'%s.', WRONG_ANSWER",
    "'the %s', WRONG_ANSWER",
    "'%S', WRONG_ANSWER",
    "'<answer>%s</answer>', WRONG_ANSWER",
    "'', WRONG_ANSWER"
  })
  void theLabelAloneIsRight(String completion, Outcome outcome) {
    Problem problem = topics(4, 5).get(0);
    Task task = Task.of(problem, problem.promptEn(), "program");
    assertThat(
            task.judge(
                    Sandbox.shared(SandboxSettings.DEFAULT),
                    new AtomLibrary(ATOMS),
                    completion.formatted(problem.referenceCall()))
                .outcome())
        .isEqualTo(outcome);
  }

  @Test
  void tooFewClassesAreRefused() {
    assertThatThrownBy(() -> topics(4, 9))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("new_classes: 9 of the 10 classes that have more than 4 atoms");
    assertThatThrownBy(() -> topics(10, 0)).hasMessageContaining("0 of the 0 classes");
  }
}
