package io.atomforge.jobs.cli;

import io.atomforge.config.ConfigException;
import io.atomforge.tables.Condition;
import io.atomforge.tables.WriteConflictException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Why a job ended early.
 *
 * @param status 1 the job failed, 2 the user's mistake
 * @param reason one line in the user's words
 * @param known whether the line says it all; else the trace is wanted
 */
record Failure(int status, String reason, boolean known) {
  private static final String DISK_FULL = "No space left on device";

  private static final Pattern NO_LIBRARY =
      Pattern.compile(
          "(\\S*ClassNotFoundException: )?Class (org\\.apache\\.hadoop\\.\\S+) not found");

  private static final String LIBRARY =
      "the library with $2 is not loaded; docs/platforms.md names the packages to add";

  /** Conditions of Spark and Delta that say what is wrong with a file or a table. */
  private static final List<String> OF_FILES =
      List.of("DELTA_", "FAILED_READ_FILE", "PATH_NOT_FOUND", "UNABLE_TO_INFER_SCHEMA");

  static Failure of(Throwable e) {
    List<Throwable> causes = causes(e);
    if (says(causes, DISK_FULL)) {
      return new Failure(
          1,
          "no space left on the disk of the warehouse, of files, of an output or of Spark's local"
              + " folder; free some space and run the same command again, what is finished stays",
          true);
    }
    for (Throwable cause : causes) {
      boolean library =
          cause instanceof ClassNotFoundException
              && NO_LIBRARY.matcher(String.valueOf(cause.getMessage())).find();
      if (cause instanceof ConfigException || library) {
        return new Failure(2, firstLine(cause), true);
      }
    }
    return system(causes)
        .map(reason -> new Failure(1, reason, true))
        .orElseGet(() -> new Failure(1, firstLine(causes.get(causes.size() - 1)), false));
  }

  /** What is said of the job at its end. */
  String line(String job) {
    return job + (status == 2 ? ": " : " failed: ") + reason;
  }

  /** The exception and what led to it, in this order. */
  static List<Throwable> causes(Throwable e) {
    List<Throwable> causes = new ArrayList<>();
    for (Throwable t = e; t != null && !causes.contains(t); t = t.getCause()) {
      causes.add(t);
    }
    return causes;
  }

  /** What the machine or another job does to this one. */
  private static Optional<String> system(List<Throwable> causes) {
    if (says(causes, "Java heap space") || says(causes, "GC overhead limit exceeded")) {
      return Optional.of(heap());
    }
    for (Throwable cause : causes) {
      boolean whole =
          cause instanceof JobFailedException || cause instanceof WriteConflictException;
      boolean file = OF_FILES.stream().anyMatch(Condition.of(cause)::startsWith);
      if (whole || file || says(List.of(cause), "Permission denied")) {
        return Optional.of(firstLine(cause));
      }
    }
    return Optional.empty();
  }

  static String heap() {
    return "the heap of "
        + (Runtime.getRuntime().maxMemory() >> 20)
        + " MiB is too small for this; set ATOMFORGE_MEMORY to more";
  }

  private static boolean says(List<Throwable> causes, String words) {
    return causes.stream().anyMatch(t -> String.valueOf(t).contains(words));
  }

  static String firstLine(Throwable e) {
    return String.valueOf(e.getMessage())
        .lines()
        .filter(line -> !line.isBlank() && e.getMessage() != null)
        .findFirst()
        .map(line -> NO_LIBRARY.matcher(line.strip()).replaceFirst(LIBRARY))
        .orElse(e.toString());
  }
}
