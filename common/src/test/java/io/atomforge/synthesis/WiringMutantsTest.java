package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import java.util.List;
import org.junit.jupiter.api.Test;

class WiringMutantsTest {
  /** Takes and returns an int: two atoms. Takes two: one. */
  private static final List<Atom> ATOMS =
      AtomCatalog.load("").atoms().stream()
          .filter(
              atom ->
                  List.of("digit_square_sum", "largest_from_digits", "round_to_multiple")
                      .contains(atom.atomId()))
          .toList();

  private static List<String> of(String wiring) {
    return new WiringMutants(ATOMS).of(wiring, 17);
  }

  @Test
  void eachChangesOnePlace() {
    String wiring =
        """
        def solve(n):
            x = digit_square_sum(n)
            x = round_to_multiple(x, 3)
            return x
        """;
    assertThat(of(wiring))
        .containsExactlyInAnyOrder(
            wiring.replace("digit_square_sum", "largest_from_digits"),
            wiring.replace("digit_square_sum(n)", "n"),
            wiring.replace("round_to_multiple(x, 3)", "x"),
            wiring.replace("3", "2"),
            wiring.replace("3", "4"));
  }

  @Test
  void neighboursOfEqualTypesAreSwapped() {
    String wiring =
        """
        def solve(n):
            x = digit_square_sum(n)
            x = largest_from_digits(x)
            return x
        """;
    assertThat(of(wiring))
        .contains(
            """
            def solve(n):
                x = largest_from_digits(n)
                x = digit_square_sum(x)
                return x
            """);
  }

  @Test
  void conditionsAreNegated() {
    assertThat(of("def solve(n):\n    if f(n) % 2 == 1:\n        x = n\n"))
        .containsExactly("def solve(n):\n    if not (f(n) % 2 == 1):\n        x = n\n");
    assertThat(of("    x = [v for v in nums if f(v)]\n"))
        .containsExactly("    x = [v for v in nums if not (f(v))]\n");
  }

  @Test
  void whatHasNoPlaceHasNoMutant() {
    assertThat(of("def solve(n):\n    return n\n")).isEmpty();
  }
}
