package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Pairing;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Share;
import io.atomforge.dataset.Steps;
import io.atomforge.dataset.Style;
import io.atomforge.dataset.Tag;
import io.atomforge.jobs.BuildDataset.Config;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BuildDatasetTest {
  private static final int COMPOSITES = 60;
  private static final int ATOMS = 10;
  private static final Tokenizer TOKENIZER = tokenizer();

  private static final List<Problem> PROBLEMS = ToyTables.problems(ATOMS, COMPOSITES);

  @TempDir static Path folder;
  private static Warehouse warehouse;

  @BeforeAll
  static void problems() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    warehouse.overwrite(Tables.PROBLEMS, warehouse.dataset(Tables.PROBLEMS, PROBLEMS).coalesce(1));
  }

  private static Tokenizer tokenizer() {
    return Tokenizer.of(
        io.atomforge.tokenizer.BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));
  }

  /** Prompt and completion of each sequence by its id, as text. */
  private static Map<String, List<String>> build(Language language, Style style, Share... mixture) {
    return build(Map.of(), language, style, mixture);
  }

  private static Map<String, List<String>> build(
      Map<String, Integer> together, Language language, Style style, Share... mixture) {
    Config config =
        new Config("", "", 17, "default", language, style, List.of(mixture), together, 0, 4096);
    Map<String, List<String>> pairs = new TreeMap<>();
    for (Sequence s : BuildDataset.mix(warehouse, new ChatTemplate(TOKENIZER), config)) {
      int learned = s.length() - s.learnedTokens();
      pairs.put(
          s.sequenceId(),
          List.of(
              learned == 1 ? "" : TOKENIZER.decode(Arrays.copyOfRange(s.tokens(), 2, learned - 1)),
              TOKENIZER.decode(Arrays.copyOfRange(s.tokens(), learned, s.length() - 1))));
    }
    return pairs;
  }

  private static Problem problem(String id) {
    return PROBLEMS.stream().filter(p -> p.problemId().equals(id)).findFirst().orElseThrow();
  }

  /**
   * The grid of arXiv:2406.10305, figure 2: a nested part of the composites, copies of the atoms.
   */
  @ParameterizedTest
  @CsvSource({"100, 0", "50, 100", "25, 200", "10, 300", "5, 600", "1, 600", "0, 100", "100, 250"})
  void theGridHasTheStatedSizes(double d, double u) {
    Set<String> ids =
        build(Language.EN, Style.CALL, Share.of("composite_a", d), Share.of("atom", u)).keySet();
    assertThat(ids.stream().filter(id -> id.startsWith("a-")))
        .hasSize((int) Math.round(d / 100 * COMPOSITES));
    List<String> atoms = ids.stream().filter(id -> id.startsWith("atom-")).toList();
    assertThat(atoms).hasSize((int) Math.round(u / 100 * ATOMS));
    Map<String, Long> copies =
        atoms.stream()
            .collect(Collectors.groupingBy(id -> id.split("#")[0], Collectors.counting()));
    assertThat(copies.values())
        .allSatisfy(
            n -> assertThat(n).isBetween((long) Math.floor(u / 100), (long) Math.ceil(u / 100)));
  }

  @Test
  void aMixtureWithoutTrainingProblemsIsRefusedAndNothingIsWritten() {
    Config config =
        new Config(
            "",
            folder.resolve("files").toString(),
            17,
            "default",
            Language.EN,
            Style.CALL,
            List.of(Share.of("atom", 0)),
            Map.of(),
            5,
            4096);
    assertThatThrownBy(() -> BuildDataset.write(warehouse, TOKENIZER, config))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "mixture: its shares have no training problem; raise percent, or make more problems");
    assertThat(warehouse.exists(Tables.SEQUENCES)).isFalse();
  }

  @Test
  void lessOfASetLiesInMoreOfIt() {
    Set<String> larger = new HashSet<>();
    for (double d : new double[] {1, 5, 10, 25, 50, 100}) {
      Set<String> ids =
          build(Language.EN, Style.CALL, Share.of("composite_a", d), Share.of("atom", 100))
              .keySet();
      assertThat(ids).containsAll(larger);
      larger = ids;
    }
  }

  @Test
  void translatedAtomsAskInTheOtherLanguageAndAnswerTheSameCode() {
    var pairs =
        build(Language.ZH, Style.CALL, Share.of("atom", 100), Share.of("atom_translate", 100));
    assertThat(pairs).hasSize(2 * ATOMS);
    Problem p = problem("atom-3");
    assertThat(pairs.get("atom-3#1")).containsExactly(p.promptZh(), p.referenceCall().strip());
    assertThat(pairs.get("atom_translate/atom-3#1"))
        .containsExactly(p.promptEn(), p.referenceCall().strip());
  }

  @Test
  void pairsOfPromptsHoldNoCode() {
    var pairs = build(Language.EN, Style.CALL, Share.of("en2cn", 100), Share.of("cn2en", 100));
    Problem p = problem("atom-3");
    assertThat(pairs.get("en2cn/atom-3#1")).containsExactly(p.promptEn(), p.promptZh());
    assertThat(pairs.get("cn2en/atom-3#1")).containsExactly(p.promptZh(), p.promptEn());
  }

  @Test
  void plainTextIsLearnedWholeAndHasNoRoles() {
    Share plain = new Share("raw_text:atom", new Pairing.RawText("atom"), 100);
    var pairs = build(Language.ZH, Style.CALL, plain, Share.of("atom", 100));
    Problem p = problem("atom-3");
    assertThat(pairs.get("raw_text:atom/atom-3#1"))
        .containsExactly("", p.promptZh() + "\n" + p.referenceInline().strip());
    assertThat(pairs.get("atom-3#1").get(0)).isEqualTo(p.promptZh());
    assertThat(Share.of("raw_text:atom", 100)).isEqualTo(plain);
  }

  @Test
  void aConditionStandsBeforeThePromptOfEachExampleOfItsShare() {
    Share gold =
        new Share("gold", new Pairing.Conditioned("<q:gold>", Pairing.named("composite_a")), 100);
    Share plain =
        new Share("text", new Pairing.Conditioned("<q:x>", Pairing.named("raw_text:atom")), 100);
    var pairs = build(Language.EN, Style.CALL, gold, Share.of("composite_a", 100), plain);
    Problem p = problem("a-3");
    assertThat(pairs.get("gold/a-3#1"))
        .containsExactly("<q:gold>\n" + p.promptEn(), p.referenceCall().strip());
    assertThat(pairs.get("a-3#1")).containsExactly(p.promptEn(), p.referenceCall().strip());
    assertThat(pairs.get("text/atom-3#1").get(0)).isEmpty();
    assertThat(pairs.get("text/atom-3#1").get(1)).startsWith("<q:x>\n");
    assertThatThrownBy(() -> new Pairing.Conditioned("a\nb", gold.pairing()))
        .hasMessageContaining("one line");
  }

  @ParameterizedTest
  @CsvSource({
    "PLAN, plan, 1. add3",
    "THINK, think, First call add3.",
    "CODE, code, 'x = add3(n)\nreturn x'",
    "KNOWLEDGE, knowledge, solve(n: int) -> int",
    "EXAMPLES, examples, solve(0) gives 3"
  })
  void aTaggedBlockStandsBeforeTheCode(Tag tag, String word, String text) {
    Share tagged = new Share("tagged", new Pairing.Tagged("composite_a", tag), 100);
    var pairs = build(Language.EN, Style.CALL, tagged);
    Problem p = problem("a-3");
    assertThat(pairs.get("tagged/a-3#1"))
        .containsExactly(
            p.promptEn(),
            "<%s>\n%s\n</%s>\n<answer>\n%s\n</answer>"
                .formatted(word, text, word, p.referenceCall().strip()));
  }

  @Test
  void aTraceGoesAstrayToAnotherAtomAndComesBack() {
    Pairing pairing = new Pairing.Backtracking("composite_a", 1, Steps.Content.REFERENCE);
    var pairs = build(Language.EN, Style.CALL, new Share("traces", pairing, 100));
    assertThat(pairs).hasSize(COMPOSITES);
    assertThat(pairs.get("traces/a-3#1").get(1))
        .matches(
            "(?s)# 1\\. add[0-24-9]\n# This fails; back to the start\\.\n# 1\\. add3\ndef solve.*");
  }

  @Test
  void everyFamilyCanBeTranslatedAndAskedInTheOtherLanguage() {
    Share translated = new Share("t", new Pairing.Translation("composite_a", Language.ZH), 100);
    Share other = new Share("o", new Pairing.OtherLanguage("composite_a"), 100);
    var pairs = build(Language.EN, Style.CALL, translated, other);
    Problem p = problem("a-3");
    assertThat(pairs.get("t/a-3#1")).containsExactly(p.promptZh(), p.promptEn());
    assertThat(pairs.get("o/a-3#1")).containsExactly(p.promptZh(), p.referenceCall().strip());
  }

  @Test
  void modifiedAtomsAreOfTheKindNamedAndOfTheSurfaceByDefault() {
    for (String kind : List.of("surface", "idiom", "semantic")) {
      var pairs = build(Language.EN, Style.INLINE, Share.of("atom_modify~" + kind, 100));
      assertThat(pairs.keySet()).hasSize(ATOMS).allMatch(id -> id.startsWith(kind));
    }
    var pairs = build(Language.EN, Style.CALL, Share.of("atom_modify", 300));
    assertThat(pairs.keySet()).hasSize(3 * ATOMS).allMatch(id -> id.startsWith("surface"));
  }

  @Test
  void problemsSideBySideAreAnsweredInTheOrderInWhichTheyAreAsked() {
    var pairs = build(Map.of("atom", 2), Language.EN, Style.CALL, Share.of("atom", 100));
    assertThat(pairs.values().stream().flatMap(p -> p.get(0).lines()))
        .containsExactlyInAnyOrderElementsOf(
            PROBLEMS.stream()
                .filter(p -> p.family().equals("atom"))
                .map(Problem::promptEn)
                .toList());
    Map<String, String> code =
        PROBLEMS.stream()
            .filter(p -> p.family().equals("atom"))
            .collect(Collectors.toMap(Problem::promptEn, p -> p.referenceCall().strip()));
    assertThat(pairs.values())
        .allSatisfy(
            p ->
                assertThat(p.get(1))
                    .isEqualTo(
                        p.get(0).lines().map(code::get).collect(Collectors.joining("\n\n"))));
    assertThatThrownBy(
            () -> build(Map.of("atoms", 2), Language.EN, Style.CALL, Share.of("atom", 100)))
        .hasMessageContaining("problems_per_sequence");
  }

  @Test
  void aShareThatWouldBeAnotherOneIsRefused() {
    assertThatThrownBy(() -> build(Language.EN, Style.CALL, Share.of("atom_modify~idiom", 100)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("response_style=inline");
    assertThatThrownBy(
            () -> build(Language.EN, Style.CALL, Share.of("atom", 100), Share.of("atom", 200)))
        .hasMessageContaining("distinct families");
    assertThatThrownBy(() -> build(Language.EN, Style.CALL, Share.of("atom_modify~other", 100)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("atom_modify~other");
  }
}
