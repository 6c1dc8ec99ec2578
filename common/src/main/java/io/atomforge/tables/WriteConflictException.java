package io.atomforge.tables;

import io.delta.exceptions.DeltaConcurrentModificationException;

/** Another job wrote a table at the same moment; this one's write was given up whole. */
public final class WriteConflictException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  private WriteConflictException(Table<?> table, Throwable cause) {
    super(
        "another job wrote table "
            + table.name()
            + " at the same moment, so this one's rows were not written; let that job end and give"
            + " the same command again",
        cause);
  }

  /** Delta's ways to say that a commit or a new table came second. */
  static void guard(Table<?> table, Runnable write) {
    try {
      write.run();
    } catch (Exception e) { // Scala throws undeclared
      if (isConflict(e)) {
        throw new WriteConflictException(table, e);
      }
      throw e;
    }
  }

  private static boolean isConflict(Throwable e) {
    for (Throwable t = e; t != null; t = t.getCause()) {
      String text = String.valueOf(t.getMessage());
      if (t instanceof DeltaConcurrentModificationException
          || text.contains("DELTA_TABLE_ALREADY_EXISTS")
          || text.contains("TABLE_OR_VIEW_ALREADY_EXISTS")) {
        return true;
      }
    }
    return false;
  }
}
