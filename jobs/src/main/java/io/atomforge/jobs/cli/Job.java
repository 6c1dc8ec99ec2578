package io.atomforge.jobs.cli;

import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.util.List;
import java.util.Locale;

/**
 * A job as data: what the launcher, the pipeline and the tests need to know of it.
 *
 * @param name class name, such as {@code TrainSft}
 * @param purpose one line for the list of jobs
 * @param config record that the YAML binds to
 * @param reads tables it may read
 * @param writes tables it may write
 * @param body what it does; returns a record for the summary
 */
public record Job<C extends Record & JobConfig>(
    String name,
    String purpose,
    Class<C> config,
    List<Table<?>> reads,
    List<Table<?>> writes,
    Body<C> body) {

  /** The work itself. */
  public interface Body<C> {
    Record run(Warehouse warehouse, C config) throws Exception;
  }

  public Job {
    reads = List.copyOf(reads);
    writes = List.copyOf(writes);
  }

  /** The name of its YAML file without ending: {@code TrainSft} gives {@code train-sft}. */
  public String file() {
    return words("-");
  }

  /** The name of its block in a pipeline's config: {@code TrainSft} gives {@code train_sft}. */
  public String key() {
    return words("_");
  }

  private String words(String separator) {
    return name.replaceAll("(?<=[a-z])([A-Z])", separator + "$1").toLowerCase(Locale.ROOT);
  }
}
