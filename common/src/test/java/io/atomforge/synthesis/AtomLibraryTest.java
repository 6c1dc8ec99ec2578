package io.atomforge.synthesis;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class AtomLibraryTest {
  private static final List<Atom> ATOMS = AtomCatalog.load("").atoms();

  /** The sandbox's threads share one library while a model's completions are judged. */
  @Test
  void programsThatAreMadeAtOnceAreWhole() {
    List<String> wirings =
        IntStream.range(0, ATOMS.size() - 2)
            .mapToObj(i -> ATOMS.subList(i, i + 3).stream().map(Atom::name).toList().toString())
            .toList();
    List<String> alone =
        wirings.stream().map(wiring -> new AtomLibrary(ATOMS).program(wiring)).toList();
    AtomLibrary shared = new AtomLibrary(ATOMS);
    for (int turn = 0; turn < 50; turn++) {
      assertThat(wirings.parallelStream().map(shared::program).toList()).isEqualTo(alone);
    }
  }

  @Test
  void commentsAndTextsCallNothingHoweverLongTheyAre() {
    String name = ATOMS.get(0).name();
    AtomLibrary library = new AtomLibrary(ATOMS);
    assertThat(library.calls("x = \"" + name + "(1) \\\" \" # " + name + "(2)\n" + name + "(3)"))
        .containsExactly(Map.entry(name, 1));
    assertThat(library.calls("'" + "=\\'".repeat(100_000) + "'\n" + name + "(3)"))
        .containsExactly(Map.entry(name, 1));
    assertThat(library.calls("\"" + "=".repeat(100_000) + "\n" + name + "(3)"))
        .containsExactly(Map.entry(name, 1));
  }
}
