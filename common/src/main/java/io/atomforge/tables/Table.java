package io.atomforge.tables;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One table: its name, what a row is, and what always holds.
 *
 * @param <T> the record of one row; its components are the columns, in snake_case
 */
public final class Table<T extends Record> {
  private final String name;
  private final String comment;
  private final RecordCodec<T> codec;
  private final Map<String, String> comments;
  private final Map<String, String> constraints = new LinkedHashMap<>();
  private final List<View> checks = new ArrayList<>();
  private final List<String> key;
  private boolean keepsChanges;
  private List<String> order = List.of();
  private List<String> partitions = List.of();

  /**
   * @param key the columns that identify a row
   * @param comments column, comment, column, comment, ... for every column in order
   * @throws IllegalArgumentException if the comments do not name exactly the record's columns
   */
  Table(String name, String comment, Class<T> row, List<String> key, String... comments) {
    this.name = name;
    this.comment = comment;
    this.codec = RecordCodec.of(row);
    this.key = List.copyOf(key);
    this.comments = new LinkedHashMap<>();
    for (int i = 0; i < comments.length; i += 2) {
      this.comments.put(comments[i], comments[i + 1]);
    }
    List<String> columns = List.of(codec.schema().fieldNames());
    if (!columns.equals(List.copyOf(this.comments.keySet())) || !columns.containsAll(key)) {
      throw new IllegalArgumentException(
          name + " has the columns " + columns + ", not " + this.comments.keySet());
    }
  }

  /**
   * Adds an invariant over several rows, which Delta cannot enforce: {@link Warehouse} checks it
   * before every write.
   *
   * @param wrong view of this table alone that shows what breaks it
   */
  Table<T> checked(View wrong) {
    checks.add(wrong);
    return this;
  }

  List<View> checks() {
    return checks;
  }

  /** Asks for a change data feed: {@code table_changes} in SQL tells what each commit changed. */
  Table<T> keepingChanges() {
    keepsChanges = true;
    return this;
  }

  boolean keepsChanges() {
    return keepsChanges;
  }

  /**
   * Sorts each file's rows, so that who asks for some values of the first columns skips the rest.
   */
  Table<T> sortedBy(String... columns) {
    order = List.of(columns);
    return this;
  }

  List<String> order() {
    return order;
  }

  /**
   * Keeps rows of different values apart in files, so that those of one value are replaced alone.
   * Tables of earlier versions of the program stay as they are.
   */
  Table<T> partitionedBy(String... columns) {
    partitions = List.of(columns);
    return this;
  }

  List<String> partitions() {
    return partitions;
  }

  /** Adds an invariant that Delta enforces on every write. */
  Table<T> constraint(String constraintName, String sql) {
    constraints.put(constraintName, sql);
    return this;
  }

  public String name() {
    return name;
  }

  public String comment() {
    return comment;
  }

  public RecordCodec<T> codec() {
    return codec;
  }

  /**
   * @return the columns that identify a row
   */
  public List<String> key() {
    return key;
  }

  /**
   * @return column to comment, in column order
   */
  public Map<String, String> comments() {
    return comments;
  }

  /**
   * @return constraint name to SQL condition
   */
  public Map<String, String> constraints() {
    return constraints;
  }

  @Override
  public String toString() {
    return name;
  }
}
