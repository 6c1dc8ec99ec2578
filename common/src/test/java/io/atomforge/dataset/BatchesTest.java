package io.atomforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.dataset.Batches.Batch;
import io.atomforge.dataset.Batches.Cursor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BatchesTest {
  private static final List<String> IDS = IntStream.range(0, 10).mapToObj(i -> "s" + i).toList();

  @ParameterizedTest
  @ValueSource(ints = {1, 3, 5, 10, 13, 25})
  void dealEverySequenceOnceAnEpochInFullBatches(int size) {
    Batches batches = new Batches(IDS, size, 1);
    List<String> dealt = new ArrayList<>();
    Cursor cursor = Cursor.START;
    for (int step = 0; step < batches.count(3); step++) {
      Batch batch = batches.at(cursor);
      assertThat(batch.sequenceIds()).hasSize(size);
      dealt.addAll(batch.sequenceIds());
      cursor = batch.next();
    }
    assertThat(dealt.size()).isBetween(30, 30 + size - 1);
    for (int epoch = 0; epoch < 3; epoch++) {
      assertThat(dealt.subList(10 * epoch, 10 * epoch + 10))
          .containsExactlyInAnyOrderElementsOf(IDS);
    }
    assertThat(dealt.subList(0, 10)).isNotEqualTo(dealt.subList(10, 20));
  }

  @Test
  void continueExactlyFromAStoredCursor() throws JsonProcessingException {
    Batches first = new Batches(IDS, 3, 1);
    Cursor cursor = Cursor.START;
    for (int step = 0; step < 5; step++) {
      cursor = first.at(cursor).next();
    }
    assertThat(cursor).isEqualTo(new Cursor(1, 5));
    ObjectMapper json = new ObjectMapper();
    Cursor stored = json.readValue(json.writeValueAsString(cursor), Cursor.class);
    List<String> reversed = new ArrayList<>(IDS);
    Collections.reverse(reversed);
    assertThat(new Batches(reversed, 3, 1).at(stored)).isEqualTo(first.at(cursor));
  }

  @Test
  void differBySeed() {
    assertThat(new Batches(IDS, 10, 1).at(Cursor.START))
        .isNotEqualTo(new Batches(IDS, 10, 2).at(Cursor.START));
  }

  @Test
  void refuseWhatCannotBeDealt() {
    assertThatThrownBy(() -> new Batches(List.of(), 3, 1)).hasMessageContaining("0 sequences");
    assertThatThrownBy(() -> new Batches(IDS, 0, 1)).hasMessageContaining("size 0");
    assertThatThrownBy(() -> new Batches(IDS, 3, 1).at(new Cursor(0, 10)))
        .hasMessageContaining("past the end of 10");
    assertThatThrownBy(() -> new Cursor(-1, 0)).hasMessageContaining("epoch -1");
  }
}
