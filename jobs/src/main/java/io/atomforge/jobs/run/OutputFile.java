package io.atomforge.jobs.run;

import io.atomforge.config.ConfigException;
import io.atomforge.tables.Table;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import io.atomforge.tables.WarehouseFolder;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** A file that a job will write, looked at before the job works. */
public final class OutputFile {
  private OutputFile() {}

  /**
   * @param key the config key that names it, for messages
   * @param name on any Hadoop file system
   * @param read files and folders that the job reads
   * @return its address
   * @throws ConfigException if it is a folder, cannot be written, or would harm what is read or the
   *     tables
   */
  public static Path check(Warehouse warehouse, String key, String name, List<Path> read) {
    return checked(
        warehouse,
        key,
        name,
        (files, output) -> {
          if (name.contains("*")) {
            throw new ConfigException(key + ": " + name + " is a pattern; name one file");
          }
          boolean parquet = name.endsWith(".parquet");
          if (name.endsWith("/") || files.exists(output) && isForeign(files, output, parquet)) {
            throw new ConfigException(key + ": " + name + " is a folder; name a file");
          }
          if (isDevice(output)) {
            throw new ConfigException(key + ": " + name + " is a device; name a file");
          }
          for (Path input : read) {
            if (same(input, output)) {
              throw new ConfigException(
                  key
                      + ": "
                      + name
                      + " is read by this job and would be overwritten; name another");
            }
          }
        });
  }

  /**
   * The folder of a Delta table that a job will write, new or overwritten.
   *
   * @return its address
   * @throws ConfigException if it holds anything but a Delta table, cannot be written, or would
   *     harm the tables of the warehouse
   */
  public static Path checkDelta(Warehouse warehouse, String key, String name) {
    return checked(
        warehouse,
        key,
        name,
        (files, output) -> {
          if (files.exists(output) && !isEmpty(files, output) && !isDelta(files, output)) {
            throw new ConfigException(
                key + ": " + name + " is neither empty nor a Delta table; name another folder");
          }
        });
  }

  private static boolean isEmpty(FileSystem files, Path output) throws IOException {
    return files.getFileStatus(output).isDirectory() && files.listStatus(output).length == 0;
  }

  private static boolean isDelta(FileSystem files, Path output) throws IOException {
    return files.exists(new Path(output, "_delta_log"));
  }

  /** What one kind of output must not be. */
  private interface Rule {
    void check(FileSystem files, Path output) throws IOException;
  }

  private static Path checked(Warehouse warehouse, String key, String name, Rule rule) {
    try {
      Path given = new Path(name);
      FileSystem files =
          given.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration());
      Path output = files.makeQualified(given);
      rule.check(files, output);
      refuseTables(warehouse, key, name, output);
      WarehouseFolder.checkWritable(warehouse.spark(), key, output.getParent());
      return output;
    } catch (ConfigException e) {
      throw e;
    } catch (IOException
        | RuntimeException e) { // Hadoop has no other for a library that is not there
      throw new ConfigException(key + ": cannot write to '" + name + "': " + e.getMessage());
    }
  }

  private static void refuseTables(Warehouse warehouse, String key, String name, Path output) {
    for (Table<?> table : Tables.ALL) {
      if (warehouse.folder(table).filter(folder -> inside(output, folder)).isPresent()) {
        throw new ConfigException(
            key + ": " + name + " lies in the folder of table " + table.name() + "; name another");
      }
    }
  }

  /** Something on a local disk that is neither a file nor a folder, as /dev/null is. */
  private static boolean isDevice(Path output) {
    boolean local = "file".equals(output.toUri().getScheme());
    java.nio.file.Path path = java.nio.file.Path.of(output.toUri().getPath());
    return local && Files.exists(path) && !Files.isRegularFile(path) && !Files.isDirectory(path);
  }

  /** A folder that no job of ours wrote; Parquet that Spark wrote is a folder too. */
  private static boolean isForeign(FileSystem files, Path output, boolean parquet)
      throws IOException {
    if (!files.getFileStatus(output).isDirectory()) {
      return false;
    }
    if (!parquet || files.listStatus(output).length == 0) {
      return true;
    }
    for (var inside : files.listStatus(output)) {
      if (!inside.getPath().getName().matches("(part-.*\\.parquet|_SUCCESS|\\..*\\.crc)")) {
        return true;
      }
    }
    return false;
  }

  /** Also by another name, on a local disk. */
  private static boolean same(Path input, Path output) throws IOException {
    if (input.equals(output)) {
      return true;
    }
    if (!isLocal(input) || !isLocal(output)) {
      return false;
    }
    java.nio.file.Path a = local(input);
    java.nio.file.Path b = local(output);
    return Files.exists(a) && Files.exists(b) && Files.isSameFile(a, b);
  }

  private static boolean inside(Path path, Path folder) {
    for (Path p = path; p != null; p = p.getParent()) {
      if (p.toUri().getPath().equals(folder.toUri().getPath())) {
        return true;
      }
    }
    return false;
  }

  private static boolean isLocal(Path path) {
    String scheme = path.toUri().getScheme();
    return scheme == null || scheme.equals("file");
  }

  private static java.nio.file.Path local(Path path) {
    return java.nio.file.Path.of(path.toUri().getPath());
  }
}
