package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobFailedException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.Findings;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.spark.SparkEnv;
import org.apache.spark.api.java.JavaSparkContext;

/** What the driver and every executor has; fails if a job would. */
public final class Doctor {
  /** See {@code conf/doctor.yaml}. */
  record Config(@Operational String warehouse, SandboxConfig sandbox) implements JobConfig {
    @Override
    public boolean writes() {
      return false;
    }
  }

  record Summary(String checks, boolean healthy) {}

  static final Job<Config> JOB =
      new Job<>(
          "Doctor",
          "what this driver and every executor has; exits 1 if a job would fail",
          Config.class,
          List.of(),
          List.of(),
          Doctor::run);

  private Doctor() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    List<Findings> all = new ArrayList<>(List.of(Findings.of("driver", config.sandbox())));
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    SandboxConfig sandbox = config.sandbox();
    int slots = Math.max(2, 4 * spark.defaultParallelism());
    Map<String, Findings> executors = new TreeMap<>();
    spark
        .parallelize(IntStream.range(0, slots).boxed().toList(), slots)
        .map(i -> Findings.of("executor " + SparkEnv.get().executorId(), sandbox))
        .collect()
        .forEach(f -> executors.putIfAbsent(f.where(), f));
    executors.remove("executor driver");
    all.addAll(executors.values());
    warehouse(warehouse, config.warehouse(), all.get(0));
    String out = all.stream().map(Findings::text).collect(Collectors.joining());
    boolean healthy = all.stream().allMatch(f -> f.problems().isEmpty());
    if (!healthy) {
      System.out.println(out);
      throw new JobFailedException(
          all.stream().flatMap(f -> f.problems().stream()).findFirst().orElseThrow());
    }
    return new Summary(out, true);
  }

  private static void warehouse(Warehouse warehouse, String location, Findings driver) {
    try {
      warehouse.checkWritable();
      boolean catalog = location.startsWith("catalog:");
      driver.facts().put("warehouse", catalog ? location : location + " (writable)");
    } catch (ConfigException e) {
      driver.problems().add(String.valueOf(e.getMessage()));
    }
  }
}
