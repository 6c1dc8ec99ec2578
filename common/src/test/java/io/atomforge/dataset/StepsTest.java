package io.atomforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.dataset.Pairing.Backtracking;
import io.atomforge.dataset.Steps.Content;
import io.atomforge.dataset.Steps.Detour;
import io.atomforge.synthesis.Problem;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StepsTest {
  private static final List<String> FUNCTIONS = List.of("add", "double", "halve", "sort", "sum");
  private static final String CODE =
      "def solve(n):\n    x = add(n, 1)\n    y = [double(v) for v in x]\n    return sum(y)\n";

  private static Problem problem(String id) {
    return new Problem(
        id,
        "composite_a",
        List.of("add"),
        1,
        "solve",
        "",
        "Do it.",
        "",
        CODE,
        CODE,
        List.of(),
        0,
        "",
        "",
        "train");
  }

  private static Steps steps(String id, Content content) {
    return Steps.of(problem(id), FUNCTIONS, content);
  }

  private static String text(String id, int detours, Content content) {
    Backtracking pairing = new Backtracking("composite_a", detours, content);
    return pairing
        .pair(new Example(id, problem(id), "", List.of(), FUNCTIONS), Language.EN, Style.CALL)
        .completion();
  }

  private static Stream<String> ids() {
    return Stream.of("a", "b", "c", "d", "e", "f");
  }

  @Test
  void withoutDetoursTheTraceIsWhatTheCodeCalls() {
    assertThat(text("a", 0, Content.REFERENCE))
        .isEqualTo("# 1. add\n# 2. double\n# 3. sum\n" + CODE.stripTrailing());
  }

  @Test
  void aDetourGoesToTheEndSaysThatItFailsAndGoesOnWhereItBegan() {
    Steps steps = new Steps(List.of("add", "sum"), List.of("add", "sort", "sum"), 5);
    Detour detour = steps.detours(1).get(0);
    String wrong = Steps.numbered(detour.steps(), detour.from(), "# ");
    assertThat(steps.text(1))
        .isEqualTo(
            detour.from() == 0
                ? wrong + "# This fails; back to the start.\n# 1. add\n# 2. sum\n"
                : "# 1. add\n" + wrong + "# This fails; back to step 1.\n# 2. sum\n");
    assertThat(detour.steps()).hasSize(2 - detour.from());
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 4, 12})
  void aTraceHasSoManyDifferentDetoursInOrderAndEndsInTheCode(int detours) {
    ids()
        .forEach(
            id -> {
              List<Detour> taken = steps(id, Content.REFERENCE).detours(detours);
              assertThat(taken).hasSize(detours).doesNotHaveDuplicates();
              assertThat(taken).extracting(Detour::from).isSorted();
              assertThat(taken)
                  .allSatisfy(
                      d ->
                          assertThat(d.steps())
                              .zipSatisfy(
                                  List.of("add", "double", "sum").subList(d.from(), 3),
                                  (wrong, right) -> assertThat(wrong).isNotEqualTo(right)));
              String text = text(id, detours, Content.REFERENCE);
              assertThat(text.lines().filter(l -> l.startsWith("# This fails; back to ")))
                  .hasSize(detours);
              assertThat(text).endsWith("\n" + CODE.stripTrailing());
              assertThat(withoutDetours(text)).isEqualTo(text(id, 0, Content.REFERENCE));
            });
  }

  /** Takes the lines from the step that is come back to up to the one that says so out. */
  private static String withoutDetours(String text) {
    List<String> kept = new java.util.ArrayList<>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("# This fails")) {
        int back = line.endsWith("start.") ? 0 : Integer.parseInt(line.replaceAll("\\D", ""));
        kept = new java.util.ArrayList<>(kept.subList(0, back));
      } else {
        kept.add(line);
      }
    }
    return String.join("\n", kept);
  }

  @Test
  void problemsHaveDetoursOfTheirOwnAndMoreKeepThoseOfFewer() {
    assertThat(ids().map(id -> steps(id, Content.REFERENCE).detours(1)).distinct().count())
        .isGreaterThan(3);
    ids()
        .forEach(
            id ->
                assertThat(steps(id, Content.REFERENCE).detours(4))
                    .containsAll(steps(id, Content.REFERENCE).detours(2)));
  }

  @Test
  void whereThereAreNotSoManyDetoursTheTraceHasNone() {
    assertThat(steps("a", Content.REFERENCE).detours(12)).hasSize(12);
    assertThat(steps("a", Content.REFERENCE).detours(13)).isEmpty();
    assertThat(text("a", 13, Content.REFERENCE)).isEqualTo(text("a", 0, Content.REFERENCE));
    assertThat(new Steps(List.of("add"), List.of("add"), 1).detours(1)).isEmpty();
  }

  @Test
  void randomStepsHaveTheStructureAndTheRightCode() {
    ids()
        .forEach(
            id -> {
              String random = text(id, 2, Content.RANDOM);
              assertThat(random).endsWith("\n" + CODE.stripTrailing());
              assertThat(random.lines().filter(l -> l.startsWith("# This fails"))).hasSize(2);
              assertThat(steps(id, Content.RANDOM).right())
                  .hasSize(3)
                  .zipSatisfy(
                      List.of("add", "double", "sum"),
                      (step, right) -> assertThat(step).isNotEqualTo(right));
            });
  }

  @Test
  void aNegativeNumberIsRefused() {
    assertThatThrownBy(() -> new Backtracking("atom", -1, Content.RANDOM))
        .hasMessageContaining("detours must be 0 or more");
  }
}
