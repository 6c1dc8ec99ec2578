package io.atomforge.jobs.run;

import ai.djl.engine.Engine;
import io.atomforge.model.ComputePrecision;
import io.atomforge.sandbox.Call;
import io.atomforge.sandbox.IsolationLevel;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.Tests;
import io.atomforge.sandbox.Verdict;
import java.io.Serializable;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What one process has of all that jobs need.
 *
 * @param where which process
 * @param facts by name, in the order in which people read them
 * @param problems empty if it can run every job
 */
public record Findings(
    String where, LinkedHashMap<String, String> facts, ArrayList<String> problems)
    implements Serializable {
  /** Looks at the process that this runs in. */
  public static Findings of(String where, SandboxConfig sandbox) {
    Findings findings = new Findings(where, new LinkedHashMap<>(), new ArrayList<>());
    findings.lookAtMachine();
    findings.lookAtEngine();
    findings.lookAtSandbox(sandbox);
    return findings;
  }

  private void lookAtMachine() {
    Runtime runtime = Runtime.getRuntime();
    try {
      facts.put("host", InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException e) {
      facts.put("host", "unknown");
    }
    facts.put(
        "java", System.getProperty("java.version") + ", " + System.getProperty("java.vm.name"));
    facts.put(
        "cores, heap",
        runtime.availableProcessors() + ", " + runtime.maxMemory() / (1 << 20) + " MiB");
    facts.put("precision", "AUTO is " + ComputePrecision.described());
    int java = Runtime.version().feature();
    if (java < 17 || java > 21) { // as deploy/submit.sh says
      problems.add(where + ": a JDK 17 to 21 is needed, found " + Runtime.version());
    }
  }

  private void lookAtEngine() {
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
  }

  private void lookAtSandbox(SandboxConfig config) {
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
  }

  /** For people: the process, then a line for each fact and each problem. */
  public String text() {
    StringBuilder text = new StringBuilder(where).append('\n');
    facts.forEach((name, value) -> text.append(String.format("  %-14s %s%n", name, value)));
    problems.forEach(p -> text.append("  PROBLEM        ").append(p).append('\n'));
    return text.toString();
  }
}
