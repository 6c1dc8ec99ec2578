package io.atomforge.jobs.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.atomforge.config.ConfigException;
import java.io.IOException;
import java.io.OutputStream;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.LocalFileSystem;
import org.apache.hadoop.fs.Path;

/**
 * The file that the word {@code summary=FILE} asks for: how a job ended, for a scheduler that sees
 * neither its output nor its exit status. It appears whole when the job ends. A job that is killed
 * leaves none, and none of an earlier attempt.
 */
final class Outcome {
  private static final String WORD = "summary=";

  /**
   * What the file holds.
   *
   * @param status the exit status
   * @param reason the line that names the error; empty if there was none
   * @param summary as {@code --json} prints it; null where the job did not come so far
   */
  private record Ended(String job, int status, String reason, JsonNode summary) {}

  private final String job;
  private final Optional<Path> file;

  private Outcome(String job, Optional<Path> file) {
    this.job = job;
    this.file = file;
  }

  /** Whether a word of the command line is for this class alone. */
  static boolean asks(String word) {
    return word.startsWith(WORD);
  }

  /**
   * Removes what an earlier attempt left.
   *
   * @param words of the command line, the last one winning
   * @throws ConfigException if the file cannot be written
   */
  static Outcome of(String job, List<String> words) {
    Optional<Path> file = Optional.empty();
    for (String word : words) {
      if (asks(word)) {
        file = Optional.of(word.substring(WORD.length())).filter(f -> !f.isBlank()).map(Path::new);
      }
    }
    Outcome outcome = new Outcome(job, file);
    if (file.isPresent()) {
      try {
        FileSystem files = outcome.files(file.get());
        if (files.exists(file.get()) && files.getFileStatus(file.get()).isDirectory()) {
          throw new IOException("it is a folder; name a file");
        }
        files.create(file.get(), true).close();
        files.delete(file.get(), false);
      } catch (IOException | IllegalArgumentException e) {
        throw new ConfigException(said(file.get(), e));
      }
    }
    return outcome;
  }

  private static String said(Path file, Exception e) {
    return "summary: cannot write to " + file + ": " + Failure.firstLine(e);
  }

  private FileSystem files(Path path) throws IOException {
    FileSystem files = path.getFileSystem(Sessions.hadoop());
    // A reader has no use for a checksum beside the file.
    return files instanceof LocalFileSystem checked ? checked.getRawFileSystem() : files;
  }

  /**
   * @throws JobFailedException if the file cannot be written
   */
  void done(JsonNode summary) {
    try {
      write(new Ended(job, 0, "", summary));
    } catch (IOException e) {
      throw new JobFailedException(said(file.orElseThrow(), e) + "; the work itself is done");
    }
  }

  /** What the failure was stays the job's error, also where it cannot be written. */
  void failed(Failure failure) {
    try {
      write(new Ended(job, failure.status(), failure.line(job), NullNode.getInstance()));
    } catch (IOException e) {
      System.err.println(job + ": " + said(file.orElseThrow(), e));
    }
  }

  private void write(Ended ended) throws IOException {
    if (file.isPresent()) {
      FileSystem files = files(file.get());
      Path part = new Path(file.get().getParent(), "_" + file.get().getName() + ".part");
      try (OutputStream out = files.create(part, true)) {
        out.write(JobRunner.JSON.writeValueAsBytes(ended));
        out.write('\n');
      }
      if (!files.rename(part, file.get())) {
        throw new IOException(part + " cannot be renamed to it");
      }
    }
  }
}
