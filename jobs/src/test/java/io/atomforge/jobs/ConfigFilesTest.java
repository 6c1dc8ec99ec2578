package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.dataset.Share;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.training.setup.SftConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class ConfigFilesTest {
  private static final List<String> BETWEEN_SFT_AND_RL =
      List.of(
          "2309.11235",
          "2506.13284",
          "2507.06892",
          "2401.08967",
          "2507.01679",
          "2503.04625",
          "2508.05629",
          "2509.23753",
          "2507.05386",
          "2505.14157",
          "2503.16188",
          "2505.17387",
          "2504.07934",
          "2505.24273",
          "2506.07527",
          "2505.18536",
          "2505.12434",
          "2505.13026",
          "2412.07762",
          "2402.11910");

  private static final Pattern KEY = Pattern.compile("^ *[a-z_0-9]+:");

  static Stream<Job<?>> jobs() {
    return Jobs.ALL.stream();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void everyJobBindsItsShippedDefaults(Job<?> job) {
    assertThatCode(() -> bind(job, List.of())).doesNotThrowAnyException();
  }

  private static <C extends Record & JobConfig> C bind(Job<C> job, List<String> words) {
    return JobRunner.load(job, words).bind(job.config());
  }

  static Stream<String> shipped() {
    return Stream.concat(Stream.of("base"), Jobs.ALL.stream().map(Job::file));
  }

  /** Each key of its own line has a comment there, and each job one line for its help. */
  @ParameterizedTest
  @MethodSource("shipped")
  void everyKeyIsExplained(String file) {
    String text = ConfigLoader.shippedText(file + ".yaml");
    assertThat(text.lines().filter(line -> KEY.matcher(line).find()).toList())
        .allSatisfy(line -> assertThat(line).containsPattern("# .{5,}"));
    assertThat(text).startsWith("# ");
    Jobs.ALL.stream()
        .filter(job -> job.file().equals(file))
        .forEach(job -> assertThat(text).startsWith("# " + job.name() + ": "));
  }

  @Test
  void everyFileInConfBelongsToAJobOrAPipeline() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../conf"))) {
      List<String> known =
          Stream.concat(Jobs.ALL.stream().map(j -> j.file() + ".yaml"), Stream.of("base.yaml"))
              .toList();
      for (Path file : files.filter(f -> f.toString().endsWith(".yaml")).toList()) {
        if (!known.contains(file.getFileName().toString())) {
          assertThatCode(
                  () -> Pipeline.stages(bind(Pipeline.JOB, List.of("--config", file.toString()))))
              .as(file.toString())
              .doesNotThrowAnyException();
        }
      }
    }
  }

  static List<Path> recipes() throws IOException {
    return files("../conf/recipes");
  }

  static List<Path> sftRecipes() throws IOException {
    return files("../conf/recipes/sft");
  }

  static List<Path> dataRecipes() throws IOException {
    return files("../conf/recipes/data");
  }

  private static List<Path> files(String folder) throws IOException {
    try (Stream<Path> files = Files.list(Path.of(folder))) {
      return files.filter(Files::isRegularFile).sorted().toList();
    }
  }

  /** A recipe of a method between SFT and RL says whether its rule is from code or from text. */
  private static String source(Path recipe) throws IOException {
    String text = Files.readString(recipe);
    assertThat(text).contains("arXiv:");
    if (BETWEEN_SFT_AND_RL.stream().anyMatch(text::contains)) {
      assertThat(text).containsPattern("\\[(code|text)[;\\] ]");
    }
    return text;
  }

  @ParameterizedTest
  @MethodSource("dataRecipes")
  void everyRecipeOfADataSetNamesItsSourceAndBinds(Path recipe) throws IOException {
    assertThat(source(recipe)).startsWith("# BuildDataset: ");
    BuildDataset.Config data = bind(BuildDataset.JOB, List.of("--recipe", recipe.toString()));
    Path training = Path.of("../conf/recipes/sft").resolve(recipe.getFileName());
    SftConfig sft = bind(TrainSft.JOB, List.of("--recipe", training.toString()));
    assertThat(sft.dataset()).isEqualTo(data.name());
    assertThat(data.mixture().stream().map(Share::name)).containsAll(sft.mixtureWeights().keySet());
  }

  @ParameterizedTest
  @MethodSource("recipes")
  void everyRecipeNamesItsSourceAndBinds(Path recipe) throws IOException {
    assertThat(source(recipe)).startsWith("# ");
    assertThatCode(() -> bind(TrainRl.JOB, List.of("--recipe", recipe.toString())))
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("sftRecipes")
  void everyRecipeOfSftNamesItsSourceAndBinds(Path recipe) throws IOException {
    assertThat(source(recipe)).startsWith("# TrainSft: ");
    List<String> words = List.of("--recipe", recipe.toString(), "model_name_or_path=base");
    assertThatCode(() -> bind(TrainSft.JOB, words)).doesNotThrowAnyException();
  }

  @Test
  void partsOfAnAlgorithmThatDoNotGoTogetherAreRefused() {
    assertThatThrownBy(
            () ->
                bind(
                    TrainRl.JOB, List.of("policy_loss={type: score_function}", "num_iterations=2")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("score_function learns from a rollout once");
    assertThatThrownBy(
            () ->
                bind(
                    TrainRl.JOB,
                    List.of("adv_estimator={type: leave_one_out}", "num_generations=1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("num_generations must be 2 or more for leave_one_out");
    assertThatThrownBy(
            () ->
                bind(
                    TrainRl.JOB,
                    List.of("policy_loss={type: centered_clip, epsilon: 0.2}", "num_iterations=2")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("importance_correction must be bypass with policy_loss");
    assertThatThrownBy(
            () -> bind(TrainRl.JOB, List.of("plan={type: wsrl, warmup_steps: 2, value_passes: 1}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("adv_estimator must be one with a value head");
    assertThatThrownBy(
            () ->
                bind(
                    TrainRl.JOB,
                    List.of(
                        "plan={type: remix, reincarnate_step: 2}",
                        "rollout_mode={type: async, max_staleness: 1}",
                        "importance_correction={type: bypass}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "rollout_mode must be sync or replay with a plan that ends on-policy");
    assertThatThrownBy(
            () ->
                bind(
                    TrainRl.JOB,
                    List.of(
                        "plan={type: alternate, supervised: 1, reinforced: 1}",
                        "rollout_mode={type: async, max_staleness: 1}",
                        "importance_correction={type: bypass}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "rollout_mode must be sync or replay with a plan some of whose steps draw no rollouts");
    assertThatThrownBy(
            () ->
                bind(
                    TrainRl.JOB,
                    List.of(
                        "plan={type: sasr, warmup_steps: 2, gamma: 1, measure_steps: 5}",
                        "curriculum={type: staged, lengths: [32, 64], stage_steps: 5,"
                            + " target_entropy: 0.3}")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining(
            "curriculum must be constant with a plan some of whose steps draw no rollouts");
    assertThatThrownBy(() -> bind(TrainRl.JOB, List.of("regularizers=[{type: kl_lost, beta: 1}]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown type 'kl_lost'")
        .hasMessageEndingWith("; known types: entropy, kl_convex, kl_loss, kl_reward");
    assertThatThrownBy(() -> bind(TrainRl.JOB, List.of("regularizers=[{beta: 1}]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith(
            "regularizers.0: the key type is missing; known types: entropy, kl_convex, kl_loss,"
                + " kl_reward");
  }

  @Test
  void anEvaluationTakesSamplersThatBeginWithThePromptAlone() {
    String hints =
        "sampler={type: hints, hints: ['# {output}'], insertions: 1, max_output_tokens: 9}";
    assertThatCode(() -> bind(Evaluate.JOB, List.of(hints))).doesNotThrowAnyException();
    for (String other :
        List.of(
            "{type: noisy, completions: 1, strength: 0.5, decay_steps: 1}",
            "{type: prefix, prefixes: 1, completions_per_prefix: 1, greatest_share: 0.5,"
                + " decay_steps: 1, entropy_kept: 1.0}")) {
      assertThatThrownBy(() -> bind(Evaluate.JOB, List.of("sampler=" + other)))
          .isInstanceOf(ConfigException.class)
          .hasMessageContaining("sampler must be plain, tool_loop or hints");
    }
  }

  /** Two updates of each batch up to step 30, then one. */
  @ParameterizedTest
  @CsvSource({"120, 2, 150", "20, 2, 40", "120, 0, 0"})
  void updatesAreCountedForTheSchedule(int steps, int passes, long updates) {
    List<String> words =
        List.of(
            "--recipe",
            "conf/recipes/remix.yaml",
            "max_steps=" + steps,
            "num_iterations=" + passes);
    assertThat(bind(TrainRl.JOB, words).optimizerSteps()).isEqualTo(updates);
  }

  @Test
  void rlRefusesPromptsWhoseAnswerNoTestCanJudge() {
    assertThatThrownBy(() -> bind(TrainRl.JOB, List.of("prompt_families=[composite_a, en2cn]")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("prompt_families must be families that ask for a program")
        .hasMessageContaining("[composite_a, en2cn]");
  }

  @Test
  void aPipelineRefusesAWrongKeyOfAStageBeforeItBegins() {
    assertThatThrownBy(() -> Pipeline.stages(bind(Pipeline.JOB, List.of("train_sft.max_stepz=3"))))
        .isInstanceOf(ConfigException.class)
        .hasMessage("train_sft: train_sft: max_stepz: unknown key; did you mean max_steps?");
    refused(
        "evaluat.samples=3",
        "evaluat: unknown key, neither a stage nor the job of a stage; did you mean evaluate?");
    refused(
        "sed=3",
        "command line: sed: neither a shared key nor a stage's block of keys {...}; did you mean"
            + " seed?");
    refused(
        "evaluate=3",
        "command line: evaluate: neither a shared key nor a stage's block of keys {...}");
    refused("stages=[]", "stages: the list is empty; name a job or more");
    refused(
        "stages=[{job: Evaluat}]",
        "evaluat: no job 'Evaluat' that can be a stage; did you mean Evaluate?");
    refused("stages=[{job: Pipeline}]", "pipeline: no job 'Pipeline' that can be a stage");
    refused("stage=train_sftt", "stage: no stage train_sftt in the list; did you mean train_sft?");
  }

  private static void refused(String word, String message) {
    assertThatThrownBy(() -> Pipeline.stages(bind(Pipeline.JOB, List.of(word))))
        .isInstanceOf(ConfigException.class)
        .hasMessageStartingWith(message);
  }

  @Test
  void aPipelinesStageHasTheKeysOfItsJobsBlockAndOfItsOwn() {
    List<String> words =
        List.of(
            "train_rl.max_steps=50", "evaluate.samples=3", "evaluate_after_rl.samples=4", "seed=5");
    List<String> configs =
        Pipeline.stages(bind(Pipeline.JOB, words)).stream()
            .map(stage -> stage.name() + " " + stage.loader().tree())
            .toList();
    assertThat(configs).hasSize(11).filteredOn(c -> c.contains("\"seed\":5")).hasSize(10);
    assertThat(configs).filteredOn(c -> c.contains("\"samples\":3")).hasSize(2);
    assertThat(configs)
        .anyMatch(c -> c.startsWith("train_rl ") && c.contains("\"max_steps\":50"))
        .anyMatch(c -> c.startsWith("evaluate_after_rl ") && c.contains("\"samples\":4"));
  }

  @Test
  void negativeSizesAreRefused() {
    assertThatThrownBy(() -> bind(SynthesizeProblems.JOB, List.of("composite_a=-5")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("composite_a must be 0 or more, got -5");
    assertThatThrownBy(() -> bind(TrainSft.JOB, List.of("train_batch_size=0")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("train_batch_size must be 1 or more, got 0");
    assertThatThrownBy(() -> bind(TrainSft.JOB, List.of("optimizer.learning_rate=-1")))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("learning_rate");
  }
}
