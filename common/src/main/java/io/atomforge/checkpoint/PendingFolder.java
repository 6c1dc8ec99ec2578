package io.atomforge.checkpoint;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder being written under another name, which takes its place at once or not at all. */
final class PendingFolder implements AutoCloseable {
  private final Path place;
  private final Path pending;

  private PendingFolder(Path place, Path pending) {
    this.place = place;
    this.pending = pending;
  }

  /** Starts empty; what an interrupted attempt at the same place left behind is deleted. */
  static PendingFolder beside(Path folder) throws IOException {
    Path place = folder.toAbsolutePath().normalize();
    if (Files.exists(place)) {
      throw new FileAlreadyExistsException(place + " exists; a checkpoint is never overwritten");
    }
    Files.createDirectories(place.getParent());
    PendingFolder result =
        new PendingFolder(place, place.resolveSibling("." + place.getFileName() + ".partial"));
    result.delete();
    Files.createDirectory(result.pending);
    return result;
  }

  /** Where to write a file of that relative name. */
  Path path(String name) throws IOException {
    Path file = pending.resolve(name).normalize();
    if (!file.startsWith(pending) || file.equals(pending)) {
      throw new IllegalArgumentException(name + " is no name of a file in " + place);
    }
    Files.createDirectories(file.getParent());
    return file;
  }

  void write(String name, byte[] content) throws IOException {
    Path file = path(name);
    Files.write(file, content, StandardOpenOption.CREATE_NEW);
    force(file);
  }

  /** Adds the manifest of all files, then renames. */
  void commit() throws IOException {
    write(Manifest.NAME, Manifest.of(pending, files()));
    try (Stream<Path> paths = Files.walk(pending)) {
      for (Path folder : (Iterable<Path>) paths.filter(Files::isDirectory)::iterator) {
        force(folder);
      }
    }
    Files.move(pending, place, StandardCopyOption.ATOMIC_MOVE);
    force(place.resolveSibling(""));
  }

  @Override
  public void close() throws IOException {
    delete();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> paths = Files.walk(pending)) {
      return paths.filter(Files::isRegularFile).sorted().toList();
    }
  }

  private void delete() throws IOException {
    if (Files.exists(pending)) {
      try (Stream<Path> paths = Files.walk(pending)) {
        for (Path path : paths.sorted(Comparator.reverseOrder()).toList()) {
          Files.delete(path);
        }
      }
    }
  }

  private static void force(Path path) throws IOException {
    try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }
}
