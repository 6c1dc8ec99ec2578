package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.PROBLEMS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.xxhash64;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Split;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.TestcaseTasks;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.tables.Warehouse;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Makes problems that ask for test cases of other problems. */
public final class TestcaseProblems {
  /** See {@code conf/testcase-problems.yaml}. */
  public record Config(
      @Operational String warehouse,
      long seed,
      @Operational int partitions,
      SandboxConfig sandbox,
      String family,
      int problemsPerSplit,
      int assertions,
      int mutants,
      boolean signature)
      implements JobConfig {
    public Config {
      Checks.atLeast(1, "partitions", partitions);
      Checks.atLeast(1, "problems_per_split", problemsPerSplit);
      Checks.atLeast(1, "assertions", assertions);
      Checks.atLeast(1, "mutants", mutants);
      Checks.check(
          family.matches("atom|composite_[abcg]"),
          "family",
          "'" + family + "'",
          "atom, composite_a, composite_b, composite_c or composite_g");
    }
  }

  /**
   * @param asked problems that were looked at
   * @param trained tasks of the training split
   * @param tested tasks of the test split
   */
  public record Summary(long asked, long trained, long tested) {}

  static final Job<Config> JOB =
      new Job<>(
              "TestcaseProblems",
              "problems that ask for test cases of other problems, judged by mutants",
              Config.class,
              List.of(ATOMS, PROBLEMS),
              List.of(PROBLEMS),
              TestcaseProblems::run)
          .dependsOn(
              config ->
                  List.of(
                      Input.Rows.of(ATOMS),
                      new Input.Rows(PROBLEMS, "family = '" + config.family() + "'")));

  private TestcaseProblems() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    config.sandbox().open(0); // refuses before anything is read
    Dataset<Row> asked = asked(warehouse, config).repartition(config.partitions());
    long count = asked.count();
    if (count == 0) {
      throw new ConfigException(
          "family: table problems has no problem of family " + config.family());
    }
    TestcaseTasks tasks =
        new TestcaseTasks(config.assertions(), config.mutants(), config.signature(), config.seed());
    String mine = "family = '" + tasks.family() + "'";
    Dataset<Row> made = tasks.of(asked, warehouse.read(ATOMS).collectAsList(), config.sandbox());
    warehouse.replace(PROBLEMS, mine, made);
    Dataset<Row> written = warehouse.read(PROBLEMS).filter(mine);
    return new Summary(
        count, written.filter("split = 'train'").count(), written.filter("split = 'test'").count());
  }

  /** As many problems of each split as are wanted, in the order of a hash of seed and identity. */
  private static Dataset<Row> asked(Warehouse warehouse, Config config) {
    Dataset<Row> all = warehouse.read(PROBLEMS).filter(col("family").equalTo(config.family()));
    Dataset<Row> chosen = all.limit(0);
    for (Split split : Split.values()) {
      chosen =
          chosen.union(
              all.filter(col("split").equalTo(split.label()))
                  .orderBy(xxhash64(lit(config.seed()), col("problem_id")), col("problem_id"))
                  .limit(config.problemsPerSplit()));
    }
    return chosen;
  }
}
