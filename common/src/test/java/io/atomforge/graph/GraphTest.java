package io.atomforge.graph;

import static io.atomforge.graph.ToyAtoms.free;
import static io.atomforge.graph.ToyAtoms.graph;
import static io.atomforge.graph.ToyAtoms.literal;
import static io.atomforge.graph.ToyAtoms.result;
import static io.atomforge.graph.ToyAtoms.step;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class GraphTest {
  private static final List<String> INPUTS = List.of("n: int", "m: int");
  private static final Graph JOIN =
      graph(
          INPUTS,
          step(Form.APPLY, "double", free(0)),
          step(Form.APPLY, "mix", free(1), literal(3)),
          step(Form.APPLY, "mix", result(0), result(1)));

  @Test
  void theHashLooksAtTheGraphAndNotAtTheOrderOfItsSteps() {
    Graph reordered =
        graph(
            INPUTS,
            step(Form.APPLY, "mix", free(0), literal(3)),
            step(Form.APPLY, "double", free(1)),
            step(Form.APPLY, "mix", result(1), result(0)));
    assertThat(reordered.hash()).isEqualTo(JOIN.hash());
    assertThat(reordered.key()).isNotEqualTo(JOIN.key());
  }

  @Test
  void theHashSeesLiteralsSourcesAndSharing() {
    Graph crossed =
        graph(
            INPUTS,
            step(Form.APPLY, "double", free(0)),
            step(Form.APPLY, "mix", free(1), literal(3)),
            step(Form.APPLY, "mix", result(1), result(0)));
    Graph other =
        graph(
            INPUTS,
            step(Form.APPLY, "double", free(0)),
            step(Form.APPLY, "mix", free(1), literal(4)),
            step(Form.APPLY, "mix", result(0), result(1)));
    Graph oneInput =
        graph(
            INPUTS,
            step(Form.APPLY, "double", free(0)),
            step(Form.APPLY, "mix", free(0), literal(3)),
            step(Form.APPLY, "mix", result(0), result(1)));
    assertThat(List.of(JOIN.hash(), crossed.hash(), other.hash(), oneInput.hash()))
        .doesNotHaveDuplicates();
  }

  @Test
  void aDroppedStepPassesOnWhatItTook() {
    Graph whole =
        graph(
            INPUTS,
            step(Form.APPLY, "digits", free(0)),
            step(Form.MAP, "double", result(0)),
            step(Form.APPLY, "total", result(1)));
    assertThat(whole.without(2).orElseThrow())
        .isEqualTo(
            graph(
                INPUTS, step(Form.APPLY, "digits", free(0)), step(Form.APPLY, "total", result(0))));
    assertThat(whole.without(1)).as("an int is no list").isEmpty();
    assertThat(JOIN.without(4).orElseThrow())
        .as("what nobody needs goes too")
        .isEqualTo(graph(INPUTS, step(Form.APPLY, "double", free(0))));
  }

  @Test
  void whatDoesNotFitIsSeen() {
    assertThat(JOIN.fits()).isTrue();
    assertThat(graph(INPUTS, step(Form.APPLY, "total", free(0))).fits()).isFalse();
    assertThat(graph(INPUTS, step(Form.MAP, "double", free(0))).fits()).isFalse();
    assertThat(
            graph(List.of("xs: list[int]"), step(Form.FILTER, "digits", free(0), literal(0)))
                .fits())
        .as("a list decides nothing")
        .isFalse();
  }
}
