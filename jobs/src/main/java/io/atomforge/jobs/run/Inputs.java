package io.atomforge.jobs.run;

import static io.atomforge.tables.Tables.CHECKPOINTS;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.Input;
import io.atomforge.jobs.cli.Sessions;
import io.atomforge.tables.Tables;
import io.atomforge.tables.Warehouse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.stream.Collectors;
import org.apache.hadoop.fs.FSDataInputStream;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;

/** What jobs read that is no table. */
public final class Inputs {
  /** Of a larger file size and end count: it holds weights, and training changes all of them. */
  private static final int READ_BYTES = 16_000_000;

  private Inputs() {}

  /**
   * A model.
   *
   * @param key the config key that names it
   * @param checkpoint as {@link Checkpoints#find} takes it
   */
  public record OfCheckpoint(String key, String checkpoint) implements Input {
    @Override
    public void check(Warehouse warehouse) {
      Checkpoints.check(warehouse, key, checkpoint);
    }

    @Override
    public String name() {
      return "checkpoint " + checkpoint;
    }

    @Override
    public String fingerprint(Warehouse warehouse) {
      return Checkpoints.row(warehouse, checkpoint)
          .map(row -> row.sha256())
          .orElseGet(() -> ofFolder(warehouse));
    }

    @Override
    public String stamp(Warehouse warehouse) {
      return Input.Rows.of(CHECKPOINTS).stamp(warehouse) + " " + ofFolder(warehouse);
    }

    /** Of adapters with that of the model that they change. */
    private String ofFolder(Warehouse warehouse) {
      String own = OfFiles.of(checkpoint).fingerprint(warehouse);
      String base = Pretrained.base(key, Checkpoints.local(warehouse, checkpoint));
      return base.isEmpty()
          ? own
          : own
              + Checkpoints.row(warehouse, base)
                  .map(row -> row.sha256())
                  .orElseGet(() -> OfFiles.of(base).fingerprint(warehouse));
    }
  }

  /**
   * A text file of the {@link FileStore}.
   *
   * @param files the key {@code files} of the job
   * @param kind what messages call it
   */
  public record OfStore(String files, String kind, String path) implements Input {
    @Override
    public String name() {
      return kind;
    }

    @Override
    public String fingerprint(Warehouse warehouse) {
      return FileStore.open(warehouse, files)
          .read(path)
          .map(text -> hex(sha256().digest(text.getBytes(StandardCharsets.UTF_8))))
          .orElse("");
    }
  }

  /**
   * A file, the files of a folder, or those that a pattern with wildcards names.
   *
   * @param path as the config has it
   * @param address of any Hadoop file system
   */
  public record OfFiles(String path, String address) implements Input {
    public static OfFiles hadoop(String path) {
      return new OfFiles(path, path);
    }

    /** On this machine, whatever Hadoop's default file system is. */
    public static OfFiles local(String path) {
      return new OfFiles(path, java.nio.file.Path.of(path).toUri().toString());
    }

    /** An address of any Hadoop file system, or a path on this machine. */
    static OfFiles of(String name) {
      return Sessions.isAddress(name) ? hadoop(name) : local(name);
    }

    @Override
    public String name() {
      return "file " + path;
    }

    @Override
    public void check(Warehouse warehouse) {
      Path root = new Path(address);
      try {
        FileStatus[] found = files(warehouse, root).globStatus(root);
        if (found == null || found.length == 0) {
          throw new ConfigException("there is no file " + path);
        }
      } catch (IOException e) {
        throw new ConfigException(path + ": cannot be read: " + e.getMessage());
      }
    }

    private static FileSystem files(Warehouse warehouse, Path path) throws IOException {
      return path.getFileSystem(warehouse.spark().sparkContext().hadoopConfiguration());
    }

    @Override
    public String fingerprint(Warehouse warehouse) {
      Path root = new Path(address);
      try {
        FileSystem files = files(warehouse, root);
        MessageDigest sha = sha256();
        boolean pattern = !files.exists(root);
        FileStatus[] named = pattern ? files.globStatus(root) : files.listStatus(root);
        if (named == null || named.length == 0) {
          return "";
        }
        Arrays.sort(named);
        for (FileStatus each : named) {
          if (each.isFile()) {
            add(files, each, sha);
          } else if (pattern) {
            addFolder(files, each, sha);
          }
        }
        return hex(sha.digest());
      } catch (IOException e) {
        throw new ConfigException(path + ": cannot be read: " + e.getMessage());
      }
    }

    /** One of several that a pattern names. */
    private static void addFolder(FileSystem files, FileStatus folder, MessageDigest sha)
        throws IOException {
      FileStatus[] inside = files.listStatus(folder.getPath());
      Arrays.sort(inside);
      for (FileStatus file : inside) {
        if (file.isFile()) {
          add(files, file, sha);
        }
      }
    }

    private static void add(FileSystem files, FileStatus file, MessageDigest sha)
        throws IOException {
      String head = file.getPath().getName() + " " + file.getLen() + "\n";
      sha.update(head.getBytes(StandardCharsets.UTF_8));
      int length = (int) Math.min(file.getLen(), READ_BYTES);
      byte[] end = new byte[length];
      try (FSDataInputStream in = files.open(file.getPath())) {
        in.readFully(file.getLen() - length, end);
      }
      sha.update(end);
    }
  }

  /** All tables, as a query may read them. */
  public record AllTables() implements Input {
    @Override
    public String name() {
      return "the tables";
    }

    @Override
    public String fingerprint(Warehouse warehouse) {
      return Tables.ALL.stream()
          .filter(warehouse::exists)
          .map(table -> table.name() + " " + warehouse.version(table))
          .collect(Collectors.joining(", "));
    }
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
