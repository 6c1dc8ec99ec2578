package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.CHECKPOINTS;
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
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.CheckpointRow;
import io.atomforge.tables.RolloutRow;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
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
    Tokenizer tokenizer =
        Tokenizer.of(BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));
    SequenceBuilder builder =
        new SequenceBuilder(
            warehouse,
            new ChatTemplate(tokenizer),
            new SequenceBuilder.Settings(17, Language.EN, Style.CALL, Map.of(), 4096));
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
    assertThat(tokenizer.decode(sequences.get(0).tokens())).contains("p").contains("c");
    // The toy's other rollouts have passed 4 of 12 tests.
    Pairing some = new Pairing.Rollouts("rl", 0.3, 0.5);
    assertThat(builder.training(new Share("some", new Pairing.Conditioned("<q:some>", some), 100)))
        .singleElement()
        .satisfies(s -> assertThat(tokenizer.decode(s.tokens())).contains("<q:some>\np"))
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
    String code = "<answer>\ndef solve(n):\n    n = add1(n)\n    return abs(add0(n))\n</answer>";
    List<RolloutRow> rollouts =
        List.of(
            draft(0, "<plan>\n1. add0\n</plan>\n" + code, 0.7),
            draft(1, "<plan>\n1. nothing\n</plan>\n" + code, 0),
            draft(2, "1. add0" + code.replace("<answer>", ""), 0.7));
    warehouse.overwrite(ROLLOUTS, warehouse.dataset(ROLLOUTS, rollouts).coalesce(1));
    commit(warehouse, 1);
    Tokenizer tokenizer =
        Tokenizer.of(BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));
    SequenceBuilder builder =
        new SequenceBuilder(
            warehouse,
            new ChatTemplate(tokenizer),
            new SequenceBuilder.Settings(17, Language.EN, Style.CALL, Map.of(), 4096));
    Share share = new Share("revised", new Pairing.RevisedPlan("rl", 0.5), 100);
    assertThat(builder.training(share))
        .singleElement()
        .satisfies(
            s ->
                assertThat(tokenizer.decode(s.tokens()))
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
        planAgreement);
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
    Tokenizer tokenizer =
        Tokenizer.of(BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));
    SequenceBuilder builder =
        new SequenceBuilder(
            warehouse,
            new ChatTemplate(tokenizer),
            new SequenceBuilder.Settings(17, Language.EN, Style.CALL, Map.of(), 4096));
    assertThat(builder.training(ofTopic("atom", "arithmetic")))
        .extracting(Sequence::problemId)
        .containsExactlyInAnyOrder("atom-0", "atom-1", "atom-2");
    assertThatThrownBy(() -> builder.training(ofTopic("composite_a", "arithmetic")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("share composite_a")
        .hasMessageContaining("of the topics [arithmetic] alone");
  }

  private static Share ofTopic(String family, String topic) {
    return new Share(family, Pairing.named(family), 100, List.of(topic));
  }

  private static void commit(Warehouse warehouse, int step) {
    CheckpointRow row = new CheckpointRow("rl/step-" + step, "rl", step, "/none", "", "00");
    warehouse.overwrite(CHECKPOINTS, warehouse.dataset(CHECKPOINTS, List.of(row)).coalesce(1));
  }
}
