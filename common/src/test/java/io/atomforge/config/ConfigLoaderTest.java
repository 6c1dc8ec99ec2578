package io.atomforge.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConfigLoaderTest {
  @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
  @JsonSubTypes({
    @JsonSubTypes.Type(name = "flat", value = Rate.Flat.class),
    @JsonSubTypes.Type(name = "steps", value = Rate.Steps.class)
  })
  sealed interface Rate {
    record Flat(double learningRate) implements Rate {}

    record Steps(int every, double decay) implements Rate {}
  }

  record Inner(int batchSize, List<String> names) {
    Inner {
      if (batchSize < 1) {
        throw new IllegalArgumentException("batch_size must be 1 or more, got " + batchSize);
      }
    }
  }

  record Config(String warehouse, long seed, Inner inner, Rate rate) {}

  private static final String BASE =
      "warehouse: here\nseed: 1\ninner: {batch_size: 2, names: [a]}\nrate: {type: flat, learning_rate: 0.1}\n";

  private static ConfigLoader base() {
    return new ConfigLoader().layer("base.yaml", BASE);
  }

  @Test
  void laterLayersWinKeyByKey() {
    Config config =
        base().layer("job.yaml", "inner: {batch_size: 5}").override("seed=7").bind(Config.class);
    assertThat(config)
        .isEqualTo(new Config("here", 7, new Inner(5, List.of("a")), new Rate.Flat(0.1)));
  }

  @Test
  void anotherTypeReplacesTheWholeBlock() {
    Config config =
        base().layer("job.yaml", "rate: {type: steps, every: 3, decay: 0.5}").bind(Config.class);
    assertThat(config.rate()).isEqualTo(new Rate.Steps(3, 0.5));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "seed=soon | seed: expected a whole number, got 'soon'",
        "seed=1.5 | seed: expected a whole number, got '1.5'",
        "seed=[1, 2] | seed: expected a whole number, got a list",
        "inner.names=foo | inner.names: expected a list [...], got 'foo'",
        "inner=3 | inner: expected a block of keys {...}, got '3'",
        "rate.learning_rate=fast | rate.learning_rate: expected a number, got 'fast'",
        "warehouse={a: 1} | warehouse: expected text, got a block of keys"
      })
  void aValueOfAnotherKindIsNamedWithWhatIsExpected(String word, String message) {
    assertThatThrownBy(() -> base().override(word).bind(Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageEndingWith(message);
  }

  @Test
  void anUnknownKeyIsNamedWithItsLayerAndANeighbour() {
    assertThatThrownBy(() -> base().override("inner.batch_sise=3").bind(Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessage("command line: inner.batch_sise: unknown key; did you mean batch_size?");
  }

  @Test
  void aFileForPipelineIsKnownByItsBlocks() {
    assertThatThrownBy(
            () -> base().layer("all.yaml", "synthesize_problems: {x: 1}").bind(Config.class))
        .hasMessage(
            "all.yaml: synthesize_problems: unknown key; a file with a block for each stage is for"
                + " Pipeline");
    assertThatThrownBy(() -> base().layer("all.yaml", "iner: {x: 1}").bind(Config.class))
        .hasMessage("all.yaml: iner: unknown key; did you mean inner?");
  }

  @Test
  void aMissingKeyIsNamed() {
    assertThatThrownBy(() -> new ConfigLoader().layer("a.yaml", "warehouse: x").bind(Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("seed");
  }

  @Test
  void aDuplicateKeyIsRefusedWithItsLine() {
    assertThatThrownBy(() -> new ConfigLoader().layer("a.yaml", "seed: 1\nseed: 2\n"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("a.yaml:2")
        .hasMessageContaining("Duplicate");
  }

  @Test
  void anEmptyValueIsRefused() {
    assertThatThrownBy(() -> base().layer("a.yaml", "seed:").bind(Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("seed");
  }

  @Test
  void aFractionIsNoInteger() {
    assertThatThrownBy(() -> base().override("inner.batch_size=2.5").bind(Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("inner.batch_size");
  }

  @Test
  void aValueOutOfRangeIsNamedWithItsPath() {
    assertThatThrownBy(() -> base().override("inner.batch_size=-1").bind(Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("command line")
        .hasMessageEndingWith("inner: batch_size must be 1 or more, got -1");
  }

  @Test
  void anUnknownTypeIsRefused() {
    assertThatThrownBy(() -> base().layer("a.yaml", "rate: {type: cosine}").bind(Config.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown type 'cosine'");
  }

  @Test
  void wordsWithoutEqualsSignAreRefused() {
    assertThatThrownBy(() -> base().override("seed"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("key=value");
  }

  @Test
  void aScientificNumberIsANumber() {
    Config config = base().override("rate.learning_rate=1e-3").bind(Config.class);
    assertThat(config.rate()).isEqualTo(new Rate.Flat(1e-3));
  }

  @Test
  void theDescriptionNamesTheLayerOfEachKey() {
    assertThat(base().override("seed=7").describe())
        .contains("seed")
        .contains("7  (command line)")
        .contains("(base.yaml)");
  }

  @Test
  void sharedKeysThatAJobLacksAreDroppedButItsOwnAreNot() {
    record Small(long seed) {}
    ConfigLoader loader = base().dropUnused("base.yaml", Small.class);
    assertThat(loader.bind(Small.class)).isEqualTo(new Small(1));
    assertThatThrownBy(
            () ->
                base()
                    .override("warehouse=x")
                    .dropUnused("base.yaml", Small.class)
                    .bind(Small.class))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("warehouse");
  }
}
