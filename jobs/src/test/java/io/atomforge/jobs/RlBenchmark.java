package io.atomforge.jobs;

import ai.djl.Device;
import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.AtomCatalog;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.jobs.run.Checkpoints;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.rl.Anchors;
import io.atomforge.rl.Overlong;
import io.atomforge.rl.PolicyStep;
import io.atomforge.rl.PolicyUpdate;
import io.atomforge.rl.Reward;
import io.atomforge.rl.Rewards;
import io.atomforge.rl.RolloutBatch;
import io.atomforge.rl.Selection;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.Sampler;
import io.atomforge.sandbox.BenchmarkTable;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.ProcessTree;
import io.atomforge.sandbox.Trust;
import io.atomforge.spark.SparkGradients;
import io.atomforge.spark.SparkRollouts;
import io.atomforge.synthesis.TestCase;
import io.atomforge.task.Check;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.PreTokenizer;
import io.atomforge.tokenizer.Tokenizer;
import io.atomforge.training.AdamW;
import io.atomforge.training.Schedule;
import io.atomforge.training.Trainer;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.ImportanceCorrection;
import io.atomforge.training.objective.KlEstimator;
import io.atomforge.training.objective.LossAggregation;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.PolicyObjective;
import io.atomforge.training.objective.Regularizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.sql.SparkSession;

/**
 * Rollouts beside Hugging Face's {@code generate}, and GRPO steps beside TRL's {@code GRPOTrainer},
 * from equal weights in interleaved rounds. What counts are core-seconds: processor time of this
 * process and of the sandbox, which judges every completion, against that of the other.
 */
public final class RlBenchmark {
  private static final String USAGE =
      "usage: PYTHON generate|grpo 1m|5m|30m PROMPTS GENERATIONS TOKENS [ROUNDS]; PYTHON has torch,"
          + " transformers and trl; - measures this program alone";
  private static final String OURS = "atomforge";
  private static final int VOCABULARY = 512;
  private static final int PROMPT = 48;
  private static final int ROWS = 256;
  private static final SandboxConfig SANDBOX =
      new SandboxConfig(
          "python3", 0, IsolationLevel.NO_NAMESPACES, 2.0, 256, 4096, 8192, 0, Trust.SHARED);
  private static final Map<String, ModelConfig> SIZES =
      Map.of(
          "1m", ModelConfig.of(128, 4, 4, 2, 384, VOCABULARY, 256),
          "5m", ModelConfig.of(256, 6, 8, 4, 768, VOCABULARY, 256),
          "30m", ModelConfig.of(512, 8, 8, 4, 1920, VOCABULARY, 256));

  private final List<Peer> peers = new ArrayList<>();
  private final Map<String, List<Cost>> costs = new LinkedHashMap<>();
  private final Path folder;
  private final String mode;
  private final ModelConfig size;
  private final int prompts;
  private final int generations;
  private final int tokens;

  /**
   * What one measurement took, in seconds.
   *
   * @param cpu of all processes together
   * @param tokens generated
   */
  private record Cost(double cpu, double wall, double tokens) {}

  /** {@code deploy/rl_benchmark.py} in one precision. */
  private record Peer(String dtype, Rival rival) {
    Cost cost(int what) throws IOException {
      JsonNode said = rival.ask(what);
      return new Cost(
          said.get("cpu").asDouble(), said.get("wall").asDouble(), said.get("tokens").asDouble());
    }
  }

  /** What both kinds of work begin with. */
  private record Setting(
      JavaSparkContext spark,
      ModelConfig model,
      Parameters theta,
      Tokenizer tokenizer,
      List<PromptTask> tasks) {
    SparkRollouts rollouts(Precision precision) {
      return new SparkRollouts(
          spark,
          model,
          precision,
          SANDBOX.settings(0),
          tokenizer,
          List.of(),
          2,
          ROWS,
          new Sampler.Plain());
    }
  }

  private interface Work {
    void run() throws IOException;
  }

  private RlBenchmark(Path folder, String[] args) {
    this.folder = folder;
    mode = args[1];
    prompts = Integer.parseInt(args[3]);
    generations = Integer.parseInt(args[4]);
    tokens = Integer.parseInt(args[5]);
    size = SIZES.get(args[2]);
  }

  /** Exits with 1 if greedy tokens differ, with 2 on a mistake in the arguments. */
  public static void main(String[] args) throws Exception {
    boolean known =
        args.length >= 6
            && List.of("generate", "grpo").contains(args[1])
            && SIZES.containsKey(args[2]);
    if (!known) {
      System.err.println(USAGE);
      System.exit(2);
    }
    int rounds = args.length > 6 ? Integer.parseInt(args[6]) : 3;
    Path folder = Files.createTempDirectory("rl-benchmark");
    try (SparkSession spark = Sessions.open("RlBenchmark")) {
      new RlBenchmark(folder, args).run(args[0], rounds, spark);
    }
    System.exit(0);
  }

  private void run(String python, int rounds, SparkSession session) throws Exception {
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(session.sparkContext());
    List<Atom> atoms = AtomCatalog.load("").atoms();
    Tokenizer tokenizer = tokenizer(atoms);
    List<PromptTask> tasks = tasks(atoms, tokenizer);
    ModelConfig model = size.withTokens(tokenizer.bosId(), tokenizer.eosId(), tokenizer.padId());
    ParameterLayout layout = new ParameterLayout(model);
    try (Parameters theta = Parameters.initial(layout, 1, Device.cpu())) {
      save(theta, tokenizer, tasks, model);
      boolean alone = python.equals("-");
      for (String dtype : alone ? List.<String>of() : List.of("float32", "bfloat16")) {
        peers.add(start(python, dtype));
      }
      Setting setting = new Setting(spark, model, theta, tokenizer, tasks);
      if (mode.equals("generate")) {
        generate(rounds, setting);
      } else {
        grpo(rounds, setting);
      }
      print(layout.size());
    } finally {
      peers.forEach(p -> p.rival.close());
    }
  }

  private static Tokenizer tokenizer(List<Atom> atoms) {
    Map<String, Long> words = new HashMap<>();
    atoms.stream()
        .flatMap(a -> Stream.of(a.promptEn(), a.code()))
        .flatMap(text -> PreTokenizer.split(text).stream())
        .forEach(w -> words.merge(w, 1L, Long::sum));
    return Tokenizer.of(
        BpeTrainer.train(words, VOCABULARY, ChatTemplate.SPECIAL_TOKENS),
        ChatTemplate.tokenizerConfig());
  }

  /** Different pieces of the atoms' descriptions, all equally long. */
  private List<PromptTask> tasks(List<Atom> atoms, Tokenizer tokenizer) {
    int[] text =
        atoms.stream().flatMapToInt(a -> Arrays.stream(tokenizer.encode(a.promptEn()))).toArray();
    List<TestCase> tests =
        IntStream.range(0, 12)
            .mapToObj(i -> new TestCase("[" + i + "]", "" + i * i, i < 4))
            .toList();
    Check check = Check.calls("f", tests);
    List<PromptTask> tasks = new ArrayList<>();
    for (int i = 0; i < prompts; i++) {
      int from = 7 * i % (text.length - PROMPT);
      long[] seeds = LongStream.range(0, generations).map(s -> 1000 * s + tasks.size()).toArray();
      int[] prompt = Arrays.copyOfRange(text, from, from + PROMPT);
      Task task = new Task("p" + i, "", "", new ResponseFormat.Program(), check, true);
      tasks.add(new PromptTask(task, prompt, seeds));
    }
    return tasks;
  }

  private void save(
      Parameters theta, Tokenizer tokenizer, List<PromptTask> tasks, ModelConfig model)
      throws IOException {
    Map<String, byte[]> files = Checkpoints.files(tokenizer);
    Checkpoint.of(folder.resolve("model"), model, files).save(theta, Precision.FP32);
    Files.writeString(
        folder.resolve("prompts.json"),
        JobRunner.JSON.writeValueAsString(tasks.stream().map(PromptTask::prompt).toList()));
  }

  private Peer start(String python, String dtype) throws IOException {
    Rival rival =
        new Rival(
            List.of(
                python,
                "deploy/rl_benchmark.py",
                folder.toString(),
                mode,
                dtype,
                "" + prompts,
                "" + generations,
                "" + tokens),
            folder.resolve(dtype + ".err"));
    rival.answer();
    return new Peer(dtype, rival);
  }

  private void generate(int rounds, Setting setting) throws IOException {
    Parameters theta = setting.theta();
    List<PromptTask> tasks = setting.tasks();
    if (!peers.isEmpty()) {
      compareGreedy(setting);
    }
    SparkRollouts rollouts = setting.rollouts(Precision.BF16);
    SamplingSettings sampling = SamplingSettings.sampling(1, tokens, -1);
    Work ours = () -> rollouts.sample(theta, tasks, sampling);
    Work alone = () -> generateAlone(setting, sampling);
    warmUp(ours);
    warmUp(alone);
    for (int round = 0; round <= rounds; round++) {
      boolean counts = round > 0; // the first warms up
      measure(counts, OURS, ours);
      measure(counts, "atomforge, nothing judged", alone);
      for (Peer peer : peers) {
        for (int batch : new int[] {32, 128, 256}) {
          Cost cost = peer.cost(batch);
          add(counts, "generate, " + peer.dtype + ", batch " + batch, cost);
        }
      }
    }
  }

  /** Exits with 1 unless both sides' most probable tokens are the same. */
  private void compareGreedy(Setting setting) throws IOException {
    Parameters theta = setting.theta();
    List<PromptTask> tasks = setting.tasks();
    SparkRollouts exact = setting.rollouts(Precision.FP32);
    List<int[]> greedy =
        exact
            .sample(
                theta,
                tasks.stream().map(PromptTask::greedy).toList(),
                SamplingSettings.greedy(tokens, -1))
            .stream()
            .map(group -> group.get(0).tokens())
            .toList();
    int[][] theirs =
        JobRunner.JSON.convertValue(peers.get(0).rival.ask(0).get("tokens"), int[][].class);
    for (int i = 0; i < tasks.size(); i++) {
      if (!Arrays.equals(greedy.get(i), theirs[i])) {
        System.err.println("the greedy tokens of prompt " + i + " differ");
        System.exit(1);
      }
    }
    System.out.println("greedy tokens in fp32 are equal: " + tasks.size() + " x " + tokens);
  }

  /** The completions of two tasks, a half of the prompts each. */
  private void generateAlone(Setting setting, SamplingSettings sampling) {
    CausalLM model =
        CausalLM.shared(
            setting.model(), Precision.BF16, LossScript.NEGATIVE_LOG_LIKELIHOOD, Device.cpu());
    List<PromptTask> tasks = setting.tasks();
    int middle = tasks.size() / 2;
    Stream.of(tasks.subList(0, middle), tasks.subList(middle, tasks.size()))
        .parallel()
        .forEach(
            half ->
                model.generate(
                    setting.theta(),
                    half.stream().map(PromptTask::prompt).toList(),
                    generations,
                    sampling,
                    half.stream()
                        .flatMap(t -> t.starts().stream())
                        .mapToLong(PromptTask.Start::seed)
                        .toArray()));
  }

  private void grpo(int rounds, Setting setting) throws IOException {
    Parameters theta = setting.theta();
    PolicyObjective objective =
        new PolicyObjective(
            new PolicyLoss.Clipped(0.2, 0.2, 0),
            List.of(new Regularizer.KlLoss(0.01, KlEstimator.K3)),
            Optional.empty(),
            true);
    PolicyUpdate.Settings settings =
        new PolicyUpdate.Settings(
            1,
            new AdvantageEstimator.GroupNormalized(),
            objective,
            new ImportanceCorrection.None(),
            LossAggregation.SEQ_MEAN_TOKEN_MEAN,
            1,
            1,
            2,
            1);
    SparkGradients source = new SparkGradients(setting.spark(), setting.model(), Precision.BF16, 2);
    PolicyStep.Settings step =
        new PolicyStep.Settings(
            SamplingSettings.sampling(1, tokens, -1),
            new RolloutBatch.Scoring(
                Rewards.of(new Reward.Fraction()),
                new Overlong.None(),
                new Selection.All(),
                tokens),
            false);
    try (Anchors anchors = Anchors.of(theta, settings.objective(), Long.MAX_VALUE);
        Trainer trainer =
            new Trainer(
                theta,
                new AdamW(1e-4, 0.9, 0.999, 1e-8, 0),
                new Schedule.Constant(0),
                1000,
                1,
                source)) {
      PolicyStep policy =
          new PolicyStep(
              setting.rollouts(Precision.BF16), new PolicyUpdate(source, anchors, settings), step);
      Work one = () -> policy.learn(trainer, policy.draw(theta, setting::tasks), 0, 1);
      warmUp(one);
      for (int round = 0; round <= rounds; round++) {
        measure(round > 0, OURS, one);
        for (Peer peer : peers) {
          add(round > 0, "GRPOTrainer, " + peer.dtype, peer.cost(1));
        }
      }
    }
  }

  /** As in a run of some hundred steps, what runs often has been compiled. */
  private static void warmUp(Work work) throws IOException {
    for (long end = System.nanoTime() + 20_000_000_000L; System.nanoTime() < end; ) {
      work.run();
    }
  }

  /** At least a second of ours, as the kernel counts processor time in hundredths. */
  private void measure(boolean counts, String name, Work work) throws IOException {
    double cpu = cpuSeconds();
    long begin = System.nanoTime();
    int times = 0;
    while (times == 0 || System.nanoTime() - begin < 1e9) {
      work.run();
      times++;
    }
    double wall = (System.nanoTime() - begin) / 1e9;
    double sampled = (double) prompts * generations * tokens;
    add(counts, name, new Cost((cpuSeconds() - cpu) / times, wall / times, sampled));
  }

  /** Of this process and the sandbox's. */
  private double cpuSeconds() throws IOException {
    List<Long> others = peers.stream().map(p -> p.rival.pid()).toList();
    ProcessHandle self = ProcessHandle.current();
    Stream<ProcessHandle> sandbox =
        self.children()
            .filter(c -> !others.contains(c.pid()))
            .flatMap(c -> Stream.concat(Stream.of(c), c.descendants()));
    return ProcessTree.cpuMs(Stream.concat(Stream.of(self), sandbox)) / 1e3;
  }

  private void add(boolean counts, String name, Cost cost) {
    if (counts) {
      costs.computeIfAbsent(name, n -> new ArrayList<>()).add(cost);
    }
  }

  private void print(long parameters) {
    System.out.printf(
        Locale.ROOT,
        "%s, %d parameters, %d prompts x %d completions x %d tokens%n%n"
            + "| | core-seconds | seconds | tokens per core-second | atomforge is so many times as"
            + " good |%n|---|---|---|---|---|%n",
        mode,
        parameters,
        prompts,
        generations,
        tokens);
    double own = perCoreSecond(OURS);
    for (String name : costs.keySet()) {
      List<Cost> of = costs.get(name);
      System.out.printf(
          Locale.ROOT,
          "| %s | %.2f | %.2f | %.0f | %.2f |%n",
          name,
          BenchmarkTable.median(of.stream().map(Cost::cpu).toList()),
          BenchmarkTable.median(of.stream().map(Cost::wall).toList()),
          perCoreSecond(name),
          own / perCoreSecond(name));
    }
  }

  private double perCoreSecond(String name) {
    return BenchmarkTable.median(costs.get(name).stream().map(c -> c.tokens() / c.cpu()).toList());
  }
}
