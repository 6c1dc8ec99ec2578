package io.atomforge.jobs.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** Against TensorBoard's own writer; see generate.py beside the file. */
class EventFileTest {
  @Test
  void everyByteIsThatOfTensorBoard() throws Exception {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (EventFile events = new EventFile(bytes, 1.5)) {
      scalar(events, "train/loss", 0, 7.25);
      scalar(events, "train/loss", 1, 2.5);
      scalar(events, "actor/lr", 300, 1e-3);
      scalar(events, "na\u00efve", 1L << 40, -1e30);
    }
    assertThat(bytes.toByteArray())
        .isEqualTo(
            Files.readAllBytes(Path.of("src/test/resources/golden/events/scalars.tfevents")));
  }

  private static void scalar(EventFile events, String tag, long step, double value)
      throws Exception {
    events.scalar(tag, step, value, 1700000000.25 + step);
  }
}
