package io.atomforge.jobs;

import static io.atomforge.tables.Tables.RELEASES;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Operational;
import io.atomforge.jobs.cli.Checks;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.tables.ReleaseRow;
import io.atomforge.tables.Rows;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Gives the tables as they are now a name, under which they can be read, exported and checked
 * later. A name is given once; to give it again to the same rows changes nothing.
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
              config -> config.tables().stream().<Input>map(t -> Input.Rows.of(table(t))).toList());

  private Release() {}

  public static void main(String[] args) {
    JobRunner.main(JOB, args);
  }

  static Summary run(Warehouse warehouse, Config config) {
    if (config.name().isEmpty() == config.verify().isEmpty()) {
      throw new ConfigException("name: give the new release a name, or set verify, but not both");
    }
    return config.verify().isEmpty() ? pin(warehouse, config) : verify(warehouse, config.verify());
  }

  private static Summary pin(Warehouse warehouse, Config config) {
    List<Table<?>> tables = config.tables().stream().<Table<?>>map(Release::table).toList();
    tables.forEach(warehouse::read); // refuses before anything is written
    List<ReleaseRow> rows = new ArrayList<>();
    for (Table<?> table : tables) {
      rows.add(
          new ReleaseRow(
              config.name(),
              table.name(),
              warehouse.version(table),
              warehouse.read(table).count(),
              warehouse.fingerprint(table),
              warehouse.gitCommit()));
    }
    List<ReleaseRow> earlier = rows(warehouse, config.name());
    if (hashes(earlier).equals(hashes(rows))) {
      return pinned(config.name(), earlier);
    }
    if (!earlier.isEmpty()) {
      throw new ConfigException(
          "name: release "
              + config.name()
              + " exists already and holds other rows; choose another name");
    }
    tables.forEach(warehouse::keepHistory);
    warehouse.replace(
        RELEASES, "name = '" + config.name() + "'", warehouse.dataset(RELEASES, rows).coalesce(1));
    return pinned(config.name(), rows);
  }

  private static Map<String, String> hashes(List<ReleaseRow> rows) {
    return rows.stream().collect(Collectors.toMap(ReleaseRow::tableName, ReleaseRow::contentHash));
  }

  private static Summary pinned(String name, List<ReleaseRow> rows) {
    Map<String, String> pinned = new LinkedHashMap<>();
    rows.forEach(
        r ->
            pinned.put(
                r.tableName(),
                "version " + r.version() + ", " + r.rowCount() + " rows, " + r.contentHash()));
    return new Summary(name, pinned);
  }

  private static Table<?> table(String name) {
    return Tables.ALL.stream()
        .filter(t -> t.name().equals(name) && t != RELEASES)
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "tables: no table " + name + "; the README lists those there are"));
  }

  private static Summary verify(Warehouse warehouse, String name) {
    Warehouse then = open(warehouse, name);
    Map<String, String> found = new LinkedHashMap<>();
    List<String> broken = new ArrayList<>();
    for (ReleaseRow row : rows(warehouse, name)) {
      Table<?> table = table(row.tableName());
      if (!then.fingerprint(table).equals(row.contentHash())) {
        broken.add(row.tableName());
      }
      boolean same = warehouse.fingerprint(table).equals(row.contentHash());
      found.put(
          row.tableName(),
          "version "
              + row.version()
              + " as released; the present version "
              + warehouse.version(table)
              + (same ? " holds the same rows" : " differs"));
    }
    if (!broken.isEmpty()) {
      throw new IllegalStateException(
          "release " + name + ": " + broken + " no longer hold what was released");
    }
    return new Summary(name, found);
  }

  private static List<ReleaseRow> rows(Warehouse warehouse, String name) {
    return warehouse.exists(RELEASES)
        ? Rows.collect(RELEASES, warehouse.read(RELEASES)).stream()
            .filter(r -> r.name().equals(name))
            .toList()
        : List.of();
  }

  /**
   * @return the warehouse with the tables of a release as they were; others as they are
   * @throws ConfigException if there is no such release
   */
  static Warehouse open(Warehouse warehouse, String name) {
    List<ReleaseRow> rows = rows(warehouse, name);
    if (rows.isEmpty()) {
      throw new ConfigException("release: no release " + name + "; Release name=NAME makes one");
    }
    return warehouse.at(
        rows.stream().collect(Collectors.toMap(ReleaseRow::tableName, ReleaseRow::version)));
  }
}
