package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.jobs.judge.FuzzedText;
import io.atomforge.jobs.judge.JudgeFuzz;
import io.atomforge.tables.Warehouse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Looks for ends that have no name: programs and values that are judged, lines of JSON, YAML of
 * jobs and SQL, all made at random. A program must end with an outcome that says something about
 * it, a wrong one may not pass and a right one must; all else is read or refused in one line. Exits
 * 1 if anything else happened, with the number that makes it again.
 */
public final class Fuzz {
  private static final List<Job<?>> JOBS =
      List.of(
          JudgeSolutions.JOB,
          TrainRl.JOB,
          TrainSft.JOB,
          Evaluate.JOB,
          BuildDataset.JOB,
          SynthesizeProblems.JOB,
          Pipeline.JOB,
          Query.JOB);
  private static final List<String> STATEMENTS =
      List.of(
          "SELECT family, count(*) AS n FROM problems GROUP BY family ORDER BY n DESC",
          "SELECT * FROM range(10) r JOIN (VALUES (1, 'a')) v(id, x) ON r.id = v.id",
          "WITH t AS (SELECT id, id % 3 AS m FROM range(100)) SELECT m, avg(id) FROM t GROUP BY m",
          "SELECT explode(sequence(1, 5)), map('a', 1)['a'], from_json('{\"a\": 1}', 'a int')",
          "SELECT substring('abc', 1, 2), cast('x' AS int), 1 / 0, array(1)[5], date '2024-01-01'",
          "DESCRIBE problems",
          "SHOW TABLES",
          "SELECT id, row_number() OVER (PARTITION BY id % 2 ORDER BY id) FROM range(5) LIMIT 3");

  private Fuzz() {}

  /**
   * @param args minutes, 10 if absent; a seed, 1 if absent; and the number of one trial to make
   *     again
   */
  public static void main(String[] args) throws Exception {
    double minutes = args.length > 0 ? Double.parseDouble(args[0]) : 10;
    long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
    long only = args.length > 2 ? Long.parseLong(args[2]) : -1;
    List<String> faults = new ArrayList<>();
    Map<String, Integer> ends = new TreeMap<>();
    Path folder = Files.createTempDirectory("fuzz");
    long end = System.nanoTime() + (long) (minutes * 60e9);
    try (JudgeFuzz judge = new JudgeFuzz()) {
      ConfigLoader loader = JobRunner.load(Query.JOB, List.of("warehouse=" + folder));
      Warehouse warehouse =
          Warehouse.open(
              Sessions.open("fuzz"), folder.toString(), JobRunner.provenance(Query.JOB, loader));
      for (long i = Math.max(0, only);
          only >= 0 ? i == only : System.nanoTime() < end && faults.size() < 20;
          i++) {
        Random random = new Random(seed * 1_000_003 + i);
        String kind = "";
        String fault;
        try {
          switch (random.nextInt(10)) {
            case 0 -> {
              kind = "yaml";
              fault = yaml(random);
            }
            case 1 -> {
              kind = "sql";
              fault = sql(warehouse, random);
            }
            case 2, 3, 4 -> {
              kind = "line";
              fault = judge.line(random);
            }
            default -> {
              kind = "program";
              fault = judge.program(random);
            }
          }
        } catch (Exception | StackOverflowError e) {
          fault = e + " at " + (e.getStackTrace().length > 0 ? e.getStackTrace()[0] : "?");
        }
        ends.merge(kind, 1, Integer::sum);
        if (!fault.isEmpty()) {
          faults.add(kind + " " + i + ": " + fault);
          System.out.println(faults.get(faults.size() - 1));
        }
      }
      judge.ends().forEach(ends::put);
    }
    System.out.println(ends);
    System.out.println(faults.isEmpty() ? "PASS" : "FAIL: " + faults.size() + " faults");
    System.exit(faults.isEmpty() ? 0 : 1);
  }

  private static String yaml(Random random) {
    Job<?> job = JOBS.get(random.nextInt(JOBS.size()));
    String text = ConfigLoader.shippedText(job.file() + ".yaml");
    List<String> words = new ArrayList<>();
    try {
      ConfigLoader loader =
          new ConfigLoader()
              .shipped("base.yaml")
              .layer("fuzzed.yaml", FuzzedText.changed(text, random));
      if (random.nextInt(3) == 0) {
        String[] lines = text.split("\n");
        String key = lines[random.nextInt(lines.length)].replaceAll(":.*", "").strip();
        words.add(FuzzedText.changed(key + "=1", random));
        loader.override(words.get(0));
      }
      loader.dropUnused("conf/base.yaml", job.config()).bind(job.config());
      return "";
    } catch (ConfigException e) {
      return oneLine(e);
    }
  }

  private static String sql(Warehouse warehouse, Random random) throws Exception {
    String statement = STATEMENTS.get(random.nextInt(STATEMENTS.size()));
    if (random.nextInt(8) > 0) {
      statement = FuzzedText.changed(statement, random);
    }
    ConfigLoader loader = JobRunner.load(Query.JOB, List.of());
    try {
      loader.layer("words", JobRunner.JSON.createObjectNode().put("sql", statement));
      Query.run(warehouse, loader.bind(Query.Config.class));
      return "";
    } catch (ConfigException e) {
      return oneLine(e);
    }
  }

  private static String oneLine(ConfigException e) {
    String message = e.getMessage();
    return message == null || message.isBlank() || message.length() > 5000
        ? "says nothing, or too much: " + message
        : "";
  }
}
