package io.atomforge.report;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;

/**
 * What the report is made from. Whatever is empty is left out of the page with a sentence. Maps are
 * shown in their own order, so give ordered ones.
 *
 * <p>Runs that differ in their seed alone make up one arm, and an arm is what the page shows: as a
 * colour, a row, a line. In a report on one run the arms are its stages, such as before_sft.
 *
 * @param kind what the page is about
 * @param seed from which the draws of the bootstrap derive
 * @param seedSpread what other runs have shown of a report on one run
 * @param evaluated runs of the evaluations, in the order shown; what is compared follows its arm of
 *     control
 * @param evaluations in any order
 * @param trained runs of the metrics, in the order shown; a run whose model was evaluated has the
 *     arm of that evaluation
 * @param metrics in any order
 * @param trainedOn what learned, such as "Run sft", to its data in words, such as "60 examples of
 *     composite_a"
 * @param settings dotted keys of the config whose values differ, to the value of each arm of {@code
 *     trained}; empty where an arm lacks the key
 * @param rejections check that refused the candidate, such as V3_CONSTANT, to the number of them
 * @param kept problems that passed every check: family to split to the number of them
 * @param spaces what could have been drawn, in words, to how many exist, such as "chains of 2
 *     atoms" to "4,310"
 * @param samples in the order shown
 * @param lineage in the order the data flows
 * @param config the effective config, as the user reads it
 * @param environment name to value, such as Java to 17.0.15
 * @param stageSeconds pipeline stage to its wall time
 */
public record ReportData(
    Kind kind,
    String title,
    long seed,
    SeedSpread seedSpread,
    List<Run> evaluated,
    List<Evaluation> evaluations,
    List<Run> trained,
    List<Metric> metrics,
    Map<String, String> trainedOn,
    Map<String, List<String>> settings,
    Map<String, Long> rejections,
    Map<String, Map<String, Long>> kept,
    Map<String, String> spaces,
    List<Sample> samples,
    List<TableState> lineage,
    String config,
    Map<String, String> environment,
    Map<String, Double> stageSeconds) {
  public ReportData {
    evaluated = List.copyOf(evaluated);
    evaluations = List.copyOf(evaluations);
    trained = List.copyOf(trained);
    metrics = List.copyOf(metrics);
    samples = List.copyOf(samples);
    lineage = List.copyOf(lineage);
  }

  /** What a page is about. */
  public enum Kind {
    /** The stages of one run, from the problems to the last model. */
    RUN,
    /** Arms beside each other; the first one is what the others are compared with. */
    COMPARISON
  }

  /**
   * @param id run_id in the tables
   * @param arm what it belongs to
   */
  public record Run(String id, String arm, long seed) {}

  /** The arms that hold a run that was asked for, in order, without those that have no run. */
  static List<String> arms(List<Run> runs, Predicate<String> has) {
    Set<String> arms = new LinkedHashSet<>();
    runs.stream().filter(r -> has.test(r.id())).forEach(r -> arms.add(r.arm()));
    return new ArrayList<>(arms);
  }

  /**
   * One problem under one model.
   *
   * @param run id of one of {@code evaluated}
   * @param problemSet atom, a_test, b_test, c_test or any other name
   * @param depth number of atoms
   * @param n samples drawn
   * @param c samples that passed, in [0, n]
   * @param greedyJudged whether the first try has a verdict
   * @param sampledOutcomes how often each verdict occurred among the samples
   * @param calls what the first try calls at each step of the chain; empty where the chain's
   *     functions are not called by their names
   */
  public record Evaluation(
      String run,
      String problemSet,
      String problemId,
      int depth,
      int n,
      int c,
      boolean greedyJudged,
      boolean greedyPassed,
      Map<String, Long> sampledOutcomes,
      List<Call> calls) {
    public Evaluation {
      calls = List.copyOf(calls);
    }
  }

  /**
   * One step of a chain.
   *
   * @param asked the atom that the problem asks for
   * @param right whether the program calls it there
   */
  public record Call(String asked, boolean right) {}

  /**
   * One number of one optimizer step; a run with {@code critic/score/mean} is taken for RL, one
   * with {@code train/loss} alone for SFT.
   *
   * @param run id of one of {@code trained}
   */
  public record Metric(String run, long step, String name, double value) {}

  /**
   * One problem with what the models wrote for it.
   *
   * @param reference the wiring
   * @param completions one per arm
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
  public record Completion(String arm, String text, String outcome) {}

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
