package io.atomforge.spark;

import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import io.atomforge.config.ConfigException;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import io.atomforge.rollout.PromptTask;
import io.atomforge.rollout.RolloutSampler;
import io.atomforge.rollout.RolloutSource;
import io.atomforge.rollout.Sampler;
import io.atomforge.rollout.Trace;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.tokenizer.Tokenizer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.api.java.function.Function;
import org.apache.spark.broadcast.Broadcast;

/**
 * Samples and judges on executors. Prompts are cut into decode batches by their length and name,
 * never by the number of tasks, so that a sample does not depend on the cluster.
 */
public final class SparkRollouts implements RolloutSource {
  /**
   * A request is cut into at most so many batches, enough for the cores of some machines; a batch
   * that is larger than what is decoded together lets rows take the place of those that ended.
   */
  private static final int BATCHES = 64;

  private static final Map<Long, Kit> KITS = new ConcurrentHashMap<>();

  private final JavaSparkContext spark;
  private final Shape shape;
  private final Broadcast<Library> library;
  private final int tasks;
  private final int rowsPerBatch;
  private final Sampler sampler;
  private long cached;

  private record Shape(ModelConfig config, Precision precision, SandboxSettings sandbox)
      implements Serializable {}

  /**
   * What came of a batch.
   *
   * @param cached completions that the executor's sandbox knew since it was asked last
   */
  private record Sampled(List<Trace> traces, long cached) implements Serializable {}

  /** The tokenizer's files and the callable atoms, sent to each executor once. */
  private record Library(String tokenizerJson, String tokenizerConfig, ArrayList<String[]> atoms)
      implements Serializable {}

  /** The same, unpacked once per executor. */
  private record Kit(Tokenizer tokenizer, AtomLibrary atoms) {}

  /**
   * @param atoms whose functions completions may call
   * @param tasks Spark tasks per call; results do not depend on it
   * @param rowsPerBatch completions decoded together
   * @param sampler what may come into them that the policy does not write
   */
  public SparkRollouts(
      JavaSparkContext spark,
      ModelConfig config,
      Precision precision,
      SandboxSettings sandbox,
      Tokenizer tokenizer,
      List<Atom> atoms,
      int tasks,
      int rowsPerBatch,
      Sampler sampler) {
    this.spark = spark;
    this.shape = new Shape(config, precision, sandbox);
    this.tasks = tasks;
    this.rowsPerBatch = rowsPerBatch;
    this.sampler = sampler;
    ArrayList<String[]> functions = new ArrayList<>();
    for (Atom atom : atoms) {
      functions.add(new String[] {atom.atomId(), atom.name(), atom.variant().name(), atom.code()});
    }
    this.library = spark.broadcast(new Library(tokenizer.toJson(), tokenizer.config(), functions));
  }

  /** The same where the policy alone writes. */
  public SparkRollouts(
      JavaSparkContext spark,
      ModelConfig config,
      Precision precision,
      SandboxSettings sandbox,
      Tokenizer tokenizer,
      List<Atom> atoms,
      int tasks,
      int rowsPerBatch) {
    this(
        spark,
        config,
        precision,
        sandbox,
        tokenizer,
        atoms,
        tasks,
        rowsPerBatch,
        new Sampler.Plain());
  }

  /**
   * @param completion tokens at which completions are cut
   * @throws ConfigException if the prompt and a completion have more tokens than the model has
   *     positions
   */
  public static void requireRoom(PromptTask asked, int completion, int positions) {
    int room = positions - asked.prompt().length;
    if (completion > room) {
      throw new ConfigException(
          "max_completion_length: the prompt of problem %s has %d tokens, and the model %d positions in all; "
                  .formatted(asked.task().taskId(), asked.prompt().length, positions)
              + (room < 1
                  ? "leave the problem out, or take a model with more positions"
                  : "%d new tokens are too many, give %d or less".formatted(completion, room)));
    }
  }

  private static Kit kit(Broadcast<Library> broadcast) {
    return KITS.computeIfAbsent(
        broadcast.id(),
        id -> {
          Library value = broadcast.value();
          List<Atom> atoms = new ArrayList<>();
          Domain any = Domain.of(Type.parse("bool")); // programs need the code alone
          for (String[] f : value.atoms()) {
            Atom.Variant variant = Atom.Variant.valueOf(f[2]);
            atoms.add(new Atom(f[0], "", f[1], variant, List.of(), any, "", "", f[3], List.of()));
          }
          return new Kit(
              Tokenizer.of(value.tokenizerJson(), value.tokenizerConfig()), new AtomLibrary(atoms));
        });
  }

  @Override
  public List<List<Trace>> sample(
      Parameters theta, List<PromptTask> prompts, SamplingSettings settings) {
    int positions = shape.config.maxPositionEmbeddings();
    for (PromptTask asked : prompts) {
      requireRoom(asked, settings.maxNewTokens(), positions);
    }
    Shape here = shape;
    Broadcast<Library> parts = library;
    int width = rowsPerBatch;
    Sampler how = sampler;
    // A value head at the end takes no part in sampling.
    try (Parameters policy = theta.first(new ParameterLayout(shape.config));
        Version current = Version.of(spark, policy)) {
      List<Integer> order = order(prompts);
      List<ArrayList<PromptTask>> batches = batches(order.stream().map(prompts::get).toList());
      Function<ArrayList<PromptTask>, Sampled> work =
          batch -> {
            Kit kit = kit(parts);
            CausalLM model =
                CausalLM.shared(
                    here.config,
                    here.precision,
                    LossScript.NEGATIVE_LOG_LIKELIHOOD,
                    Replica.device());
            Sandbox sandbox = Sandbox.shared(here.sandbox);
            RolloutSampler rollouts =
                new RolloutSampler(model, kit.tokenizer, sandbox, kit.atoms, how);
            try (Replica replica = current.replica(model.layout())) {
              List<Trace> traces = rollouts.sample(replica.parameters(), batch, settings, width);
              return new Sampled(traces, sandbox.takeCacheHits());
            }
          };
      List<Sampled> sampled =
          spark.isLocal()
              ? Tasks.here(spark, batches, tasks, work)
              : Tasks.run(spark, batches, tasks, work);
      cached = sampled.stream().mapToLong(Sampled::cached).sum();
      List<Trace> traces = sampled.stream().flatMap(s -> s.traces().stream()).toList();
      int begin = 0;
      List<List<Trace>> groups = new ArrayList<>(Collections.nCopies(prompts.size(), List.of()));
      for (int place : order) {
        int end = begin + prompts.get(place).samples();
        groups.set(place, traces.subList(begin, end));
        begin = end;
      }
      return groups;
    }
  }

  @Override
  public long cached() {
    return cached;
  }

  /** The places of prompts by length and name. */
  private static List<Integer> order(List<PromptTask> prompts) {
    return IntStream.range(0, prompts.size())
        .boxed()
        .sorted(
            Comparator.comparingInt((Integer i) -> prompts.get(i).prompt().length)
                .thenComparing(i -> prompts.get(i).task().taskId()))
        .toList();
  }

  private List<ArrayList<PromptTask>> batches(List<PromptTask> sorted) {
    int samples = sorted.stream().mapToInt(PromptTask::samples).max().orElseThrow();
    int evenly = (sorted.size() + BATCHES - 1) / BATCHES;
    int size = Math.max(evenly, Math.max(1, rowsPerBatch / samples));
    List<ArrayList<PromptTask>> batches = new ArrayList<>();
    for (int i = 0; i < sorted.size(); i += size) {
      batches.add(new ArrayList<>(sorted.subList(i, Math.min(sorted.size(), i + size))));
    }
    return batches;
  }
}
