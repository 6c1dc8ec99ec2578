package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Pairing;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Share;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.TinyPipeline;
import io.atomforge.jobs.ToyTables;
import io.atomforge.jobs.cli.Input;
import io.atomforge.sandbox.Outcome;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.EvaluationRow;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SequenceBuilderTest {
  @TempDir Path folder;

  @Test
  void whatPassedInCommittedStepsIsImitatedOnceAndWhatPassedSomeTestsOnDemand() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    List<RolloutRow> rollouts = IntStream.range(0, 8).mapToObj(ToyTables::rollout).toList();
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, ToyTables.problems(1, 1)));
    warehouse.overwrite(ROLLOUTS, warehouse.dataset(ROLLOUTS, rollouts).coalesce(1));
    commit(warehouse, 0);
    Share share = Share.of("rollouts:rl", 200);
    SequenceBuilder builder = builder(warehouse);
    assertThatThrownBy(() -> builder.training(share))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no completion of run rl");
    commit(warehouse, 2);
    List<Sequence> sequences = builder.training(share);
    // Both steps have written the same, which counts once, and twice at 200 percent.
    assertThat(sequences)
        .extracting(Sequence::sequenceId)
        .containsExactly("rollouts:rl/a-0/1#1", "rollouts:rl/a-0/1#2");
    assertThat(sequences.get(0).problemId()).isEqualTo("a-0");
    assertThat(BYTES.decode(sequences.get(0).tokens())).contains("p").contains("c");
    // The toy's other rollouts have passed 4 of 12 tests.
    Pairing some = new Pairing.Rollouts("rl", 0.3, 0.5);
    assertThat(builder.training(new Share("some", new Pairing.Conditioned("<q:some>", some), 100)))
        .singleElement()
        .satisfies(s -> assertThat(BYTES.decode(s.tokens())).contains("<q:some>\np"))
        .extracting(Sequence::mixture)
        .isEqualTo("some");
    assertThatThrownBy(
            () -> builder.training(new Share("none", new Pairing.Rollouts("rl", 0.4, 0.9), 100)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("share none");
  }

  @Test
  void aDraftWithAPlanThatNearlyAgreesIsLearnedWithThePlanOfItsCode() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, ToyTables.problems(2, 1)));
    String code =
        "<answer>\ndef solve(n): # add0(n)\n    n = add1(n)\n    return abs(add0(n))\n</answer>";
    List<RolloutRow> rollouts =
        List.of(
            draft(0, "<plan>\n1. add0\n</plan>\n" + code, 0.7),
            draft(1, "<plan>\n1. nothing\n</plan>\n" + code, 0),
            draft(2, "1. add0" + code.replace("<answer>", ""), 0.7),
            draft(3, "1. add0" + code.replace("</answer>", ""), 0.7));
    warehouse.overwrite(ROLLOUTS, warehouse.dataset(ROLLOUTS, rollouts).coalesce(1));
    commit(warehouse, 1);
    SequenceBuilder builder = builder(warehouse);
    Share share = new Share("revised", new Pairing.RevisedPlan("rl", 0.5), 100);
    assertThat(builder.training(share))
        .singleElement()
        .satisfies(
            s ->
                assertThat(BYTES.decode(s.tokens()))
                    .contains("<plan>\n1. add1\n2. add0\n</plan>\n" + code)
                    .doesNotContain("1. add0\n</plan>"));
  }

  /** A completion that has passed its tests. */
  private static RolloutRow draft(int sample, String completion, double planAgreement) {
    RolloutRow row = ToyTables.rollout(0);
    return new RolloutRow(
        row.runId(),
        row.step(),
        row.problemId(),
        row.groupId(),
        sample,
        row.prompt(),
        row.sampledPrompt(),
        completion,
        row.tokens(),
        row.roles(),
        row.logprobs(),
        row.reward(),
        row.rewardParts(),
        row.advantage(),
        row.outcome(),
        row.finishReason(),
        row.passed(),
        row.total(),
        row.answered(),
        row.visiblePassed(),
        row.trust(),
        row.wallMs(),
        row.cpuMs(),
        planAgreement,
        row.stepShare());
  }

  /** Of the toy's composites the second atom is in no topic. */
  @Test
  void aShareWithTopicsTakesTheProblemsWhoseAtomsAreAllOfThem() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    List<AtomRow> atoms =
        IntStream.range(0, 4)
            .mapToObj(ToyTables::atom)
            .filter(atom -> !atom.atomId().equals("add3"))
            .toList();
    warehouse.overwrite(ATOMS, warehouse.dataset(ATOMS, atoms).coalesce(1));
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, ToyTables.problems(4, 3)));
    SequenceBuilder builder = builder(warehouse);
    assertThat(builder.training(ofTopic("atom", "arithmetic")))
        .extracting(Sequence::problemId)
        .containsExactlyInAnyOrder("atom-0", "atom-1", "atom-2");
    assertThatThrownBy(() -> builder.training(ofTopic("composite_a", "arithmetic")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("share composite_a")
        .hasMessageContaining("of the topics [arithmetic] alone");
  }

  private static Share ofTopic(String family, String topic) {
    return new Share(family, Pairing.named(family), 100, List.of(topic), "");
  }

  private static final Tokenizer BYTES =
      Tokenizer.of(BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));

  private static SequenceBuilder builder(Warehouse warehouse) {
    return new SequenceBuilder(
        warehouse,
        new ChatTemplate(BYTES),
        new SequenceBuilder.Settings(17, Language.EN, Style.CALL, Map.of(), 4096));
  }

  /**
   * A completion that passed.
   *
   * @param completion its text up to a stop text
   * @param parts what the policy and the sampler wrote in turn
   */
  private static RolloutRow hinted(int sample, String problem, String completion, String... parts) {
    return written(sample, problem, Outcome.PASSED, 12, completion, parts);
  }

  private static RolloutRow written(
      int sample, String problem, Outcome outcome, int passed, String completion, String... parts) {
    StringBuilder roles = new StringBuilder();
    for (int i = 0; i < parts.length; i++) {
      roles.append((i % 2 == 0 ? "w" : "t").repeat(BYTES.encode(parts[i]).length));
    }
    int[] text = BYTES.encode(String.join("", parts));
    int[] tokens = Arrays.copyOf(text, text.length + 1);
    tokens[text.length] = BYTES.eosId();
    roles.append("w");
    return new RolloutRow(
        "rl",
        1,
        problem,
        "g-" + problem,
        sample,
        "p",
        new int[0],
        completion,
        tokens,
        roles.toString(),
        new float[(int) roles.chars().filter(c -> c == 'w').count()],
        1,
        Map.of(),
        0,
        outcome.name(),
        "stop",
        passed,
        12,
        true,
        true,
        "values",
        3,
        0,
        0,
        0);
  }

  private static String learned(Sequence sequence) {
    return BYTES.decode(
        IntStream.range(0, sequence.length())
            .filter(t -> sequence.lossMask()[t] == 1)
            .map(t -> sequence.tokens()[t])
            .toArray());
  }

  private Warehouse warehouse(RolloutRow... rollouts) {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, ToyTables.problems(1, 4)));
    warehouse.overwrite(ROLLOUTS, warehouse.dataset(ROLLOUTS, List.of(rollouts)).coalesce(1));
    commit(warehouse, 1);
    return warehouse;
  }

  @Test
  void whatASamplerInsertedStandsInTheSequenceAndIsNotLearned() {
    Warehouse warehouse =
        warehouse(
            hinted(0, "a-0", "one\n# look\ntwo", "one", "\n# look\n", "two;rest"),
            hinted(1, "a-0", "one\n# look\ntwo", "one\n# look", "\n", "two"),
            hinted(2, "a-0", "alone", "alone"),
            hinted(3, "a-0", "x# a\ny# b\n", "x", "# a\n", "y", "# b\n"));
    List<Sequence> sequences = builder(warehouse).training(Share.of("rollouts:rl", 100));
    assertThat(sequences)
        .extracting(Sequence::sequenceId)
        .containsExactlyInAnyOrder(
            "rollouts:rl/a-0/1#1", "rollouts:rl/a-0/2#1", "rollouts:rl/a-0/3#1");
    Map<String, String> learned =
        sequences.stream()
            .collect(Collectors.toMap(Sequence::sequenceId, SequenceBuilderTest::learned));
    assertThat(learned.values()).containsExactlyInAnyOrder("alone", "onetwo", "xy");
    assertThat(sequences)
        .allSatisfy(
            s -> {
              assertThat(s.tokens()).endsWith(BYTES.eosId());
              assertThat(s.lossMask()).endsWith(1);
            })
        .extracting(s -> BYTES.decode(s.tokens()))
        .containsExactlyInAnyOrder("palone", "pone\n# look\ntwo", "px# a\ny# b\n");
  }

  @Test
  void theSequenceOfARolloutWithoutInsertionsIsThatOfItsText() {
    Sequence one =
        builder(warehouse(hinted(0, "a-0", "alone", "alone;rest")))
            .training(Share.of("rollouts:rl", 100))
            .get(0);
    ChatTemplate template = new ChatTemplate(BYTES);
    assertThat(one)
        .isEqualTo(
            Sequence.of(
                "rollouts:rl/a-0/1#1",
                "a-0",
                "rollouts:rl",
                template.promptIds("p"),
                template.completionIds("alone"),
                1));
  }

  /** A completion that was not judged is neither right nor wrong. */
  @Test
  void completionsWithoutAVerdictAreNotTakenAsWrong() {
    Warehouse warehouse =
        warehouse(
            written(0, "a-0", Outcome.WRONG_ANSWER, 0, "wrong", "wrong"),
            written(0, "a-1", Outcome.INVALID_TEST, 0, "x", "x"),
            written(0, "a-2", Outcome.SANDBOX_ERROR, 0, "x", "x"));
    Share share = new Share("wrong", new Pairing.Rollouts("rl", 0, 0.99), 100, List.of(), "");
    assertThat(builder(warehouse).training(share))
        .extracting(Sequence::problemId)
        .containsExactly("a-0");
  }

  @Test
  void insertionsOfAnotherTokenizerAreRefused() {
    Warehouse warehouse = warehouse(hinted(0, "a-0", "another text", "one", "\n# look\n", "two"));
    assertThatThrownBy(() -> builder(warehouse).training(Share.of("rollouts:rl", 100)))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("run rl wrote with another tokenizer than the stored one");
  }

  @Test
  void ofAHintedRunOnlyWhatPassedAfterAHintIsTaken() {
    Warehouse warehouse =
        warehouse(
            hinted(0, "a-0", "alone", "alone"),
            hinted(1, "a-0", "one\n# look\ntwo", "one", "\n# look\n", "two"),
            hinted(0, "a-1", "alone", "alone"));
    Share share = new Share("hints", new Pairing.Hinted("rl"), 100);
    assertThat(builder(warehouse).training(share))
        .extracting(SequenceBuilderTest::learned)
        .containsExactly("onetwo");
  }

  private static EvaluationRow greedy(String run, String problem, String outcome) {
    boolean passed = outcome.equals("PASSED");
    return new EvaluationRow(
        run,
        "sft/step-4",
        "train",
        problem,
        2,
        1,
        0,
        passed,
        outcome,
        "",
        Map.of(),
        1,
        0,
        false,
        false,
        0,
        0,
        0);
  }

  @Test
  void whatPassedIsTakenOnlyOfProblemsThatFailedInTheEvaluation() {
    Warehouse warehouse =
        warehouse(
            hinted(0, "a-0", "one", "one"),
            hinted(0, "a-1", "two", "two"),
            hinted(0, "a-2", "three", "three"));
    Share share = new Share("hints", Pairing.named("rollouts:rl"), 100, List.of(), "before");
    SequenceBuilder builder = builder(warehouse);
    warehouse.overwrite(
        EVALUATIONS,
        warehouse.dataset(EVALUATIONS, List.of(greedy("other", "a-0", "WRONG_ANSWER"))));
    assertThatThrownBy(() -> builder.training(share))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "mixture: failed_in: table evaluations has no greedy completions of run before; run"
                + " Evaluate run_id=before with training problems");
    warehouse.overwrite(
        EVALUATIONS,
        warehouse.dataset(
            EVALUATIONS,
            List.of(
                greedy("other", "a-0", "WRONG_ANSWER"),
                greedy("before", "a-0", "PASSED"),
                greedy("before", "a-1", "WRONG_ANSWER"),
                greedy("before", "a-2", "SANDBOX_ERROR"),
                greedy("before", "a-3", "RUNTIME_ERROR"))));
    assertThat(builder.training(share)).extracting(Sequence::problemId).containsExactly("a-1");
    assertThat(
            builder.training(
                new Share("all", Pairing.named("composite_a"), 100, List.of(), "before")))
        .extracting(Sequence::problemId)
        .containsExactlyInAnyOrder("a-1", "a-3");
    warehouse.overwrite(
        EVALUATIONS,
        warehouse.dataset(EVALUATIONS, List.of(greedy("before", "a-3", "WRONG_ANSWER"))));
    assertThatThrownBy(() -> builder.training(share))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("among the problems whose greedy completion failed in evaluation");
    assertThat(SequenceBuilder.inputs(share, Style.CALL))
        .containsExactly(
            new Input.Rows(ROLLOUTS, "run_id = 'rl'"),
            new Input.Rows(EVALUATIONS, "run_id = 'before'"));
  }

  private static void commit(Warehouse warehouse, int step) {
    CheckpointRow row = new CheckpointRow("rl/step-" + step, "rl", step, "/none", "", "00");
    warehouse.overwrite(CHECKPOINTS, warehouse.dataset(CHECKPOINTS, List.of(row)).coalesce(1));
  }
}
