package io.atomforge.jobs;

import static io.atomforge.tables.Tables.DIFFICULTIES;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static io.atomforge.tables.Tables.STEP_METRICS;
import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.tables.Rows;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.StepMetric;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every recipe on a toy model, which learns nothing. */
class TrainRlTest {
  /**
   * Steps 3 and 4 learn from earlier rollouts: what a run takes out of the table that goes on after
   * step 2.
   */
  private static final List<String> REPLAYED = List.of("0.0", "0.0", "1.0", "2.0");

  private static final List<String> NONE_REPLAYED = List.of("0.0", "0.0", "0.0", "0.0");

  /** The share of the base falls from the second step on. */
  private static final String ANCHORED =
      "regularizers=[{type: kl_convex, beta: 1, kl_estimator: k3_plus,"
          + " base_share: {begin: 1, every: 1, decrement: 0.25, floor: 0.5}}]";

  /** Where the toy's rewards differ: completions end at this text, and shorter ones get more. */
  private static final List<String> REWARDED =
      List.of("stop=[e]", "overlong={type: penalty, buffer: 12, factor: 1}");

  /** Two of the three steps after the warm-up learn from rollouts. */
  private static final List<String> SWITCHED = List.of("0.0", "0.0");

  private static final String VALUE_HEAD = "training_state/value_head.safetensors";
  private static final String VALUES = "training_state/optimizer_values.safetensors";
  private static final String POLICIES = "training_state/policies.safetensors";
  private static final String SUPERVISED = "training_state/optimizer_supervised.safetensors";

  @TempDir static Path folder;

  private static Warehouse warehouse;

  @BeforeAll
  static void trainAToyModel() {
    warehouse = TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
    TinyPipeline.loadAtoms(folder);
    run(
        SynthesizeProblems.JOB,
        "renderings_per_atom=1",
        "composite_a=60",
        "composite_b=1",
        "composite_c=1");
    run(LabelProblems.JOB);
    run(TestcaseProblems.JOB, "problems_per_split=8");
    run(TrainTokenizer.JOB, "vocabulary_size=600");
    run(
        BuildDataset.JOB,
        "mixture=[{family: composite_a, percent: 100}, {family: atom, percent: 100}]",
        "validation=8");
    run(
        TrainSft.JOB,
        "model={hidden_size: 32, num_hidden_layers: 2, num_attention_heads: 2,"
            + " num_key_value_heads: 1, intermediate_size: 64}",
        "max_steps=4",
        "train_batch_size=16",
        "save_steps=4",
        "eval_steps=4");
  }

  private static <C extends Record & JobConfig> void run(Job<C> job, String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("warehouse=" + folder);
    Run run = Run.of(job, all.toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isZero();
  }

  private static void train(String recipe, String... words) {
    List<String> all =
        new ArrayList<>(
            List.of(
                "--recipe",
                "conf/recipes/" + recipe + ".yaml",
                "run_id=" + recipe,
                "num_generations=" + (recipe.equals("remax") ? 1 : 4),
                "prompts_per_step=4",
                "rows_per_batch=8",
                "max_completion_length=12",
                "max_steps=2",
                "save_steps=1"));
    all.addAll(List.of(words));
    run(TrainRl.JOB, all.toArray(String[]::new));
  }

  static List<String> recipes() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf/recipes"))) {
      return files
          .filter(Files::isRegularFile)
          .map(f -> f.getFileName().toString().replace(".yaml", ""))
          .sorted()
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyRecipeTrains(String recipe) throws IOException {
    // Nothing that the toy writes passes: what is accepted is what was written.
    // Two recipes supervise first; SASR never again with so great a gamma.
    int step = Set.of("sasr", "online-self-training").contains(recipe) ? 2 : 1;
    // AceReason does not learn from what was cut: completions end at this text.
    List<String> words =
        switch (recipe) {
          case "raft", "online-self-training" -> List.of("selection.threshold=0");
          case "sasr" ->
              List.of("plan={type: sasr, warmup_steps: 1, gamma: 1000000000000, measure_steps: 9}");
          case "acereason" -> List.of("curriculum.lengths=[8, 12]", "stop=[e]");
          case "videorft",
              "backtracking",
              "cls-rl",
              "cls-rl-no-thinking",
              "cls-rl-think-after",
              "cls-rl-adaptive" ->
              REWARDED;
          case "noisy-rollout" ->
              List.of(
                  "stop=[e]",
                  "overlong={type: penalty, buffer: 12, factor: 1}",
                  "sampler={type: noisy, completions: 2, strength: 1.0, decay_steps: 3}");
          // No run of the toy model has drawn before what the filter asks for.
          case "rif-rft" -> List.of("prompt_filters=[]");
          // Completions end at this text, and there is room for hints.
          case "hint-infer" -> List.of("stop=[e]", "max_completion_length=60");
          // All prompts are unsolved, and kept.
          case "thinklite" -> searched();
          // The test of TrainRewardModel asks a reward model; here the toy has none.
          case "wingpt" -> List.of("reward={type: binary}");
          default -> List.of();
        };
    List<String> all = new ArrayList<>(words);
    all.add("max_steps=" + step);
    train(recipe, all.toArray(String[]::new));
    assertThat(Files.exists(checkpoint(recipe, 1).resolve(VALUE_HEAD)))
        .isEqualTo(Set.of("ppo", "reft", "wsrl").contains(recipe));
    assertThat(warehouse.read(ROLLOUTS).filter("run_id = '" + recipe + "'").count())
        .isGreaterThanOrEqualTo(recipe.equals("remax") ? 4 : 16);
    List<String> metrics =
        warehouse
            .read(STEP_METRICS)
            .filter("run_id = '" + recipe + "'")
            .selectExpr("concat(step, ' ', name)")
            .as(Encoders.STRING())
            .collectAsList();
    assertThat(metrics)
        .contains(
            step + " actor/entropy",
            step + " response_length/p95",
            step + " training/generation_rounds",
            step + " train/visible_pass_hidden_fail");
    // DAPO leaves out groups that all failed, and hints are for a run that samples alone.
    boolean learns = !Set.of("dapo", "hint-infer").contains(recipe);
    assertThat(metrics.contains(step + " actor/grad_norm")).isEqualTo(learns);
    assertThat(metrics.contains(step + " actor/kl_to_start")).isEqualTo(learns);
    assertThat(metrics.contains(step + " response_length/tool_mean"))
        .as("tokens of hints")
        .isEqualTo(recipe.equals("hint-infer"));
    assertThat(
            warehouse
                .read(ROLLOUTS)
                .filter("run_id = '" + recipe + "' AND size(sampled_prompt) > 0")
                .count())
        .as("sampled after another prompt")
        .isEqualTo(recipe.equals("noisy-rollout") ? 8 : 0);
    if (words.containsAll(REWARDED)) {
      assertThat(metrics(recipe, "actor/grad_norm").get((long) step)).isPositive();
    }
  }

  private static List<String> searched() {
    String family = "prompt_families=[composite_a]";
    run(
        RateDifficulty.JOB,
        "run_id=thinklite-search",
        family,
        "max_iterations=2",
        "max_completion_length=12");
    assertThat(warehouse.read(DIFFICULTIES).filter("NOT solved AND iterations = 2").count())
        .isEqualTo(warehouse.read(DIFFICULTIES).count())
        .isPositive();
    return List.of(family);
  }

  /** What a kill between the rows of a step and its checkpoint leaves. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "ppo",
        "grpo-async",
        "grpo-replay",
        "relift",
        "sasr",
        "wsrl",
        "remix-mix-ppg",
        "remix-after-3",
        "remix-after-1",
        "prefix-rft",
        "tool-loop",
        "acereason"
      })
  void aStepWithoutCheckpointIsNotShownAndIsMadeAgain(String name) throws IOException {
    String recipe =
        name.equals("tool-loop") ? "grpo-replay" : name.startsWith("remix-after") ? "remix" : name;
    String run = "run_id=killed-" + name;
    List<String> words = new ArrayList<>(List.of(run, "max_steps=4", "save_steps=2"));
    // What the toy writes never passes; it ends at this text, and shorter ones get more.
    words.addAll(List.of("stop=[e]", "overlong={type: penalty, buffer: 12, factor: 1}"));
    if (recipe.equals("ppo")) {
      words.addAll(List.of("adv_estimator.value_head.learning_rate=0.01", "num_minibatches=2"));
    } else if (recipe.equals("relift")) {
      words.add("plan.buffer_size=6");
    } else if (recipe.equals("sasr")) {
      words.add("plan={type: sasr, warmup_steps: 1, gamma: 1, measure_steps: 1}");
    } else if (recipe.equals("wsrl")) {
      words.add("plan={type: wsrl, warmup_steps: 3, value_passes: 2}");
      words.add("rollout_mode={type: sync}");
    } else if (recipe.equals("acereason")) {
      // The third step goes on in a stage that began before the kill, the fourth begins another.
      words.add("curriculum={type: staged, lengths: [8, 12], stage_steps: 3, target_entropy: 4}");
      words.add("overlong={type: none}");
      words.add("reward={type: length_window, shortest: 1, longest: 6}");
      words.add("prompt_filters=[]");
    } else if (Set.of("grpo-replay", "remix-mix-ppg", "remix").contains(recipe)) {
      words.add("rollout_mode={type: replay, share: 0.7, max_staleness: 2}");
    }
    if (recipe.equals("remix")) {
      words.add("plan.reincarnate_step=" + name.replaceAll(".*-", ""));
      words.add(ANCHORED);
    }
    if (name.equals("tool-loop")) {
      words.add("max_completion_length=40");
      words.add(
          "sampler={type: tool_loop, begin: a, end: n, output_begin: '[', output_end: ']',"
              + " max_calls: 2, max_output_tokens: 4}");
    }
    train(recipe, words.toArray(String[]::new));
    String killed = "killed-" + name;
    String roles = "run_id = '" + killed + "' AND roles LIKE ";
    assertThat(warehouse.read(ROLLOUTS).filter(roles + "'%tw%'").count() > 0)
        .isEqualTo(name.equals("tool-loop"));
    assertThat(warehouse.read(ROLLOUTS).filter(roles + "'gg%w%'").count() > 0)
        .isEqualTo(name.equals("prefix-rft"));
    List<byte[]> files = files(killed);
    List<String> rollouts = rollouts(killed);
    List<String> staleness =
        metrics(killed, "training/staleness").values().stream().map(String::valueOf).toList();
    assertThat(staleness)
        .isEqualTo(
            switch (recipe) {
              case "grpo-async" -> List.of("0.0", "1.0", "0.0", "1.0");
              case "grpo-replay", "remix-mix-ppg" -> REPLAYED;
              // What is replayed without an end in step 4 is drawn anew after the reincarnation.
              case "remix" ->
                  name.endsWith("3") ? List.of("0.0", "0.0", "1.0", "0.0") : NONE_REPLAYED;
              case "sasr" -> SWITCHED;
              default -> NONE_REPLAYED;
            });
    assertThat(metrics(killed, "actor/grad_norm").values()).anyMatch(norm -> norm > 0);
    loseStepFour(killed);
    for (View view : List.of(View.COMMITTED_ROLLOUTS, View.COMMITTED_STEP_METRICS)) {
      Dataset<Row> shown = SqlScope.rows(warehouse, view).filter("run_id = '" + killed + "'");
      assertThat(shown.count()).isPositive();
      assertThat(shown.filter("step > 2").count()).isZero();
    }
    assertThat(
            warehouse.read(STEP_METRICS).filter("run_id = '" + killed + "' AND step = 4").count())
        .isPositive();
    train(recipe, words.toArray(String[]::new));
    assertThat(rollouts(killed)).isEqualTo(rollouts);
    List<byte[]> again = files(killed);
    for (int i = 0; i < files.size(); i++) {
      assertThat(again.get(i)).isEqualTo(files.get(i));
    }
  }

  private static void loseStepFour(String run) throws IOException {
    delete(checkpoint(run, 4));
    TinyPipeline.SPARK.sql(
        "DELETE FROM delta.`"
            + folder.resolve("checkpoints")
            + "`"
            + " WHERE checkpoint_id = '"
            + run
            + "/step-4'");
  }

  /** After step 2 the policy is the base, and each batch is of its step and has one update. */
  @Test
  void remixIsBornAgain() throws IOException {
    List<String> words = new ArrayList<>(REWARDED);
    words.addAll(
        List.of(
            "run_id=born-again",
            "plan.reincarnate_step=2",
            "max_steps=4",
            "save_steps=4",
            "rollout_mode={type: replay, share: 0.99, max_staleness: 2}",
            ANCHORED));
    train("remix", words.toArray(String[]::new));
    assertThat(metrics("born-again", "training/staleness").values())
        .containsExactly(0.0, 1.0, 0.0, 0.0);
    assertThat(metrics("born-again", "training/optimizer_steps").values())
        .containsExactly(2.0, 2.0, 1.0, 1.0);
    assertThat(metrics("born-again", "actor/kl_base_share").values())
        .containsExactly(1.0, 0.75, 0.5, 0.5);
    assertThat(
            metrics("born-again", "actor/kl_to_start").values().stream().map(kl -> kl > 0).toList())
        .as("the distance to the base")
        .containsExactly(false, true, false, true);
  }

  /** The whole share to the base, nothing replayed and one update: GRPO, bit for bit. */
  @Test
  void remixWithoutItsPartsIsGrpo() throws IOException {
    List<String> words = new ArrayList<>(REWARDED);
    words.addAll(List.of("plan={type: rl}", "max_steps=3", "save_steps=3", "num_iterations=1"));
    List<String> remix = new ArrayList<>(words);
    remix.addAll(
        List.of(
            "run_id=remix-grpo",
            "rollout_mode={type: sync}",
            "regularizers=[{type: kl_convex, beta: 1, kl_estimator: k3,"
                + " base_share: {begin: 3, every: 1, decrement: 0.5, floor: 0.5}}]",
            "policy_loss={type: clipped, epsilon: 0.2, epsilon_high: 0.2, dual_clip: 0}"));
    List<String> grpo = new ArrayList<>(words);
    grpo.addAll(
        List.of(
            "run_id=grpo-remix",
            "importance_correction={type: bypass}",
            "regularizers=[{type: kl_loss, beta: 1, kl_estimator: k3}]"));
    train("remix", remix.toArray(String[]::new));
    train("grpo", grpo.toArray(String[]::new));
    for (String file : List.of("model.safetensors", "training_state/optimizer.safetensors")) {
      assertThat(checkpoint("remix-grpo", 3).resolve(file))
          .hasSameBinaryContentAs(checkpoint("grpo-remix", 3).resolve(file));
    }
    assertThat(checkpoint("grpo-remix", 3).resolve(POLICIES)).doesNotExist();
    assertThat(metrics("remix-grpo", "actor/grad_norm").values()).anyMatch(norm -> norm > 0);
  }

  /** Nothing that the toy writes passes, so each prompt is left out once its visit is known. */
  @ParameterizedTest
  @ValueSource(strings = {"grpo", "grpo-async"})
  void aFilterOfPromptsKnowsTheRolloutsUpToTheLastCheckpointAlsoAfterAKill(String recipe)
      throws IOException {
    String run = "filtered-" + recipe;
    String[] words = {
      "run_id=" + run,
      "max_steps=4",
      "save_steps=2",
      "prompts={type: problems, shares: [{family: composite_a, split: train, depths: [], topics:"
          + " [], percent: 25}]}",
      "prompt_filters=[{type: learnable, run_id: '', visits: 1, min: 0.25, max: 1.0}]"
    };
    train(recipe, words);
    assertThat(prompts(run, "step <= 2")).hasSize(8);
    assertThat(prompts(run, "step > 2"))
        .isNotEmpty()
        .doesNotContainAnyElementsOf(prompts(run, "step <= 2"));
    List<String> rollouts = rollouts(run);
    List<byte[]> files = files(run);
    loseStepFour(run);
    train(recipe, words);
    assertThat(rollouts(run)).isEqualTo(rollouts);
    List<byte[]> again = files(run);
    for (int i = 0; i < files.size(); i++) {
      assertThat(again.get(i)).isEqualTo(files.get(i));
    }
    // What another run has visited and failed is known from the beginning.
    String other =
        "prompt_filters=[{type: learnable, run_id: " + run + ", visits: 1, min: 0.25, max: 1.0}]";
    train("grpo", "run_id=other-" + recipe, other, "max_steps=1");
    assertThat(prompts("other-" + recipe, "true"))
        .hasSize(4)
        .doesNotContainAnyElementsOf(prompts(run, "true"));
  }

  private static List<String> prompts(String run, String condition) {
    return warehouse
        .read(ROLLOUTS)
        .filter("run_id = '" + run + "'")
        .filter(condition)
        .select("problem_id")
        .distinct()
        .as(Encoders.STRING())
        .collectAsList();
  }

  @Test
  void wsrlFitsTheValueHeadFirstAndThenIsPpo() throws IOException {
    List<String> words = List.of("stop=[e]", "overlong={type: penalty, buffer: 12, factor: 1}");
    List<String> warm = new ArrayList<>(words);
    warm.addAll(List.of("run_id=warm", "plan={type: wsrl, warmup_steps: 1, value_passes: 2}"));
    train("wsrl", warm.toArray(String[]::new));
    Path start = checkpoint("warm", 0);
    assertThat(checkpoint("warm", 1).resolve("model.safetensors"))
        .hasSameBinaryContentAs(start.resolve("model.safetensors"));
    assertThat(Files.readAllBytes(checkpoint("warm", 1).resolve(VALUE_HEAD)))
        .isNotEqualTo(Files.readAllBytes(start.resolve(VALUE_HEAD)));
    assertThat(Files.readAllBytes(checkpoint("warm", 2).resolve("model.safetensors")))
        .isNotEqualTo(Files.readAllBytes(start.resolve("model.safetensors")));
    List<String> cold = new ArrayList<>(words);
    cold.addAll(List.of("run_id=cold", "plan={type: wsrl, warmup_steps: 0, value_passes: 2}"));
    List<String> ppo = new ArrayList<>(words);
    ppo.addAll(List.of("run_id=just-ppo", "plan={type: rl}"));
    train("wsrl", cold.toArray(String[]::new));
    train("wsrl", ppo.toArray(String[]::new));
    for (String file : List.of("model.safetensors", VALUE_HEAD)) {
      assertThat(checkpoint("cold", 2).resolve(file))
          .hasSameBinaryContentAs(checkpoint("just-ppo", 2).resolve(file));
    }
  }

  /** Each step of the warm-up fits the value head to rollouts of its own. */
  @Test
  void theWarmUpOfWsrlReplaysNothing() throws IOException {
    train(
        "wsrl",
        "run_id=warm-fresh",
        "stop=[e]",
        "overlong={type: penalty, buffer: 12, factor: 1}",
        "plan={type: wsrl, warmup_steps: 3, value_passes: 1}",
        "rollout_mode={type: replay, share: 0.99, max_staleness: 2}",
        "max_steps=4");
    assertThat(metrics("warm-fresh", "training/staleness").values())
        .startsWith(0.0, 0.0, 0.0)
        .element(3)
        .isNotEqualTo(0.0);
  }

  /** A buffer that never fills leaves reinforcement learning as it is, bit for bit. */
  @Test
  void reliftThatNeverSupervisesIsPlainReinforcementLearning() throws IOException {
    List<String> words = List.of("stop=[e]", "overlong={type: penalty, buffer: 12, factor: 1}");
    List<String> never = new ArrayList<>(words);
    never.addAll(List.of("run_id=never", "plan.buffer_size=1000000"));
    List<String> plain = new ArrayList<>(words);
    plain.addAll(List.of("run_id=plain", "plan={type: rl}"));
    train("relift", never.toArray(String[]::new));
    train("relift", plain.toArray(String[]::new));
    for (String file : List.of("model.safetensors", "training_state/optimizer.safetensors")) {
      assertThat(checkpoint("never", 2).resolve(file))
          .hasSameBinaryContentAs(checkpoint("plain", 2).resolve(file));
    }
    assertThat(checkpoint("plain", 2).resolve(SUPERVISED)).doesNotExist();
    assertThat(metrics("never", "actor/grad_norm").values()).anyMatch(norm -> norm > 0);
  }

  private static Path checkpoint(String run, int step) {
    return folder.resolve("_files/checkpoints/" + run + "/step-" + step);
  }

  private static List<byte[]> files(String run) throws IOException {
    List<byte[]> files = new ArrayList<>();
    for (String name :
        List.of(
            "model.safetensors",
            "training_state/optimizer.safetensors",
            SUPERVISED,
            VALUES,
            POLICIES,
            VALUE_HEAD,
            "training_state/state.json")) {
      Path file = checkpoint(run, 4).resolve(name);
      // A value head there is with PPO alone, a second optimizer where a plan supervises, and other
      // policies where the run compares with some that it could not make anew.
      if (Files.exists(file)) {
        files.add(Files.readAllBytes(file));
      }
    }
    return files;
  }

  private static void delete(Path tree) throws IOException {
    try (Stream<Path> paths = Files.walk(tree)) {
      for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }

  private static List<String> rollouts(String run) {
    return SqlScope.rows(warehouse, View.COMMITTED_ROLLOUTS)
        .filter("run_id = '" + run + "'")
        .drop("wall_ms", "cpu_ms")
        .toJSON()
        .collectAsList()
        .stream()
        .sorted()
        .toList();
  }

  private static Map<Long, Double> metrics(String run, String name) {
    Dataset<Row> committed = SqlScope.rows(warehouse, View.COMMITTED_STEP_METRICS);
    return Rows.collect(STEP_METRICS, committed).stream()
        .filter(m -> m.runId().equals(run) && m.name().equals(name))
        .collect(Collectors.toMap(StepMetric::step, StepMetric::value, (a, b) -> a, TreeMap::new));
  }
}
