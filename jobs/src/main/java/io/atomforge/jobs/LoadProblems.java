package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.dataset.Split;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.judge.TaskFiles;
import io.atomforge.jobs.run.Inputs;
import io.atomforge.random.Hashes;
import io.atomforge.synthesis.Problem;
import io.atomforge.tables.Warehouse;
import io.atomforge.task.Layout;
import io.atomforge.task.TaskLine;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;

/**
 * Brings problems that others wrote into {@code problems}, as family {@code external}, so that
 * models train on them and are evaluated on them like on synthesized ones.
 */
public final class LoadProblems {
  /** See {@code conf/load-problems.yaml}. */
  public record Config(
      @Operational String warehouse,
      long seed,
      String problems,
      String format,
      String name,
      String split)
      implements JobConfig {
    private static final List<String> SPLITS =
        Arrays.stream(Split.values()).map(Split::label).toList();

    public Config {
      Checks.check(Layout.knows(format), "format", format, "one of " + Layout.NAMES);
      Checks.check(
          name.matches("[A-Za-z0-9_.-]*"), "name", name, "made of letters, digits, _, . and -");
      Checks.check(SPLITS.contains(split), "split", split, "one of " + SPLITS);
    }
  }

  /**
   * @param solved those that have a program that is said to be right
   */
  public record Summary(String name, long problems, long solved) {}

  static final Job<Config> JOB =
      new Job<>(
              "LoadProblems",
              "problems that others wrote, from files into the table problems",
              Config.class,
              List.of(PROBLEMS),
              List.of(PROBLEMS),
              LoadProblems::run)
          .dependsOn(c -> List.of(Inputs.OfFiles.hadoop(c.problems())));

  private LoadProblems() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  /** Reads the files twice: first every row is checked, then all are written, some at a time. */
  static Summary run(Warehouse warehouse, Config config) {
    if (config.problems().isEmpty()) {
      throw new ConfigException("problems: name a file");
    }
    if (config.name().isEmpty()) {
      throw new ConfigException("name: name the collection, such as mbpp");
    }
    long count = 0;
    long solved = 0;
    try (TaskFiles tasks = files(warehouse, config)) {
      while (tasks.hasNext()) {
        TaskLine task = tasks.next();
        solved += task.solutions().isEmpty() ? 0 : 1;
        count++;
      }
    }
    if (count == 0) {
      throw new ConfigException("problems: " + config.problems() + " has no row");
    }
    String mine = "family = 'external' AND startswith(problem_id, '%s/')".formatted(config.name());
    String before = warehouse.exists(PROBLEMS) ? "" + warehouse.version(PROBLEMS) : "none";
    try (TaskFiles tasks = files(warehouse, config)) {
      Iterator<List<TaskLine>> chunks = tasks.chunks();
      for (int chunk = 0; chunks.hasNext(); chunk++) {
        List<Problem> rows = chunks.next().stream().map(t -> problem(t, config)).toList();
        if (chunk == 0) {
          warehouse.replace(PROBLEMS, mine, warehouse.dataset(PROBLEMS, rows).coalesce(1));
        } else {
          warehouse.append(
              PROBLEMS,
              warehouse.dataset(PROBLEMS, rows).coalesce(1),
              String.join("/", "LoadProblems", config.name(), before, "" + chunk));
        }
      }
    }
    return new Summary(config.name(), count, solved);
  }

  private static TaskFiles files(Warehouse warehouse, Config config) {
    return new TaskFiles(warehouse.spark(), "problems", config.problems(), config.format());
  }

  private static Problem problem(TaskLine task, Config config) {
    String solution = task.solutions().stream().findFirst().orElse("");
    String tests = task.stored().argsJson();
    return new Problem(
        config.name() + "/" + task.id(),
        "external",
        List.of(),
        0,
        task.tests().path("entry_point").asText(),
        "",
        task.prompt(),
        task.prompt(),
        solution,
        solution,
        List.of(task.stored()),
        0,
        "",
        Hashes.of(task.prompt() + "\n" + tests),
        config.split());
  }
}
