package io.atomforge.config;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import com.fasterxml.jackson.databind.node.NullNode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class BasisTest {
  private static final String HASH = "0123456789abcdef0123456789abcdef";
  private static final String OTHER = "fedcba9876543210fedcba9876543210";

  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @Type(name = "constant", value = Rate.Constant.class),
    @Type(name = "decaying", value = Rate.Decaying.class)
  })
  sealed interface Rate {
    record Constant(double learningRate) implements Rate {}

    record Decaying(double learningRate, int halfLife) implements Rate {}
  }

  record Python(@Operational String path, String version) implements Resolved {
    @Override
    public Map<String, String> resolved() {
      return Map.of("found", version);
    }
  }

  record Share(String family, double percent) {}

  record Job(
      @Operational int partitions,
      long seed,
      Rate rate,
      Python python,
      List<Share> mixture,
      List<String> families,
      Map<String, Double> weights) {}

  private static Job job(int partitions, Rate rate, double percent) {
    return new Job(
        partitions,
        17,
        rate,
        new Python("/usr/bin/python3", "3.11"),
        List.of(new Share("atom", 50), new Share("composite", percent)),
        List.of("a", "b"),
        Map.of("atom", 0.5));
  }

  private static final Job FIRST = job(2, new Rate.Constant(1.0e-4), 100);

  @Test
  void holdsEveryKeyThatMattersByItsDottedNameAsOneLineOfJson() {
    Basis basis = Basis.of(FIRST).with("table sequences", HASH).by(3);
    assertThat(basis)
        .hasToString(
            """
            {"settings":{"families":"[\\"a\\",\\"b\\"]","mixture.0.family":"atom",\
            "mixture.0.percent":"50.0","mixture.1.family":"composite","mixture.1.percent":"100.0",\
            "python.found":"3.11","python.version":"3.11","rate.learning_rate":"1.0E-4",\
            "rate.type":"constant","seed":"17","weights.atom":"0.5"},\
            "inputs":{"table sequences":"%s"},"algorithm":3}\
            """
                .formatted(HASH));
    assertThat(Basis.parse(basis.toString())).contains(basis);
    assertThat(Basis.of(basis.tree())).contains(basis);
  }

  @Test
  void aKeyThatIsOperationalMakesNoDifference() {
    Basis other = Basis.of(job(8, new Rate.Constant(1.0e-4), 100));
    assertThat(other.difference(Basis.of(FIRST))).isEmpty();
    assertThat(other.hash()).isEqualTo(Basis.of(FIRST).hash());
  }

  @Test
  void namesEachKeyThatChangedWithBothValues() {
    Basis other = Basis.of(job(2, new Rate.Decaying(5.0e-4, 10), 25));
    assertThat(other.difference(Basis.of(FIRST)))
        .contains(
            "mixture.1.percent was 100.0, is 25.0; rate.half_life was not there, is 10;"
                + " rate.learning_rate was 1.0E-4, is 5.0E-4; rate.type was constant, is decaying");
    assertThat(Basis.of(FIRST).difference(other).orElseThrow())
        .contains("rate.half_life was 10, is not there any more");
    assertThat(other.hash()).matches("[0-9a-f]{16}").isNotEqualTo(Basis.of(FIRST).hash());
  }

  @Test
  void ofContentItSaysThatItChangedAndOfTheAlgorithmFromWhichVersion() {
    Basis first = Basis.of(FIRST).with("table sequences", HASH).with("checkpoint base", HASH);
    Basis other = Basis.of(FIRST).with("table sequences", OTHER).with("tokenizer", "").by(2);
    assertThat(other.difference(first))
        .contains(
            "checkpoint base is not there any more; table sequences changed; tokenizer was not"
                + " there, is empty; the version of the algorithm was 1, is 2");
  }

  @Test
  void aPartHasTheNamedBlocksAlone() {
    assertThat(Basis.of(FIRST).only(List.of("rate", "seed")::contains).settings())
        .containsOnlyKeys("rate.learning_rate", "rate.type", "seed");
  }

  @Test
  void theWordsOfEarlierVersionsAreNoBasis() {
    assertThat(Basis.parse("seed=17; base=; fp32")).isEmpty();
    assertThat(Basis.parse("b7e2c1d2aa0f7d61")).isEmpty();
    assertThat(Basis.parse("{\"key\":\"b7e2\"}")).isEmpty();
    assertThat(Basis.of(NullNode.getInstance())).isEmpty();
  }
}
