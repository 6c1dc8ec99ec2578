package io.atomforge.dataset;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShareTest {
  record Config(List<Share> mixture) {}

  private static Share share(String yaml) {
    return new ConfigLoader()
        .layer("here", "mixture: [" + yaml + "]")
        .bind(Config.class)
        .mixture()
        .get(0);
  }

  @Test
  void aShareIsAFamilyOrAPairingWithAPercentage() {
    assertThat(share("{family: composite_a, percent: 5}"))
        .isEqualTo(new Share("composite_a", new Pairing.Code("composite_a"), 5));
    assertThat(share("{family: cn2en, percent: 0.5}"))
        .isEqualTo(new Share("cn2en", new Pairing.Translation("atom", Language.ZH), 0.5));
    assertThat(share("{type: code, family: atom, percent: 100}")).isEqualTo(Share.of("atom", 100));
    assertThat(
            share(
                "{name: gold, percent: 300, type: conditioned, condition: '<q:gold>',"
                    + " of: {type: rollouts, run_id: rl, min_passed: 0.5, max_passed: 1.0}}"))
        .isEqualTo(
            new Share(
                "gold",
                new Pairing.Conditioned("<q:gold>", new Pairing.Rollouts("rl", 0.5, 1)),
                300));
  }

  @Test
  void aShareOfEitherFormMayNameTopics() {
    assertThat(share("{family: atom, percent: 5, topics: [strings]}"))
        .isEqualTo(new Share("atom", new Pairing.Code("atom"), 5, List.of("strings"), ""));
    assertThat(share("{type: raw_text, family: atom, percent: 5, topics: [strings, sorting]}"))
        .isEqualTo(
            new Share(
                "raw_text:atom",
                new Pairing.RawText("atom"),
                5,
                List.of("strings", "sorting"),
                ""));
    assertThatThrownBy(() -> share("{family: atom, percent: 1, topics: strings}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mixture.0");
  }

  @Test
  void anyShareMayBeOfProblemsThatFailedInAnEvaluation() {
    assertThat(share("{family: atom, percent: 5, failed_in: before}"))
        .isEqualTo(new Share("atom", new Pairing.Code("atom"), 5, List.of(), "before"));
    assertThat(share("{type: code, name: hard, family: atom, percent: 5, failed_in: before}"))
        .isEqualTo(new Share("hard", new Pairing.Code("atom"), 5, List.of(), "before"));
    assertThatThrownBy(() -> share("{family: atom, percent: 5, failed_in: ''}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mixture.0: failed_in must be a run_id of Evaluate");
  }

  @Test
  void whatIsWrongWithAShareIsNamedWithItsPlace() {
    assertThatThrownBy(() -> share("{family: atom}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mixture.0: a share is a block of keys, among them percent");
    assertThatThrownBy(() -> share("{percent: 1}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mixture.0: a share needs a family or a type");
    assertThatThrownBy(() -> share("{family: atom, percent: 1, familiy: b}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mixture.0.familiy: unknown key; did you mean family?");
    assertThatThrownBy(() -> share("{family: atom, percent: -1}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mixture.0: percent must be 0 or more, got -1.0");
    assertThatThrownBy(() -> share("{type: cod, family: atom, percent: 1}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("unknown type 'cod'");
    assertThatThrownBy(() -> share("{type: code, family: atom, fam: b, percent: 1}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("mixture.0.fam: unknown key; did you mean family?");
    assertThatThrownBy(
            () ->
                share("{type: rollouts, run_id: rl, min_passed: 2.0, max_passed: 1.0, percent: 1}"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("from 0 to 1, got 'rl', 2.0 and 1.0");
  }

  @Test
  void sequencesOfSharesThatTakeTheSameProblemsAreToldApart() {
    assertThat(Share.of("atom", 1).sequenceId("x")).isEqualTo("x");
    assertThat(new Share("mine", new Pairing.Code("atom"), 1).sequenceId("x")).isEqualTo("mine/x");
    assertThat(Share.of("en2cn", 1).sequenceId("x")).isEqualTo("en2cn/x");
    assertThat(Share.of("rollouts:rl", 1).sequenceId("rollouts:rl/p/1"))
        .isEqualTo("rollouts:rl/p/1");
  }
}
