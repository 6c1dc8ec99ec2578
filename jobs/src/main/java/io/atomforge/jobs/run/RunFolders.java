package io.atomforge.jobs.run;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.Checks;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/** The checkpoint folders of one run. */
public final class RunFolders {
  private static final String MANIFEST = "MANIFEST.json";

  private final FileStore store;
  private final String all;

  /**
   * @throws ConfigException if {@code runId} is no name of a folder
   */
  public RunFolders(FileStore store, String runId) {
    try {
      Checks.runId("run_id", runId);
    } catch (IllegalArgumentException e) {
      throw new ConfigException(String.valueOf(e.getMessage()));
    }
    this.store = store;
    this.all = "checkpoints/" + runId;
  }

  /** Where the folders lie, with the scheme of the file system. */
  String address() {
    return store.address(all);
  }

  /** Deletes all of them. */
  public void discard() {
    store.delete(all);
  }

  /** The last step with a complete folder, or -1. */
  long latestStep() {
    // The manifest is written last: a folder without one was not copied to its end.
    return steps()
        .filter(step -> store.exists(all + "/step-" + step + "/" + MANIFEST))
        .max(Comparator.naturalOrder())
        .orElse(-1L);
  }

  /**
   * The steps whose folders may go: all but step 0, the latest ones and the best.
   *
   * @param limit how many of the latest to keep; 0 keeps all
   * @param best step to keep in any case
   * @return latest first
   */
  List<Long> old(int limit, long best) {
    return limit == 0
        ? List.of()
        : steps()
            .sorted(Comparator.reverseOrder())
            .skip(limit)
            .filter(step -> step != 0 && step != best)
            .toList();
  }

  private Stream<Long> steps() {
    return store.list(all).stream()
        .filter(name -> name.matches("step-\\d+"))
        .map(name -> Long.parseLong(name.substring("step-".length())));
  }

  /**
   * @return sha256 of a checkpoint's manifest, by which its row knows it; empty if it has none
   */
  static String manifestHash(Path checkpoint) {
    Path manifest = checkpoint.resolve(MANIFEST);
    if (!Files.isRegularFile(manifest)) {
      return "";
    }
    try {
      return HexFormat.of()
          .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(manifest)));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
