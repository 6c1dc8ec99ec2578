package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.RELEASES;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
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

/** Versions of tables under a name that is given once: the rows of table {@code releases}. */
public final class Releases {
  private Releases() {}

  /**
   * @throws ConfigException if no table that a release may hold has this name
   */
  public static Table<?> table(String name) {
    return Tables.ALL.stream()
        .filter(t -> t.name().equals(name) && t != RELEASES)
        .findFirst()
        .orElseThrow(
            () ->
                new ConfigException(
                    "tables: no table "
                        + name
                        + Suggestion.of(name, Tables.ALL.stream().map(Table::name).toList())));
  }

  /**
   * Gives tables as they are now a name. To give it again to the same rows changes nothing.
   *
   * @return what the name stands for, in the order of the tables
   * @throws ConfigException if the name stands for other rows
   */
  public static List<ReleaseRow> pin(Warehouse warehouse, String name, List<Table<?>> tables) {
    tables.forEach(warehouse::read); // refuses before anything is written
    List<ReleaseRow> rows = new ArrayList<>();
    for (Table<?> table : tables) {
      rows.add(
          new ReleaseRow(
              name,
              table.name(),
              warehouse.version(table),
              warehouse.read(table).count(),
              warehouse.fingerprint(table),
              warehouse.gitCommit()));
    }
    List<ReleaseRow> earlier = rows(warehouse, name);
    if (hashes(earlier).equals(hashes(rows))) {
      return earlier;
    }
    if (!earlier.isEmpty()) {
      throw new ConfigException(
          "name: release " + name + " exists already and holds other rows; choose another name");
    }
    tables.forEach(warehouse::keepHistory);
    warehouse.replace(
        RELEASES, "name = '" + name + "'", warehouse.dataset(RELEASES, rows).coalesce(1));
    return rows;
  }

  private static Map<String, String> hashes(List<ReleaseRow> rows) {
    return rows.stream().collect(Collectors.toMap(ReleaseRow::tableName, ReleaseRow::contentHash));
  }

  /**
   * Reads the tables of a release as they were and as they are.
   *
   * @return what became of each, by table
   * @throws ConfigException if there is no such release
   * @throws IllegalStateException if a table no longer holds what was released
   */
  public static Map<String, String> verify(Warehouse warehouse, String name) {
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
    return found;
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
  public static Warehouse open(Warehouse warehouse, String name) {
    List<ReleaseRow> rows = rows(warehouse, name);
    if (rows.isEmpty()) {
      throw new ConfigException("release: no release " + name + "; Release name=NAME makes one");
    }
    return warehouse.at(
        rows.stream().collect(Collectors.toMap(ReleaseRow::tableName, ReleaseRow::version)));
  }
}
