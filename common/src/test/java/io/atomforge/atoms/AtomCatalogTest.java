package io.atomforge.atoms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.atoms.Atom.Variant;
import io.atomforge.config.ConfigException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AtomCatalogTest {
  private static final List<Atom> ATOMS = AtomCatalog.load("").atoms();

  private static final String ENTRY =
      """
      topic: mine
      atoms:
        - name: add_seven
          params:
            - {name: n, type: int}
          returns: {type: int}
          prompt: {en: "add seven to {n}", zh: "给{n}加上七"}
          code: |
            def add_seven(n):
                return n + 7
          examples: &same
            - {args: [0], result: 7}
            - {args: [1], result: 8}
            - {args: [2], result: 9}
            - {args: [3], result: 10}
            - {args: [4], result: 11}
            - {args: [5], result: 12}
            - {args: [6], result: 13}
            - {args: [-7], result: 0}
          variants:
            surface:
              prompt: {en: "raise {n} by seven", zh: "把{n}增加七"}
              code: |
                def add_seven(number):
                    return number + 7
            idiom:
              code: |
                def add_seven(n):
                    return sum((n, 7))
            semantic:
              name: add_seventy
              prompt: {en: "add seventy to {n}", zh: "给{n}加上七十"}
              code: |
                def add_seventy(n):
                    return n + 70
              examples:
                - {args: [0], result: 70}
                - {args: [1], result: 71}
                - {args: [2], result: 72}
                - {args: [3], result: 73}
                - {args: [4], result: 74}
                - {args: [5], result: 75}
                - {args: [6], result: 76}
                - {args: [-70], result: 0}
      """;

  @TempDir Path folder;

  @Test
  void tenTopicsOfTenAtomsShipEachWithThreeVariants() {
    var byTopic =
        ATOMS.stream()
            .filter(a -> a.variant() == Variant.BASE)
            .collect(Collectors.groupingBy(Atom::topic, Collectors.counting()));
    assertThat(byTopic.keySet()).containsExactlyInAnyOrderElementsOf(AtomCatalog.TOPICS);
    assertThat(byTopic.values()).containsOnly(10L);
    assertThat(ATOMS).hasSize(400);
  }

  @Test
  void someAtomAcceptsEachHubType() {
    var pipes =
        ATOMS.stream().map(a -> a.pipe().domain().type().toString()).collect(Collectors.toSet());
    assertThat(pipes).contains("int", "str", "list[int]", "list[str]");
  }

  @Test
  void atomsOfTheUsersJoinTheShippedOnes() throws Exception {
    Path file = Files.writeString(folder.resolve("mine.yaml"), ENTRY);
    assertThat(AtomCatalog.load(file.toString()).atoms())
        .hasSize(404)
        .extracting(Atom::atomId)
        .contains("add_seven", "add_seven~semantic");
    assertThat(AtomCatalog.load(folder.toString()).atoms()).hasSize(404);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "type: int} | type: integer} | unknown type integer",
        "add seven to {n} | add seven to it | must name each of",
        "{args: [0], result: 7} | {args: [x], result: 7} | is not a int of its domain",
        "{args: [0], result: 7} | {args: [1], result: 7} | stands twice",
        "returns: {type: int} | returns: {type: int, domain: {max: 9}} | is not a int of its domain",
        "def add_seven(n) | def add_8(n) | does not define add_seven",
        "idiom: | idioms: | unknown key variants.idioms; did you mean idiom?",
        "en: \"add seven to {n}\", zh: | zh: | prompt.en is missing",
        "topic: mine | topic: [mine | not valid YAML"
      })
  void aBadEntryIsRefusedWithFileAtomAndReason(String good, String bad, String reason)
      throws Exception {
    assertThat(ENTRY).contains(good);
    Path file =
        Files.writeString(
            folder.resolve("bad.yaml"),
            ENTRY.replaceFirst(
                java.util.regex.Pattern.quote(good),
                java.util.regex.Matcher.quoteReplacement(bad)));
    assertThatThrownBy(() -> AtomCatalog.load(file.toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(file.toString())
        .hasMessageContaining(reason);
  }

  @Test
  void allMissingKeysAreNamedAtOnce() throws Exception {
    String bad = ENTRY.replaceFirst("(?s)    params:.*?(?=    prompt:)", "");
    assertThat(bad).isNotEqualTo(ENTRY);
    Path file = Files.writeString(folder.resolve("bad.yaml"), bad);
    assertThatThrownBy(() -> AtomCatalog.load(file.toString()))
        .hasMessage(file + ": atom add_seven: params, returns are missing");
  }

  @Test
  void aPromptWithoutChineseHasTheEnglishTextTwice() throws Exception {
    Path file =
        Files.writeString(folder.resolve("en.yaml"), ENTRY.replace(", zh: \"给{n}加上七\"", ""));
    assertThat(AtomCatalog.load(file.toString()).atoms())
        .filteredOn(atom -> atom.atomId().equals("add_seven"))
        .singleElement()
        .satisfies(
            atom ->
                assertThat(atom.promptZh())
                    .isEqualTo(atom.promptEn())
                    .isEqualTo("add seven to {n}"));
  }

  @Test
  void aNameThatIsTakenIsRefusedWithItsOwner() throws Exception {
    Path file =
        Files.writeString(folder.resolve("taken.yaml"), ENTRY.replace("add_seven", "rotate_left"));
    assertThatThrownBy(() -> AtomCatalog.load(file.toString()))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("rotate_left is already taken in atoms/lists.yaml");
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> AtomCatalog.load("no/such.yaml"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no/such.yaml");
  }

  @Test
  void everyPairThatFitsIsCountedOnce() {
    List<Atom> bases =
        new ArrayList<>(ATOMS.stream().filter(a -> a.variant() == Variant.BASE).toList());
    long pairs =
        bases.stream()
            .mapToLong(a -> bases.stream().filter(b -> a != b && a.fits(b)).count())
            .sum();
    assertThat(pairs).isGreaterThan(2000);
  }
}
