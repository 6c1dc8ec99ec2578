package io.atomforge.jobs;

import ai.djl.engine.Engine;
import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobFailedException;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Verdict;
import io.atomforge.tables.Warehouse;
import java.io.Serializable;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
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

  /** One process's findings; {@code problems} is empty if it can run every job. */
  record Findings(String where, LinkedHashMap<String, String> facts, ArrayList<String> problems)
      implements Serializable {}

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
    List<Findings> all = new ArrayList<>(List.of(look("driver", config.sandbox())));
    JavaSparkContext spark = JavaSparkContext.fromSparkContext(warehouse.spark().sparkContext());
    SandboxConfig sandbox = config.sandbox();
    int slots = Math.max(2, 4 * spark.defaultParallelism());
    Map<String, Findings> executors = new TreeMap<>();
    spark
        .parallelize(IntStream.range(0, slots).boxed().toList(), slots)
        .map(i -> look("executor " + SparkEnv.get().executorId(), sandbox))
        .collect()
        .forEach(f -> executors.putIfAbsent(f.where(), f));
    executors.remove("executor driver");
    all.addAll(executors.values());
    warehouse(warehouse, config.warehouse(), all.get(0));
    StringBuilder out = new StringBuilder();
    for (Findings findings : all) {
      out.append(findings.where()).append('\n');
      findings.facts().forEach((k, v) -> out.append(String.format("  %-14s %s%n", k, v)));
      findings.problems().forEach(p -> out.append("  PROBLEM        ").append(p).append('\n'));
    }
    boolean healthy = all.stream().allMatch(f -> f.problems().isEmpty());
    if (!healthy) {
      System.out.println(out);
      throw new JobFailedException(
          all.stream().flatMap(f -> f.problems().stream()).findFirst().orElseThrow());
    }
    return new Summary(out.toString(), true);
  }

  private static Findings look(String where, SandboxConfig config) {
    LinkedHashMap<String, String> facts = new LinkedHashMap<>();
    ArrayList<String> problems = new ArrayList<>();
    Runtime runtime = Runtime.getRuntime();
    try {
      facts.put("host", InetAddress.getLocalHost().getHostName());
    } catch (java.net.UnknownHostException e) {
      facts.put("host", "unknown");
    }
    facts.put(
        "java", System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
    facts.put(
        "cores, heap",
        runtime.availableProcessors() + ", " + runtime.maxMemory() / (1 << 20) + " MiB");
    int java = Runtime.version().feature();
    if (java < 17 || java > 21) { // as deploy/submit.sh says
      problems.add(where + ": a JDK 17 to 21 is needed, found " + Runtime.version());
    }
    try {
      Engine engine = Engine.getEngine("PyTorch");
      facts.put(
          "engine",
          "PyTorch "
              + engine.getVersion()
              + ", "
              + (engine.getGpuCount() > 0 ? engine.getGpuCount() + " GPU" : "CPU"));
    } catch (RuntimeException | LinkageError e) {
      problems.add(where + ": the DJL PyTorch engine does not start: " + e.getMessage());
    }
    try {
      Sandbox sandbox = config.open(0);
      facts.put("python", sandbox.pythonVersion());
      facts.put("isolation", sandbox.isolation().name());
      if (sandbox.isolation() != IsolationLevel.FULL) {
        facts.put("not stronger", sandbox.isolationReasons());
      }
      String noGroup = sandbox.noMemoryGroup();
      facts.put("memory group", noGroup.isEmpty() ? "yes" : "no: " + noGroup);
      Verdict verdict =
          sandbox.judge(
              "def f(x):\n    return x + 1\n",
              new Tests.Calls("f", List.of(new Tests.Calls.Case(new Call("[1]"), "2"))),
              JudgeOptions.DEFAULT);
      if (verdict.outcome() != Outcome.PASSED) {
        problems.add(
            where
                + ": the sandbox judged a right program "
                + verdict.outcome()
                + " "
                + verdict.detail());
      }
    } catch (RuntimeException e) {
      problems.add(where + ": the sandbox does not start: " + e.getMessage());
    }
    return new Findings(where, facts, problems);
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
