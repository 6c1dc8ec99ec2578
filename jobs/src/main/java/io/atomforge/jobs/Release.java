package io.atomforge.jobs;

import static io.atomforge.tables.Tables.RELEASES;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.data.Releases;
import io.atomforge.tables.ReleaseRow;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Gives the tables as they are now a name, under which they can be read, exported and checked
 * later.
 */
public final class Release {
  /** See {@code conf/release.yaml}. */
  record Config(@Operational String warehouse, String name, String verify, List<String> tables)
      implements JobConfig {
    Config {
      Checks.check(
          (name + verify).matches("[A-Za-z0-9_.-]*"),
          "name",
          name + verify,
          "of letters, digits, _ . and -");
      Checks.check(!tables.isEmpty(), "tables", tables, "a list of tables");
    }

    @Override
    public boolean writes() {
      return verify.isEmpty();
    }
  }

  /**
   * @param tables what is pinned, or what became of it, by table
   */
  record Summary(String release, Map<String, String> tables) {}

  static final Job<Config> JOB =
      new Job<>(
              "Release",
              "name the present versions of tables, or verify such a name",
              Config.class,
              Tables.ALL,
              List.of(RELEASES),
              Release::run)
          .dependsOn(
              config ->
                  config.tables().stream()
                      .<Input>map(t -> Input.Rows.of(Releases.table(t)))
                      .toList());

  private Release() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    if (config.name().isEmpty() == config.verify().isEmpty()) {
      throw new ConfigException("name: give the new release a name, or set verify, but not both");
    }
    return config.verify().isEmpty()
        ? pin(warehouse, config)
        : new Summary(config.verify(), Releases.verify(warehouse, config.verify()));
  }

  private static Summary pin(Warehouse warehouse, Config config) {
    List<Table<?>> tables = config.tables().stream().<Table<?>>map(Releases::table).toList();
    Map<String, String> pinned = new LinkedHashMap<>();
    for (ReleaseRow row : Releases.pin(warehouse, config.name(), tables)) {
      pinned.put(
          row.tableName(),
          "version " + row.version() + ", " + row.rowCount() + " rows, " + row.contentHash());
    }
    return new Summary(config.name(), pinned);
  }
}
