package io.atomforge.report;

import java.util.List;
import java.util.Map;

/**
 * What the report is made from. Whatever is empty is left out of the page with a sentence. Maps are
 * shown in their own order, so give ordered ones.
 *
 * @param seed of the run; the bootstrap draws from it
 * @param stages evaluated stages in the order of the pipeline, such as before_sft, after_sft,
 *     after_rl; further stages of the evaluations follow in the order of their first row
 * @param metrics in any order
 * @param trainedOn what learned, such as "Run sft", to its data in words, such as "60 examples of
 *     composite_a"
 * @param rejections check that refused the candidate, such as V3_CONSTANT, to the number of them
 * @param kept problems that passed every check: family to split to the number of them
 * @param spaces what could have been drawn, in words, to how many exist, such as "chains of 2
 *     atoms" to "4,310"
 * @param samples shown in this order
 * @param lineage in the order the data flows
 * @param config the effective config, as the user reads it
 * @param environment name to value, such as Java to 17.0.15
 * @param stageSeconds pipeline stage to its wall time
 * @param totalSeconds wall time of the run
 */
public record ReportData(
    String title,
    long seed,
    List<String> stages,
    List<Evaluation> evaluations,
    List<Metric> metrics,
    Map<String, String> trainedOn,
    Map<String, Long> rejections,
    Map<String, Map<String, Long>> kept,
    Map<String, String> spaces,
    List<Sample> samples,
    List<TableState> lineage,
    String config,
    Map<String, String> environment,
    Map<String, Double> stageSeconds,
    double totalSeconds) {
  public ReportData {
    stages = List.copyOf(stages);
    evaluations = List.copyOf(evaluations);
    metrics = List.copyOf(metrics);
    samples = List.copyOf(samples);
    lineage = List.copyOf(lineage);
  }

  /**
   * One problem at one stage.
   *
   * @param problemSet atom, a_test, b_test, c_test or any other name
   * @param depth number of atoms
   * @param n samples drawn
   * @param c samples that passed, in [0, n]
   * @param sampledOutcomes how often each verdict occurred among the samples
   */
  public record Evaluation(
      String stage,
      String problemSet,
      String problemId,
      int depth,
      int n,
      int c,
      boolean greedyPassed,
      Map<String, Long> sampledOutcomes) {}

  /**
   * One number of one optimizer step; a run with {@code critic/score/mean} is taken for RL, one
   * with {@code train/loss} alone for SFT.
   */
  public record Metric(String run, long step, String name, double value) {}

  /**
   * One problem with what the model wrote for it.
   *
   * @param reference the wiring
   * @param completions one per stage
   */
  public record Sample(
      String problemSet, String prompt, String reference, List<Completion> completions) {
    public Sample {
      completions = List.copyOf(completions);
    }
  }

  /**
   * @param outcome verdict, such as PASSED
   */
  public record Completion(String stage, String text, String outcome) {}

  /**
   * One table as the run left it.
   *
   * @param job that wrote this version
   * @param reads what the job read, as table@version
   */
  public record TableState(String table, long rows, long version, String job, List<String> reads) {
    public TableState {
      reads = List.copyOf(reads);
    }
  }
}
