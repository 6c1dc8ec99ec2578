package io.atomforge.jobs;

import io.atomforge.config.Suggestion;
import io.atomforge.jobs.cli.Job;
import java.util.List;

/** The list of all jobs; its main prints it. */
public final class Jobs {
  /** In the order the data flows, then the ones that stand beside it. */
  static final List<Job<?>> ALL =
      List.of(
          Pipeline.JOB,
          LoadAtoms.JOB,
          SynthesizeProblems.JOB,
          LoadProblems.JOB,
          LabelProblems.JOB,
          TestcaseProblems.JOB,
          JudgeSolutions.JOB,
          TrainTokenizer.JOB,
          BuildDataset.JOB,
          TrainSft.JOB,
          RateDifficulty.JOB,
          TrainRl.JOB,
          TrainRewardModel.JOB,
          MergeCheckpoints.JOB,
          Evaluate.JOB,
          Generate.JOB,
          WriteReport.JOB,
          RunExperiment.JOB,
          Query.JOB,
          Sql.JOB,
          Export.JOB,
          Release.JOB,
          Doctor.JOB);

  private Jobs() {}

  /** Those that can be a stage of a pipeline or an experiment. */
  static List<Job<?>> stages() {
    List<Job<?>> alone = List.of(Pipeline.JOB, RunExperiment.JOB, Sql.JOB);
    return ALL.stream().filter(job -> !alone.contains(job)).toList();
  }

  /** Lists the jobs; with a word that is none of them, says which was meant. */
  public static void main(String[] args) {
    if (args.length > 0 && !List.of("--help", "-h", "help").contains(args[0])) {
      System.err.println(
          args[0].startsWith("-") || args[0].contains("=")
              ? "name a job before " + args[0] + "; deploy/submit.sh alone lists them"
              : "unknown job '"
                  + args[0]
                  + "'"
                  + Suggestion.of(args[0], ALL.stream().map(Job::name).toList())
                      .replaceFirst("([^?])$", "$1;")
                  + " deploy/submit.sh alone lists them");
      System.exit(2);
    }
    ALL.forEach(job -> System.out.printf("%-20s %s%n", job.name(), job.purpose()));
  }
}
