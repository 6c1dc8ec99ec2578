package io.atomforge.jobs.run;

import io.atomforge.config.ConfigException;
import io.atomforge.tables.Warehouse;
import io.atomforge.tables.WarehouseFolder;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileContext;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.FileUtil;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Options;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.UnsupportedFileSystemException;

/**
 * The files beside the tables: tokenizer, checkpoints, report. On a local disk they are used where
 * they lie; on another file system they are staged in a temporary folder.
 */
public final class FileStore {
  private final Path root;
  private final FileSystem files;
  private final java.nio.file.Path staging;

  private FileStore(Path root, FileSystem files, java.nio.file.Path staging) {
    this.root = root;
    this.files = files;
    this.staging = staging;
  }

  /**
   * @param location any Hadoop path; empty for {@code _files} inside the warehouse
   * @throws ConfigException if it cannot be reached or written
   */
  public static FileStore open(Warehouse warehouse, String location) {
    Configuration conf = warehouse.spark().sparkContext().hadoopConfiguration();
    try {
      Path path = new Path(location.isEmpty() ? warehouse.file("_files") : location);
      FileSystem files = path.getFileSystem(conf);
      if (files instanceof LocalFileSystem checked) {
        // A checksum beside each file would change at another moment than the file.
        files = checked.getRawFileSystem();
      }
      Path root = files.makeQualified(path);
      boolean local = root.toUri().getScheme().equals("file");
      java.nio.file.Path staging =
          local
              ? java.nio.file.Path.of(root.toUri().getPath())
              : Files.createTempDirectory("atomforge-files");
      if (!location.isEmpty()) {
        WarehouseFolder.checkWritable(warehouse.spark(), "files", root);
      }
      return new FileStore(root, files, staging);
    } catch (IOException e) {
      throw new ConfigException("files: cannot open " + location + ": " + e.getMessage());
    }
  }

  private boolean local() {
    return root.toUri().getScheme().equals("file");
  }

  /** The address of a file or folder, as tables name it. */
  public String address(String relative) {
    return local() ? staging.resolve(relative).toString() : new Path(root, relative).toString();
  }

  /** Where a new local folder may be written before {@link #publish}. */
  java.nio.file.Path place(String relative) {
    java.nio.file.Path place = staging.resolve(relative);
    try {
      Files.createDirectories(place.getParent());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return place;
  }

  /**
   * Copies what stands at {@link #place} to the store, {@code MANIFEST.json} last. Nothing to do on
   * a local disk.
   */
  void publish(String relative) {
    if (local()) {
      return;
    }
    try {
      Path target = new Path(root, relative);
      files.delete(target, true);
      java.nio.file.Path source = place(relative);
      java.nio.file.Path manifest = source.resolve("MANIFEST.json");
      byte[] bytes = Files.readAllBytes(manifest);
      Files.delete(manifest);
      files.copyFromLocalFile(new Path(source.toUri()), target);
      Files.write(manifest, bytes);
      write(relative + "/MANIFEST.json", new String(bytes, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @return the local folder or file of a name, copied here if it lies elsewhere; empty if there is
   *     none
   */
  Optional<java.nio.file.Path> fetch(String relative) {
    java.nio.file.Path place = place(relative);
    try {
      if (!local() && !Files.exists(place) && files.exists(new Path(root, relative))) {
        files.copyToLocalFile(new Path(root, relative), new Path(place.toUri()));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return Files.exists(place) ? Optional.of(place) : Optional.empty();
  }

  /**
   * @return names of the folders inside a folder; none if it does not exist
   */
  public java.util.List<String> list(String relative) {
    try {
      Path path = new Path(root, relative);
      java.util.List<String> names = new java.util.ArrayList<>();
      if (files.exists(path)) {
        for (FileStatus status : files.listStatus(path)) {
          names.add(status.getPath().getName());
        }
      }
      return names;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public boolean exists(String relative) {
    try {
      return files.exists(new Path(root, relative));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  public void delete(String relative) {
    try {
      files.delete(new Path(root, relative), true);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** That a name is this job's until it is closed. */
  public interface Claim extends AutoCloseable {
    @Override
    void close();
  }

  /**
   * Claims a name against other jobs, until it is closed or the process ends, however it ends. On
   * another file system than a local disk nothing can be claimed, and everybody gets it.
   *
   * @return empty if another job has it
   */
  public Optional<Claim> claim(String name) {
    if (!local()) {
      return Optional.of(() -> {});
    }
    try {
      FileChannel lock =
          FileChannel.open(
              place("locks/" + name), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      if (locked(lock)) {
        return Optional.of(() -> close(lock));
      }
      lock.close();
      return Optional.empty();
    } catch (IOException e) {
      throw new ConfigException("files: cannot write to " + root + ": " + e.getMessage());
    }
  }

  private static boolean locked(FileChannel lock) throws IOException {
    try {
      return lock.tryLock() != null;
    } catch (OverlappingFileLockException e) { // by this process
      return false;
    }
  }

  private static void close(FileChannel lock) {
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** What a file will hold. */
  public interface Content {
    void writeTo(OutputStream out) throws IOException;
  }

  /** Writes a whole text file or leaves the old one. */
  public void write(String relative, String text) {
    write(relative, out -> out.write(text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Writes a whole file or leaves the old one, also where {@code content} throws. */
  public void write(String relative, Content content) {
    try {
      Path target = new Path(root, relative);
      Path part = new Path(target.getParent(), "_" + target.getName() + ".part");
      files.mkdirs(target.getParent());
      boolean whole = false;
      try (OutputStream out = new BufferedOutputStream(files.create(part, true))) {
        content.writeTo(out);
        whole = true;
      } finally {
        if (!whole) {
          files.delete(part, false);
        }
      }
      if (local()) {
        Files.move(
            java.nio.file.Path.of(part.toUri().getPath()),
            java.nio.file.Path.of(target.toUri().getPath()),
            StandardCopyOption.ATOMIC_MOVE);
      } else {
        replace(part, target);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void replace(Path part, Path target) throws IOException {
    Configuration conf = files.getConf();
    FileContext context;
    try {
      context = FileContext.getFileContext(root.toUri(), conf);
    } catch (UnsupportedFileSystemException e) {
      // An object store with a FileSystem alone. A file appears there when it has been written.
      FileUtil.copy(files, part, files, target, true, true, conf);
      return;
    }
    context.rename(part, target, Options.Rename.OVERWRITE);
  }

  /**
   * @return the text of a file, or empty if there is none
   */
  public Optional<String> read(String relative) {
    Path path = new Path(root, relative);
    try {
      if (!files.exists(path)) {
        return Optional.empty();
      }
      try (InputStream in = files.open(path)) {
        return Optional.of(new String(in.readAllBytes(), StandardCharsets.UTF_8));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
