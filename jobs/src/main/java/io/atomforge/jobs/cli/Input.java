package io.atomforge.jobs.cli;

import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import java.util.List;

/** Something beside its config that a job reads and its result depends on. */
public interface Input {
  /** How messages name it, such as {@code table sequences}; no two inputs of a job share a name. */
  String name();

  /**
   * @return a short text that is equal where the content is equal, whatever wrote it; empty where
   *     there is nothing to read
   */
  String fingerprint(Warehouse warehouse);

  /**
   * @return a text that is cheaper than the fingerprint and, while one job or pipeline runs,
   *     changes whenever the fingerprint does
   */
  default String stamp(Warehouse warehouse) {
    return fingerprint(warehouse);
  }

  /**
   * @param written tables that a job writes, which may also write any file
   * @return whether the job can change it
   */
  default boolean changesWith(List<Table<?>> written) {
    return true;
  }

  /**
   * Whether it is there; what a job before this one makes need not be.
   *
   * @throws io.atomforge.config.ConfigException if it is not, and no job makes it
   */
  default void check(Warehouse warehouse) {}

  /**
   * Rows of a table.
   *
   * @param condition SQL over its columns that the rows fulfil; empty for all rows
   */
  record Rows(Table<?> table, String condition) implements Input {
    public static Rows of(Table<?> table) {
      return new Rows(table, "");
    }

    @Override
    public String name() {
      return "table " + table.name() + (condition.isEmpty() ? "" : " where " + condition);
    }

    @Override
    public String fingerprint(Warehouse warehouse) {
      return warehouse.exists(table) ? warehouse.fingerprint(table, condition) : "";
    }

    @Override
    public String stamp(Warehouse warehouse) {
      return warehouse.exists(table) ? String.valueOf(warehouse.version(table)) : "";
    }

    @Override
    public boolean changesWith(List<Table<?>> written) {
      return written.contains(table);
    }
  }
}
