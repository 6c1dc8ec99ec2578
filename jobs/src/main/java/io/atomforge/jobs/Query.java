package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.TextSummary;
import io.atomforge.jobs.data.Releases;
import io.atomforge.jobs.sql.Answer;
import io.atomforge.jobs.sql.Format;
import io.atomforge.jobs.sql.Statements;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Read-only SQL with every table of the warehouse in scope, time travel included. */
public final class Query {
  /** See {@code conf/query.yaml}. */
  record Config(@Operational String warehouse, String sql, Format format, int limit, String release)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "limit", limit);
    }

    @Override
    public boolean writes() {
      return false;
    }
  }

  /** The rows as text. */
  record Summary(String result, long rows) implements TextSummary {
    @Override
    public String text() {
      return result;
    }
  }

  static final Job<Config> JOB =
      new Job<>(
          "Query",
          "read-only SQL over the tables and views of the warehouse",
          Config.class,
          Tables.ALL,
          List.of(),
          Query::run);

  private Query() {}

  public static void main(String[] args) throws Exception {
    JobRunner.main(JOB, words(args).toArray(String[]::new));
  }

  /**
   * The command line with its statement as key {@code sql}; a statement may begin with a comment.
   */
  static List<String> words(String[] args) throws IOException {
    List<String> words = new ArrayList<>();
    List<String> statement = new ArrayList<>(); // of several words without quotation marks
    int place = 0;
    for (int i = 0; i < args.length; i++) {
      if (args[i].equals("--format") && i + 1 < args.length) {
        words.add("format=" + args[++i]);
      } else if (!args[i].matches("-\\S+")
          && !args[i].matches("(?s)[a-z][a-z0-9_.]*=.*")
          && (i == 0 || !args[i - 1].matches("--config|--recipe"))) {
        place = statement.isEmpty() ? words.size() : place;
        statement.add(args[i]);
      } else {
        words.add(args[i]);
      }
    }
    if (!statement.isEmpty()) {
      words.add(place, "sql=" + JobRunner.JSON.writeValueAsString(String.join(" ", statement)));
    }
    return words;
  }

  static Summary run(Warehouse current, Config config) throws Exception {
    if (config.sql().isBlank()) {
      throw new ConfigException(
          "sql: give a statement, such as Query \"SELECT family, count(*) FROM problems GROUP BY"
              + " 1\"");
    }
    Warehouse warehouse =
        config.release().isEmpty() ? current : Releases.open(current, config.release());
    Answer answer = new Statements(warehouse).answer(config.sql(), config.format(), config.limit());
    System.err.println("Query: " + answer.count());
    return new Summary(answer.text(), answer.rows());
  }
}
