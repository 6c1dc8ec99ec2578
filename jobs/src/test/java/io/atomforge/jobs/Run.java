package io.atomforge.jobs;

import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** What one command line gave: exit status, standard output and standard error. */
public record Run(int status, String out, String err) {
  static <C extends Record & JobConfig> Run of(Job<C> job, String... words) {
    PrintStream out = System.out;
    PrintStream err = System.err;
    ByteArrayOutputStream outBytes = new ByteArrayOutputStream();
    ByteArrayOutputStream errBytes = new ByteArrayOutputStream();
    System.setOut(new PrintStream(outBytes, true, StandardCharsets.UTF_8));
    System.setErr(new PrintStream(errBytes, true, StandardCharsets.UTF_8));
    try {
      int status = JobRunner.run(job, words);
      return new Run(
          status,
          outBytes.toString(StandardCharsets.UTF_8),
          errBytes.toString(StandardCharsets.UTF_8));
    } finally {
      System.setOut(out);
      System.setErr(err);
    }
  }

  /** The lines that speak for the job; settings and Spark's own log stand beside them. */
  List<String> said(Job<?> job) {
    return err.lines().filter(l -> l.matches(job.name() + "( failed)?: .*")).toList();
  }
}
