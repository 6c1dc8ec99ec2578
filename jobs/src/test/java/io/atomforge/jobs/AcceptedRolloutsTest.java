package io.atomforge.jobs;

import static io.atomforge.tables.Tables.CHECKPOINTS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Style;
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

class AcceptedRolloutsTest {
  @TempDir Path folder;

  @Test
  void whatPassedInCommittedStepsIsImitatedOnce() {
    Warehouse warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    List<RolloutRow> rollouts = IntStream.range(0, 8).mapToObj(ToyTables::rollout).toList();
    warehouse.overwrite(PROBLEMS, warehouse.dataset(PROBLEMS, ToyTables.problems(1, 1)));
    warehouse.overwrite(ROLLOUTS, warehouse.dataset(ROLLOUTS, rollouts).coalesce(1));
    commit(warehouse, 0);
    BuildDataset.Share share = new BuildDataset.Share("rollouts:rl", 200);
    BuildDataset.Config config =
        new BuildDataset.Config(
            "", "", 17, "default", Language.EN, Style.CALL, List.of(share), Map.of(), 0, 4096);
    Tokenizer tokenizer =
        Tokenizer.of(BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));
    ChatTemplate template = new ChatTemplate(tokenizer);
    assertThatThrownBy(() -> AcceptedRollouts.sequences(warehouse, share, template, config))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("no completion of run rl");
    commit(warehouse, 2);
    List<Sequence> sequences = AcceptedRollouts.sequences(warehouse, share, template, config);
    // Both steps have written the same, which counts once, and twice at 200 percent.
    assertThat(sequences)
        .extracting(Sequence::sequenceId)
        .containsExactly("rollouts:rl/a-0/1#1", "rollouts:rl/a-0/1#2");
    assertThat(sequences.get(0).problemId()).isEqualTo("a-0");
    assertThat(tokenizer.decode(sequences.get(0).tokens())).contains("p").contains("c");
  }

  private static void commit(Warehouse warehouse, int step) {
    CheckpointRow row = new CheckpointRow("rl/step-" + step, "rl", step, "/none", "", "00");
    warehouse.overwrite(CHECKPOINTS, warehouse.dataset(CHECKPOINTS, List.of(row)).coalesce(1));
  }
}
