package io.atomforge.jobs;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.PROBLEMS;

import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.LabelTasks;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Warehouse;
import java.util.List;

/** Makes problems that ask for a label of an atom, such as its topic. */
public final class LabelProblems {
  /** See {@code conf/label-problems.yaml}. */
  public record Config(
      @Operational String warehouse, long seed, LabelTasks.Kind label, int shots, int newClasses)
      implements JobConfig {
    public Config {
      Checks.atLeast(1, "shots", shots);
      Checks.atLeast(0, "new_classes", newClasses);
    }
  }

  /**
   * @param trained problems of the training split
   * @param tested problems of the test split whose labels were trained on
   * @param testedNew problems of the test split whose labels were not
   */
  public record Summary(long trained, long tested, long testedNew) {}

  static final Job<Config> JOB =
      new Job<>(
              "LabelProblems",
              "problems that ask for a label of an atom, for few-shot classification",
              Config.class,
              List.of(ATOMS),
              List.of(PROBLEMS),
              LabelProblems::run)
          .dependsOn(config -> List.of(Input.Rows.of(ATOMS)));

  private LabelProblems() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    LabelTasks tasks =
        new LabelTasks(config.label(), config.shots(), config.newClasses(), config.seed());
    List<Problem> problems = tasks.of(AtomRow.all(warehouse));
    String mine =
        "family IN ('%s', '%s')".formatted(config.label().family(), config.label().newFamily());
    warehouse.replace(PROBLEMS, mine, warehouse.dataset(PROBLEMS, problems).coalesce(1));
    long trained = problems.stream().filter(p -> p.split().equals("train")).count();
    long unseen =
        problems.stream().filter(p -> p.family().equals(config.label().newFamily())).count();
    return new Summary(trained, problems.size() - trained - unseen, unseen);
  }
}
