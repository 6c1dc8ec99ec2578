package io.atomforge.tables;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.apache.spark.sql.Row;
import org.apache.spark.sql.catalyst.expressions.GenericRowWithSchema;
import org.apache.spark.sql.types.StructType;
import org.junit.jupiter.api.Test;

class RecordCodecTest {
  record Toy(String name, int votes, double share, boolean passed) {}

  private static Toy read(StructType schema, Object... values) {
    Row row = new GenericRowWithSchema(values, schema);
    return RecordCodec.of(Toy.class).fromRow(row);
  }

  @Test
  void aRecordComesBack() {
    RecordCodec<Toy> codec = RecordCodec.of(Toy.class);
    Toy toy = new Toy("a", 3, 0.5, true);
    assertThat(codec.fromRow(codec.toRow(toy))).isEqualTo(toy);
  }

  @Test
  void numbersThatAnEarlierVersionDidNotWriteAreZero() {
    StructType old = new StructType().add("passed", "boolean").add("name", "string");
    assertThat(read(old, true, "a")).isEqualTo(new Toy("a", 0, 0, true));
    StructType added = old.add("votes", "int").add("share", "double");
    assertThat(read(added, null, "a", null, 0.25)).isEqualTo(new Toy("a", 0, 0.25, false));
  }

  @Test
  void aTextMustBeThere() {
    assertThatThrownBy(() -> read(new StructType().add("votes", "int"), 1))
        .isInstanceOf(RuntimeException.class)
        .hasMessageContaining("name");
  }
}
