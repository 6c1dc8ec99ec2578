package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.SEQUENCES;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.TinyPipeline;
import io.atomforge.tables.Warehouse;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataSetsTest {
  @TempDir Path folder;

  private Warehouse warehouse() {
    return TinyPipeline.warehouse(folder, TinyPipeline.loader(folder));
  }

  private static List<Sequence> sequences(String... ids) {
    return Stream.of(ids)
        .map(id -> Sequence.of(id, "p", "m", new int[] {1}, new int[] {id.hashCode()}, 1))
        .toList();
  }

  private static void assertReplacedAlone(Warehouse warehouse) {
    DataSets.write(warehouse, "a", sequences("s2", "s1"));
    String a = new DataSets.OfName("a").fingerprint(warehouse);
    DataSets.write(warehouse, "b", sequences("s1"));
    DataSets.write(warehouse, "b", sequences("s1", "s3"));
    assertThat(DataSets.sequences(warehouse, "a")).isEqualTo(sequences("s1", "s2"));
    assertThat(DataSets.sequences(warehouse, "b")).isEqualTo(sequences("s1", "s3"));
    assertThat(new DataSets.OfName("a").fingerprint(warehouse))
        .isEqualTo(a)
        .isNotEqualTo(new DataSets.OfName("b").fingerprint(warehouse));
    DataSets.write(warehouse, "b", sequences("s2", "s1"));
    assertThat(new DataSets.OfName("b").fingerprint(warehouse))
        .as("the name is no part of it")
        .isEqualTo(a);
  }

  @Test
  void aDataSetIsReplacedAloneAndHasFilesOfItsOwn() {
    assertReplacedAlone(warehouse());
    assertThat(folder.resolve("sequences/dataset=a")).isDirectory();
  }

  @Test
  void aSchemaOfACatalogKeepsDataSetsApartToo() {
    String schema = "spark_catalog.sets_" + folder.getFileName().toString().replaceAll("\\W", "_");
    try {
      assertReplacedAlone(
          TinyPipeline.warehouse(Path.of("catalog:" + schema), TinyPipeline.loader(folder)));
    } finally {
      TinyPipeline.SPARK.sql("DROP SCHEMA IF EXISTS " + schema + " CASCADE");
    }
  }

  @Test
  void rowsFromBeforeDataSetsHadNamesAreOfTheDefault() {
    Warehouse warehouse = warehouse();
    DataSets.write(warehouse, DataSets.DEFAULT, sequences("s1", "s2"));
    String expected = new DataSets.OfName(DataSets.DEFAULT).fingerprint(warehouse);
    Path old = folder.resolve("old");
    Warehouse earlier = TinyPipeline.warehouse(old, TinyPipeline.loader(old));
    earlier.mark();
    warehouse
        .read(SEQUENCES)
        .drop("dataset")
        .write()
        .format("delta")
        .save(old.resolve("sequences").toString());
    assertThat(DataSets.sequences(earlier, DataSets.DEFAULT)).isEqualTo(sequences("s1", "s2"));
    assertThat(new DataSets.OfName(DataSets.DEFAULT).fingerprint(earlier)).isEqualTo(expected);
    DataSets.write(earlier, "b", sequences("s3"));
    assertThat(DataSets.sequences(earlier, DataSets.DEFAULT)).isEqualTo(sequences("s1", "s2"));
    DataSets.write(earlier, DataSets.DEFAULT, sequences("s4"));
    assertThat(DataSets.sequences(earlier, DataSets.DEFAULT)).isEqualTo(sequences("s4"));
    assertThat(DataSets.sequences(earlier, "b")).isEqualTo(sequences("s3"));
  }

  @Test
  void aDataSetThatIsNotThereIsRefusedWithThoseThatAre() {
    DataSets.write(warehouse(), "b", sequences("s1"));
    DataSets.write(warehouse(), "a", sequences("s1"));
    assertThatThrownBy(() -> DataSets.read(warehouse(), "default"))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "dataset: table sequences has no data set default, but [a, b];"
                + " run BuildDataset name=default");
    assertThatThrownBy(() -> DataSets.checkName("name", "it's")).hasMessageContaining("name");
  }
}
