package io.atomforge.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OutcomeTest {
  /** A job that is killed now leaves no file that a scheduler could take for its own. */
  @Test
  void theOutcomeOfAnEarlierAttemptIsGoneWhenAJobBegins(@TempDir Path folder) throws Exception {
    Path file = Files.writeString(folder.resolve("outcome.json"), "{}");
    Outcome.of("TrainSft", List.of("seed=5", "summary=" + file));
    assertThat(folder).isEmptyDirectory();
  }
}
