package io.atomforge.jobs;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.cli.TextSummary;
import io.atomforge.jobs.data.Releases;
import io.atomforge.jobs.sql.Format;
import io.atomforge.jobs.sql.Shell;
import io.atomforge.jobs.sql.ThriftServer;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.Reader;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Read-only SQL in one process: at a terminal, from a file, from a pipe or for JDBC clients. */
public final class Sql {
  /** See {@code conf/sql.yaml}. */
  record Config(
      @Operational String warehouse,
      String file,
      @Operational String serve,
      Format format,
      int limit,
      String release)
      implements JobConfig {
    Config {
      Checks.atLeast(1, "limit", limit);
      if (!file.isEmpty() && !Files.isReadable(Path.of(file))) {
        throw unreadable(file);
      }
      boolean address = serve.matches("[^:\\s]+:[0-9]{1,5}") && port(serve) < 1 << 16;
      Checks.check(serve.isEmpty() || address, "serve", "'" + serve + "'", "HOST:PORT");
      Checks.check(serve.isEmpty() || file.isEmpty(), "serve", serve, "empty where file is given");
    }

    @Override
    public boolean writes() {
      return false;
    }
  }

  /** All has been printed when the shell ends. */
  record Summary(long statements) implements TextSummary {
    @Override
    public String text() {
      return "";
    }
  }

  static final Job<Config> JOB =
      new Job<>(
          "Sql",
          "SQL over the warehouse: a shell, a file, a pipe, or a server for JDBC clients",
          Config.class,
          Tables.ALL,
          List.of(),
          Sql::run);

  private Sql() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, words(args).toArray(String[]::new));
  }

  /** The command line with {@code -f FILE}, {@code --format F} and {@code --serve} as keys. */
  static List<String> words(String[] args) {
    List<String> words = new ArrayList<>();
    for (int i = 0; i < args.length; i++) {
      boolean followed = i + 1 < args.length;
      if (followed && args[i].equals("-f")) {
        words.add("file=" + args[++i]);
      } else if (followed && args[i].equals("--format")) {
        words.add("format=" + args[++i]);
      } else if (args[i].equals("--serve")) {
        words.add("serve=127.0.0.1:10000");
      } else {
        words.add(args[i]);
      }
    }
    return words;
  }

  static Summary run(Warehouse current, Config config) throws Exception {
    Warehouse warehouse =
        config.release().isEmpty() ? current : Releases.open(current, config.release());
    if (!config.serve().isEmpty()) {
      String host = config.serve().replaceFirst(":.*", "");
      ThriftServer.serve(warehouse, host, port(config.serve()));
    }
    Shell shell = new Shell(warehouse, config.format(), config.limit(), System.out);
    if (config.file().isEmpty() && Shell.isAtTerminal()) {
      return new Summary(shell.atTerminal());
    }
    String name = config.file().isEmpty() ? "standard input" : config.file();
    try (Reader script =
        config.file().isEmpty()
            ? new InputStreamReader(System.in, StandardCharsets.UTF_8)
            : new StringReader(read(config.file()))) {
      return new Summary(shell.run(script, name));
    }
  }

  private static int port(String address) {
    return Integer.parseInt(address.replaceFirst(".*:", ""));
  }

  private static String read(String file) {
    try {
      return Files.readString(Path.of(file));
    } catch (IOException e) {
      throw unreadable(file);
    }
  }

  private static ConfigException unreadable(String file) {
    return new ConfigException("file: " + file + " cannot be read; give a file of SQL in UTF-8");
  }
}
