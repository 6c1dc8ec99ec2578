package io.atomforge.jobs.pipeline;

import static io.atomforge.tables.Tables.RELEASES;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigLoader;
import io.atomforge.config.Operational;
import io.atomforge.jobs.TinyPipeline;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.run.FileStore;
import io.atomforge.tables.ReleaseRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.Warehouse;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.apache.commons.io.FileUtils;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On two jobs of a few rows: one writes a table of one word, the other learns the word. */
class StagesTest {
  record Mix(@Operational String warehouse, @Operational int partitions, String word)
      implements JobConfig {}

  record Learn(
      @Operational String warehouse,
      String runId,
      double rate,
      @Operational boolean resumeFromCheckpoint)
      implements JobConfig {}

  record Done(String what) {}

  private static final Job<Mix> MIX =
      new Job<>(
          "Mix",
          "writes a word",
          Mix.class,
          List.of(),
          List.of(RELEASES),
          (warehouse, config) -> {
            Done done = mix(warehouse, config.word());
            if (StagesTest.failsAfterwards) {
              throw new IllegalStateException("afterwards");
            }
            return done;
          });

  private static final Job<Learn> LEARN =
      new Job<>(
          "Learn",
          "reads the word",
          Learn.class,
          List.of(RELEASES),
          List.of(STEP_METRICS),
          StagesTest::learn);

  private static boolean failsAfterwards;

  /** A word at which learning fails. */
  private static final String POISON = "poison";

  @TempDir Path folder;
  private Warehouse warehouse;
  private FileStore store;

  @BeforeEach
  void openWarehouse() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    store = FileStore.open(warehouse, "");
  }

  private static Done mix(Warehouse warehouse, String word) {
    List<ReleaseRow> rows = List.of(new ReleaseRow(word, "problems", 1, 1, "", ""));
    warehouse.overwrite(RELEASES, warehouse.dataset(RELEASES, rows));
    return new Done(word);
  }

  private static String word(Warehouse warehouse) {
    return Rows.collect(RELEASES, warehouse.read(RELEASES)).get(0).name();
  }

  private static Done learn(Warehouse warehouse, Learn config) {
    String word = word(warehouse);
    if (word.equals(POISON)) {
      throw new IllegalStateException(POISON);
    }
    warehouse.replace(
        STEP_METRICS,
        "run_id = '" + config.runId() + "'",
        warehouse.dataset(
            STEP_METRICS, List.of(new StepMetric(config.runId(), 1, word, config.rate()))));
    return new Done(word + " at " + config.rate());
  }

  private static Stages.Stage mix(String name, String word, int partitions) {
    return new Stages.Stage(
        name,
        MIX,
        new ConfigLoader()
            .layer("test", "{warehouse: w, partitions: " + partitions + ", word: " + word + "}"),
        false);
  }

  private static Stages.Stage learn(String name, double rate) {
    return new Stages.Stage(
        name,
        LEARN,
        new ConfigLoader()
            .layer(
                "test",
                "{warehouse: w, run_id: "
                    + name
                    + ", rate: "
                    + rate
                    + ", resume_from_checkpoint: true}"),
        false);
  }

  /** What was run, as {@code stage: summary}; what was said of it is in {@link #said}. */
  private List<String> run(Stages.Stage... stages) throws Exception {
    return run("", stages);
  }

  /**
   * @param only name of the one stage to run, empty for all
   */
  private List<String> run(String only, Stages.Stage... stages) throws Exception {
    PrintStream screen = System.err;
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    System.setErr(new PrintStream(bytes, true, StandardCharsets.UTF_8));
    try {
      List<String> done = new ArrayList<>();
      Stages.run(List.of(stages), s -> only.isEmpty() || only.equals(s.name()), warehouse, store)
          .forEach((name, summary) -> done.add(name + ": " + ((Done) summary).what()));
      return done;
    } finally {
      System.setErr(screen);
      said = bytes.toString(StandardCharsets.UTF_8);
    }
  }

  private String said = "";

  @Test
  void stagesThatAreRunOneByOneAreThoseOfTheList() throws Exception {
    Stages.Stage[] one = {mix("mix", "one", 1), learn("sft", 0.5)};
    assertThat(run("mix", one)).containsExactly("mix: one");
    assertThat(run("sft", one)).containsExactly("sft: one at 0.5");
    assertThat(run("sft", one)).isEmpty();
    assertThat(said).isEqualTo("stage 2/2 sft\n  already done\n");
    assertThat(run(one)).isEmpty();
    Stages.Stage[] two = {mix("mix", "two", 1), learn("sft", 0.5)};
    assertThat(run("sft", two)).as("until mix has run, its rows stay").isEmpty();
    assertThat(run("mix", two)).containsExactly("mix: two");
    assertThat(run("sft", two)).containsExactly("sft: two at 0.5");
  }

  @Test
  void theTimeThatIsLeftIsKnownFromTheStagesOfAnotherSeed() throws Exception {
    run(mix("3/mix", "one", 1), mix("5/mix", "two", 1));
    assertThat(said)
        .contains("stage 1/2 3/mix\n")
        .containsPattern("stage 2/2 5/mix \\| eta \\d+s\n");
  }

  @Test
  void whatIsDoneIsSkippedAlsoUnderAnotherOperationalKey() throws Exception {
    assertThat(run(mix("mix", "one", 1), learn("sft", 0.5)))
        .containsExactly("mix: one", "sft: one at 0.5");
    assertThat(run(mix("mix", "one", 1), learn("sft", 0.5))).isEmpty();
    assertThat(said).contains("already done").doesNotContain("made anew");
    assertThat(run(mix("mix", "one", 7), learn("sft", 0.5))).isEmpty();
  }

  @Test
  void aStageWhoseConfigChangedIsMadeAnewAndSoIsWhatReadsItsTable() throws Exception {
    run(mix("mix", "one", 1), learn("sft", 0.5));
    assertThat(run(mix("mix", "two", 1), learn("sft", 0.5)))
        .containsExactly("mix: two", "sft: two at 0.5");
    assertThat(said)
        .contains("made anew: word was one, is two")
        .contains("made anew: table releases changed");
    assertThat(run(mix("mix", "two", 1), learn("sft", 0.25))).containsExactly("sft: two at 0.25");
    assertThat(said).contains("made anew: rate was 0.5, is 0.25");
  }

  @Test
  void aStageIsMadeAnewWhenSomebodyElseWroteWhatItReads() throws Exception {
    run(mix("mix", "one", 1), learn("sft", 0.5));
    mix(warehouse, "by hand");
    assertThat(run(mix("mix", "one", 1), learn("sft", 0.5))).containsExactly("sft: by hand at 0.5");
    assertThat(said).contains("made anew: table releases changed");
    assertThat(run(mix("mix", "one", 1), learn("sft", 0.5))).isEmpty();
  }

  @Test
  void aStageReadsWhatTheStagesBeforeItWroteThoughALaterOneWroteOverIt() throws Exception {
    Stages.Stage first = mix("first", "one", 1);
    Stages.Stage second = mix("second", "two", 1);
    run(first, learn("base", 0.5), second, learn("sft", 0.5));
    assertThat(run(first, learn("base", 0.5), second, learn("sft", 0.5))).isEmpty();
    assertThat(run(first, learn("base", 0.25), second, learn("sft", 0.5)))
        .containsExactly("first: one", "base: one at 0.25");
    assertThat(said)
        .contains("made anew: rate was 0.5, is 0.25")
        .contains("table releases was overwritten by a later stage; stage first writes it again");
    assertThat(run(first, learn("base", 0.25), second, learn("sft", 0.25)))
        .containsExactly("second: two", "sft: two at 0.25");
    mix(warehouse, "by hand");
    assertThat(run(first, learn("base", 0.25), second, learn("sft", 0.25)))
        .containsExactly("sft: by hand at 0.25");
  }

  @Test
  void whatAStageWroteBeforeItWasInterruptedIsItsWorkToo() throws Exception {
    Stages.Stage first = mix("first", "one", 1);
    Stages.Stage[] all = {first, learn("base", 0.5), mix("second", "two", 1), learn("sft", 0.5)};
    failsAfterwards = true;
    assertThatThrownBy(() -> run(all)).hasMessage("afterwards");
    failsAfterwards = false;
    run(all);
    assertThat(run(all)).isEmpty();
  }

  @Test
  void anInterruptedStageGoesOnAndOneThatChangedForgetsItsCheckpoints() throws Exception {
    assertThatThrownBy(() -> run(mix("mix", POISON, 1), learn("sft", 0.5))).hasMessage(POISON);
    store.write("checkpoints/sft/step-1/MANIFEST.json", "{}");
    assertThatThrownBy(() -> run(mix("mix", POISON, 1), learn("sft", 0.5))).hasMessage(POISON);
    assertThat(said).doesNotContain("made anew");
    assertThat(store.list("checkpoints/sft")).containsExactly("step-1");
    assertThatThrownBy(() -> run(mix("mix", POISON, 1), learn("sft", 0.25))).hasMessage(POISON);
    assertThat(said).contains("made anew: rate was 0.5, is 0.25");
    assertThat(store.list("checkpoints/sft")).isEmpty();
    // What was written while a stage was half done is written again, not taken for its work.
    mix(warehouse, "by hand");
    assertThatThrownBy(() -> run(mix("mix", POISON, 1), learn("sft", 0.25))).hasMessage(POISON);
    assertThat(word(warehouse)).isEqualTo(POISON);
  }

  @Test
  void aStageWhoseTableIsGoneIsDueAgain() throws Exception {
    run(mix("mix", "one", 1), learn("sft", 0.5));
    FileUtils.deleteDirectory(folder.resolve("releases").toFile());
    assertThat(run(mix("mix", "one", 1), learn("sft", 0.5))).containsExactly("mix: one");
  }

  @Test
  void theMarksOfEarlierVersionsMeanNothing() throws Exception {
    store.write("pipeline/stages.json", "{\"mix\": {\"key\": \"b7e2c1d2\", \"seconds\": 3.5}}");
    assertThat(run(mix("mix", "one", 1))).containsExactly("mix: one");
    assertThat(said).contains("made anew: an earlier version of the program made it");
    assertThat(run(mix("mix", "one", 1))).isEmpty();
  }
}
