package io.atomforge.tables;

import io.atomforge.config.ConfigException;
import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.spark.sql.SparkSession;

/** A folder of any Hadoop file system: whether it is a warehouse, and whether it can be written. */
public final class WarehouseFolder {
  private static final String MARKER = "_atomforge";
  private static final String PROBE = "_atomforge_probe";
  private static final int TRIES = 5;

  private WarehouseFolder() {}

  /**
   * @return the address of a warehouse, or of a place where one can be
   * @throws ConfigException if it cannot be reached, is a file, or a folder that holds something
   *     else
   */
  static String open(SparkSession spark, String location) {
    if (location.isBlank()) {
      throw new ConfigException("warehouse: give a folder, or catalog:NAME");
    }
    try {
      Path path = new Path(location);
      FileSystem files = files(spark, path);
      String address = files.makeQualified(path).toString();
      if (files.exists(path)) {
        checkContents(files, path, address);
      }
      return address;
    } catch (ConfigException e) {
      throw e;
    } catch (IOException | RuntimeException e) {
      throw new ConfigException("warehouse: cannot open " + location + ": " + e.getMessage());
    }
  }

  private static void checkContents(FileSystem files, Path path, String address)
      throws IOException {
    if (!files.getFileStatus(path).isDirectory()) {
      throw new ConfigException("warehouse: " + address + " is a file; name a folder");
    }
    boolean others =
        Arrays.stream(files.listStatus(path))
            .anyMatch(status -> !status.getPath().getName().equals(PROBE));
    if (others && !files.exists(new Path(path, MARKER))) {
      throw new ConfigException(
          "warehouse: "
              + address
              + " holds other things and is no Atomforge warehouse; name an empty or new folder");
    }
  }

  /**
   * Makes and deletes a file in a folder, and the folder where there is none yet.
   *
   * @param key setting that names the folder
   * @throws ConfigException if it cannot
   */
  public static void checkWritable(SparkSession spark, String key, Path folder) {
    for (int tries = 1; ; tries++) {
      try {
        probe(files(spark, folder), folder);
        return;
      } catch (IOException e) {
        // Another job that looks at the same moment may have removed the folder that it had made.
        if (!(e instanceof FileNotFoundException) || tries == TRIES) {
          throw new ConfigException(key + ": cannot write to " + folder + ": " + e.getMessage());
        }
      }
    }
  }

  private static void probe(FileSystem files, Path folder) throws IOException {
    // A name of its own: two jobs may look at once.
    Path probe = new Path(folder, PROBE + "_" + UUID.randomUUID());
    List<Path> made = new ArrayList<>();
    for (Path p = folder; p != null && !files.exists(p); p = p.getParent()) {
      made.add(p);
    }
    try {
      files.create(probe, true).close();
    } finally {
      files.delete(probe, false);
      for (Path path : made) {
        deleteEmpty(files, path);
      }
    }
  }

  private static void deleteEmpty(FileSystem files, Path folder) throws IOException {
    try {
      if (files.exists(folder) && files.listStatus(folder).length == 0) {
        files.delete(folder, false);
      }
    } catch (IOException e) {
      if (files.exists(folder) && files.listStatus(folder).length > 0) {
        return; // another job has begun to write there
      }
      throw e;
    }
  }

  /** Makes the folder known as a warehouse. */
  static void mark(SparkSession spark, String location) {
    Path marker = new Path(location, MARKER);
    try {
      FileSystem files = files(spark, marker);
      if (!files.exists(marker)) {
        files.create(marker, true).close();
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @return the number of the latest commit of the Delta table in a folder, by the file that it is:
   *     Delta's own way to ask is a Spark job
   */
  static long version(SparkSession spark, Path table) {
    try {
      return Arrays.stream(files(spark, table).listStatus(new Path(table, "_delta_log")))
          .map(file -> file.getPath().getName())
          .filter(name -> name.matches("\\d{20}\\.json"))
          .mapToLong(name -> Long.parseLong(name.substring(0, 20)))
          .max()
          .orElseThrow(() -> new IllegalStateException(table + " has no commits"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static FileSystem files(SparkSession spark, Path path) throws IOException {
    return path.getFileSystem(spark.sparkContext().hadoopConfiguration());
  }

  /** Removes the empty log of a table whose creation was killed before its first commit. */
  static void clearUnborn(SparkSession spark, Path table) {
    Path log = new Path(table, "_delta_log");
    try {
      FileSystem files = log.getFileSystem(spark.sparkContext().hadoopConfiguration());
      if (files.exists(log) && files.listStatus(log).length == 0) {
        files.delete(log, false);
      }
    } catch (IOException e) {
      throw new ConfigException("warehouse: cannot look into " + log + ": " + e.getMessage());
    }
  }
}
