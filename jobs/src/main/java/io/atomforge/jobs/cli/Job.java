package io.atomforge.jobs.cli;

import io.atomforge.config.Basis;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;

/**
 * A job as data: what the launcher, the pipeline and the tests need to know of it.
 *
 * @param name class name, such as {@code TrainSft}
 * @param purpose one line for the list of jobs
 * @param config record that the YAML binds to
 * @param reads tables it may read
 * @param writes tables it may write
 * @param body what it does; returns a record for the summary
 * @param inputs what its result depends on beside the config
 * @param algorithm version of its code, raised whenever the same config and inputs give another
 *     result
 */
public record Job<C extends Record & JobConfig>(
    String name,
    String purpose,
    Class<C> config,
    List<Table<?>> reads,
    List<Table<?>> writes,
    Body<C> body,
    Inputs<C> inputs,
    int algorithm) {

  /** The work itself. */
  public interface Body<C> {
    Record run(Warehouse warehouse, C config) throws Exception;
  }

  /** Names what a result depends on beside the config. */
  public interface Inputs<C> {
    List<Input> of(C config);
  }

  public Job {
    reads = List.copyOf(reads);
    writes = List.copyOf(writes);
  }

  /** The first version of a job whose result depends on all rows of the tables it reads. */
  public Job(
      String name,
      String purpose,
      Class<C> config,
      List<Table<?>> reads,
      List<Table<?>> writes,
      Body<C> body) {
    this(name, purpose, config, reads, writes, body, c -> rows(reads), 1);
  }

  private static List<Input> rows(List<Table<?>> tables) {
    return tables.stream().<Input>map(Input.Rows::of).toList();
  }

  /** The same job, whose result depends on these inputs instead. */
  public Job<C> dependsOn(Inputs<C> others) {
    return new Job<>(name, purpose, config, reads, writes, body, others, algorithm);
  }

  /** What the result depends on as things stand. */
  public Basis basis(C settings, Warehouse warehouse) {
    return basis(settings, input -> input.fingerprint(warehouse));
  }

  /**
   * @param fingerprints what stands for the content of an input
   */
  public Basis basis(C settings, Function<Input, String> fingerprints) {
    Basis basis = Basis.of(settings).by(algorithm);
    for (Input input : inputs.of(settings)) {
      basis = basis.with(input.name(), fingerprints.apply(input));
    }
    return basis;
  }

  /** The name of its YAML file without ending: {@code TrainSft} gives {@code train-sft}. */
  public String file() {
    return key().replace('_', '-');
  }

  /** The name of its block in a pipeline's config: {@code TrainSft} gives {@code train_sft}. */
  public String key() {
    return key(name);
  }

  /** The key of the job of this name. */
  public static String key(String name) {
    return name.replaceAll("(?<=[a-z])([A-Z])", "_$1").toLowerCase(Locale.ROOT);
  }
}
