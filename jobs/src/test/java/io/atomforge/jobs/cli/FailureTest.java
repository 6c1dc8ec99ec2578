package io.atomforge.jobs.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.config.ConfigException;
import java.io.IOException;
import org.junit.jupiter.api.Test;

class FailureTest {
  @Test
  void theUsersMistakeIsStatusTwoWhateverIsAroundIt() {
    Failure failure =
        Failure.of(
            new RuntimeException("job aborted", new ConfigException("seed: no number\nmore")));
    assertThat(failure).isEqualTo(new Failure(2, "seed: no number", true));
  }

  @Test
  void theMachineIsToldWithoutTrace() {
    assertThat(Failure.of(new IOException("write: No space left on device")).known()).isTrue();
    assertThat(Failure.of(new IOException("/data/x (Permission denied)")))
        .isEqualTo(new Failure(1, "/data/x (Permission denied)", true));
    assertThat(Failure.of(new RuntimeException(new OutOfMemoryError("Java heap space"))).reason())
        .contains("ATOMFORGE_MEMORY");
  }

  @Test
  void whatNobodyForesawKeepsItsTrace() {
    Failure failure = Failure.of(new RuntimeException("job aborted", new IllegalStateException()));
    assertThat(failure.known()).isFalse();
    assertThat(failure.reason()).isEqualTo("java.lang.IllegalStateException");
  }
}
