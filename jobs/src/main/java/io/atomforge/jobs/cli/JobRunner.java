package io.atomforge.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.PropertyNamingStrategies;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.config.Suggestion;
import io.atomforge.tables.Provenance;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;
import org.jspecify.annotations.Nullable;
import org.slf4j.LoggerFactory;

/**
 * The command line that all jobs share: {@code [--config FILE] [--recipe FILE] [--dry-run] [--json]
 * [--help] [summary=FILE] [key=value ...]}. Exit status 0 done, 1 the job failed, 2 the user's
 * mistake. Standard output carries the summary, standard error everything else.
 */
public final class JobRunner {
  public static final ObjectMapper JSON =
      new ObjectMapper().setPropertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE);

  private static final List<String> OPTIONS =
      List.of("--config", "--recipe", "--dry-run", "--json", "--help", "--master");

  /** For the help and the page of keys. */
  public static final String OUTCOME =
      """
      `summary=FILE` on the command line writes one JSON object to a file, on any Hadoop file system, when the job ends:
      `status` is the exit status, `reason` the line that names the error, `summary` what `--json` prints. A job that was killed leaves no
      file.
      """;

  private JobRunner() {}

  /**
   * Runs a job as a program, or as a guest in a Spark that runs already, such as a notebook's or a
   * Databricks cluster's: the session is neither configured nor stopped and the JVM goes on.
   *
   * @throws ConfigException as a guest, with one line that says which setting is wrong
   * @throws JobFailedException as a guest, with one line that says why the job failed
   */
  public static <C extends Record & JobConfig> void main(Job<C> job, String[] args) {
    if (asksHelp(List.of(args))) {
      System.out.print(Help.of(job));
      return;
    }
    Optional<SparkSession> host = Sessions.running();
    if (host.isPresent()) {
      guest(job, host.get(), args);
      return;
    }
    Sessions.warmUp();
    Stop stop = Stop.watch(job.name());
    int status = run(job, stop, args);
    Sessions.close();
    stop.ended();
    if (status != 0) {
      System.exit(status);
    }
  }

  private static <C extends Record & JobConfig> void guest(
      Job<C> job, SparkSession host, String[] args) {
    SparkSession session = Sessions.guest(host);
    SparkSession.setActiveSession(session);
    try {
      run(job, session, null, args);
    } catch (Throwable e) {
      Failure failure = Failure.of(e);
      String line = job.name() + ": " + failure.reason();
      RuntimeException told =
          failure.status() == 2 ? new ConfigException(line) : new JobFailedException(line);
      told.initCause(e);
      throw told;
    } finally {
      SparkSession.setActiveSession(host);
    }
  }

  /**
   * Leaves the session open.
   *
   * @return the exit status
   */
  public static <C extends Record & JobConfig> int run(Job<C> job, String... args) {
    return run(job, null, args);
  }

  private static <C extends Record & JobConfig> int run(
      Job<C> job, @Nullable Stop stop, String... args) {
    try {
      run(job, null, stop, args);
      return 0;
    } catch (Throwable e) {
      // Hadoop's local file system reports a full disk as an Error.
      return status(job, e);
    }
  }

  /**
   * @param session null for one that is opened as soon as the settings are known to be right
   * @param stop null where nobody waits for a signal
   */
  private static <C extends Record & JobConfig> void run(
      Job<C> job, @Nullable SparkSession session, @Nullable Stop stop, String... args)
      throws Exception {
    List<String> words = new ArrayList<>(List.of(args));
    if (asksHelp(words)) {
      System.out.print(Help.of(job));
      return;
    }
    Outcome outcome = Outcome.of(job.name(), words.contains("--dry-run") ? List.of() : words);
    try {
      outcome.done(work(job, session, stop, words));
    } catch (Throwable e) {
      outcome.failed(Failure.of(e));
      throw e;
    }
  }

  /**
   * @return the summary; JSON's null for a dry run
   */
  private static <C extends Record & JobConfig> JsonNode work(
      Job<C> job, @Nullable SparkSession session, @Nullable Stop stop, List<String> words)
      throws Exception {
    boolean dryRun = words.removeIf("--dry-run"::equals);
    boolean json = words.removeIf("--json"::equals);
    ConfigLoader loader = load(job, words);
    C config = loader.bind(job.config());
    (dryRun ? System.out : System.err).println(loader.describe());
    SparkSession spark = session == null ? Sessions.open(job.name()) : session;
    Warehouse warehouse = Warehouse.open(spark, config.warehouse(), provenance(job, loader));
    if (stop != null) {
      stop.writing(warehouse);
    }
    if (dryRun) {
      job.inputs().of(config).forEach(input -> input.check(warehouse));
      tables("reads", job.reads(), warehouse);
      tables("writes", job.writes(), warehouse);
      return NullNode.getInstance();
    }
    if (config.writes()) {
      warehouse.checkWritable();
    }
    Record summary = job.body().run(warehouse, config);
    if (config.writes()) {
      SqlScope.save(warehouse);
    }
    print(summary, json);
    return JSON.valueToTree(summary);
  }

  /** Says what went wrong in one line, after the stack trace of what nobody foresaw. */
  private static int status(Job<?> job, Throwable e) {
    Failure failure = Failure.of(e);
    if (!failure.known()) {
      LoggerFactory.getLogger(JobRunner.class).error("{} failed", job.name(), e);
    }
    System.err.println(failure.line(job.name()));
    return failure.status();
  }

  /**
   * @return the layers of a job: base, its own file, the files and words of the command line
   */
  public static <C extends Record & JobConfig> ConfigLoader load(Job<C> job, List<String> words) {
    ConfigLoader loader = new ConfigLoader().shipped("base.yaml").shipped(job.file() + ".yaml");
    List<String> overrides = new ArrayList<>();
    for (int i = 0; i < words.size(); i++) {
      String word = words.get(i);
      if (word.equals("--config") || word.equals("--recipe")) {
        if (++i == words.size()) {
          throw new ConfigException(word + " needs a file");
        }
        addFile(loader, words.get(i));
      } else if (word.startsWith("-")) {
        String meant =
            word.equals("-f")
                ? "; Sql -f FILE runs the statements of a file"
                : Suggestion.of(word, OPTIONS) + setting(word, job);
        throw new ConfigException("unknown option " + word + meant);
      } else if (!Outcome.asks(word)) {
        overrides.add(word);
      }
    }
    overrides.forEach(loader::override);
    return loader.dropUnused("conf/base.yaml", job.config());
  }

  /** Of this machine, or at an address of any Hadoop file system. */
  private static void addFile(ConfigLoader loader, String name) {
    if (!Sessions.isAddress(name)) {
      loader.file(name);
      return;
    }
    Path path = new Path(name);
    try (InputStream in = path.getFileSystem(Sessions.hadoop()).open(path)) {
      loader.layer(name, new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new ConfigException(name + ": cannot be read: " + Failure.firstLine(e));
    }
  }

  /** What to write for an option that is a setting in disguise. */
  private static String setting(String word, Job<?> job) {
    String key = word.replaceFirst("^--", "").replaceFirst("=.*", "").replace('-', '_');
    boolean known =
        new ConfigLoader().shipped("base.yaml").shipped(job.file() + ".yaml").tree().has(key);
    return known ? "; the setting is written " + key + "=VALUE" : "";
  }

  public static <C extends Record & JobConfig> Provenance provenance(
      Job<C> job, ConfigLoader loader) {
    String commit = System.getenv("ATOMFORGE_GIT_COMMIT");
    return new Provenance(job.name(), commit == null ? "unknown" : commit, loader.tree());
  }

  private static boolean asksHelp(List<String> words) {
    return words.contains("--help") || words.contains("-h");
  }

  private static void tables(String verb, List<Table<?>> tables, Warehouse warehouse) {
    for (Table<?> table : tables) {
      System.out.printf(
          "%-6s %-14s %s%n",
          verb,
          table.name(),
          warehouse.exists(table) ? warehouse.read(table).count() + " rows" : "does not exist yet");
    }
  }

  static void print(Record summary, boolean json) throws Exception {
    ObjectNode node = JSON.valueToTree(summary);
    if (json) {
      System.out.println(JSON.writeValueAsString(node));
      return;
    }
    if (summary instanceof TextSummary text) {
      System.out.print(text.text().isEmpty() ? "" : text.text() + "\n");
      return;
    }
    int width = node.properties().stream().mapToInt(e -> e.getKey().length()).max().orElse(0);
    node.properties()
        .forEach(
            e -> {
              String value =
                  e.getValue().isTextual() ? e.getValue().asText() : e.getValue().toString();
              if (value.contains("\n")) {
                System.out.println("\n" + value.stripTrailing() + "\n");
              } else {
                System.out.printf("%-" + (width + 2) + "s%s%n", e.getKey(), value);
              }
            });
  }
}
