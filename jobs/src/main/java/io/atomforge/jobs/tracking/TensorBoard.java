package io.atomforge.jobs.tracking;

import io.atomforge.config.ConfigException;
import io.atomforge.tables.StepMetric;
import java.io.BufferedOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** Writes each number at once to an event file, which begins with the first. */
public final class TensorBoard implements Closeable {
  private final Path folder;
  private final String runId;
  private @Nullable EventFile events;

  /**
   * @param folder of this machine, in which the run gets its own
   * @throws ConfigException if it cannot be written
   */
  public TensorBoard(String folder, String runId) {
    this.folder = Path.of(folder, runId);
    this.runId = runId;
    makeWritable("tensorboard", this.folder);
  }

  /**
   * @param key the setting that names the folder
   * @throws ConfigException if it neither is nor can become a folder to write to
   */
  static void makeWritable(String key, Path folder) {
    try {
      Files.createDirectories(folder);
    } catch (IOException e) {
      throw new ConfigException(key + ": cannot make folder " + folder + ": " + e.getMessage());
    }
    if (!Files.isWritable(folder)) {
      throw new ConfigException(key + ": cannot write to " + folder);
    }
  }

  /** A run that is killed makes those again that follow its checkpoint. */
  public void metric(StepMetric metric) {
    double now = System.currentTimeMillis() / 1e3;
    try {
      if (events == null) {
        String name = String.format("events.out.tfevents.%010d.%s", (long) now, runId);
        OutputStream file = Files.newOutputStream(folder.resolve(name));
        events = new EventFile(new BufferedOutputStream(file), now);
      }
      events.scalar(metric.name(), metric.step(), metric.value(), now);
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write TensorBoard's events to " + folder, e);
    }
  }

  @Override
  public void close() {
    if (events != null) {
      try {
        events.close();
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
