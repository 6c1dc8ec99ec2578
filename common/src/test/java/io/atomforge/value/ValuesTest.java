package io.atomforge.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ValuesTest {
  private static final Equality EXACT = Equality.EXACT;

  private static boolean equal(String expected, String actual, Equality equality) {
    return Values.difference(Values.parse(expected), Values.parse(actual), equality).isEmpty();
  }

  @Test
  void nestedKeysFitASmallStackAndCollidingOnesTakeNoQuadraticTime() throws InterruptedException {
    List<String> colliding = new ArrayList<>(List.of(""));
    for (int i = 0; i < 15; i++) {
      colliding = colliding.stream().flatMap(s -> Stream.of(s + "Aa", s + "BB")).toList();
    }
    String strings = "{\"$set\":[\"" + String.join("\",\"", colliding) + "\"]}";
    String nested = "{\"$set\":[" + "[".repeat(990) + "]".repeat(990) + "]}";
    List<Boolean> equal = new ArrayList<>();
    Thread thread =
        new Thread(
            null, () -> equal.add(equal(strings, strings) && equal(nested, nested)), "", 1 << 20);
    thread.setDaemon(true);

    thread.start();
    thread.join(20_000);

    assertThat(equal).containsExactly(true);
  }

  private static boolean equal(String expected, String actual) {
    return equal(expected, actual, Equality.DEFAULT);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "null",
        "true",
        "0",
        "123456789012345678901234567890",
        "-2.5",
        "\"\\ud800\"",
        "[]",
        "[1,[2.0,\"a\"]]",
        "{}",
        "{\"a\":{\"b\":null}}",
        "{\"$tuple\":[]}",
        "{\"$set\":[1,\"a\",{\"$tuple\":[1]}]}",
        "{\"$frozenset\":[]}",
        "{\"$dict\":[[1,2],[null,3],[\"$a\",4]]}",
        "{\"$float\":\"-inf\"}",
        "{\"$bytes\":\"00ff\"}"
      })
  void everyValueEqualsItselfAndNoOtherOfThese(String json) {
    assertThat(equal(json, json)).isTrue();
    assertThat(equal("[" + json + "]", json)).isFalse();
    assertThat(equal(json, "\"other\"")).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "1;true",
        "0;false",
        "1.0;true",
        "null;false",
        "\"1\";1",
        "[1];{\"$tuple\":[1]}",
        "{\"$set\":[1]};{\"$frozenset\":[1]}",
        "{\"$set\":[1]};{\"$set\":[true]}",
        "\"a\";{\"$bytes\":\"61\"}",
        "9007199254740993;9007199254740992.0",
        "{\"$float\":\"inf\"};{\"$float\":\"-inf\"}",
        "{\"$float\":\"nan\"};{\"$float\":\"nan\"}",
        "{\"a\":1};{\"a\":1,\"b\":1}",
        "[1,2];[2,1]"
      })
  void differentTypesOrValuesDifferBothWays(String one, String other) {
    assertThat(equal(one, other)).isFalse();
    assertThat(equal(other, one)).isFalse();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "2;2.0",
        "9007199254740992;9007199254740992.0",
        "0.0;-0.0",
        "{\"$set\":[1,2]};{\"$set\":[2.0,1]}",
        "{\"a\":1,\"b\":2};{\"b\":2,\"a\":1}",
        "{\"$dict\":[[\"a\",1]]};{\"a\":1}",
        "{\"$dict\":[[1,2]]};{\"$dict\":[[1.0,2]]}"
      })
  void equalNumbersAndUnorderedContentsAreEqualBothWays(String one, String other) {
    assertThat(equal(one, other, EXACT)).isTrue();
    assertThat(equal(other, one, EXACT)).isTrue();
  }

  @Test
  void finiteFloatsMayDifferByAPartOfTheExpectedOne() {
    assertThat(equal("1.0", "1.0000000009")).isTrue();
    assertThat(equal("1.0", "1.0000000011")).isFalse();
    assertThat(equal("1e300", "1.0000000009e300")).isTrue();
    assertThat(equal("0.0", "1e-300")).isFalse();
    assertThat(equal("1", "1.0000000001")).isFalse();
    assertThat(equal("{\"$float\":\"inf\"}", "1.7976931348623157e308")).isFalse();
    assertThat(equal("1.0", "1.0000000009", EXACT)).isFalse();
  }

  @Test
  void optionsLetTuplesEqualListsAndNanEqualNan() {
    Equality loose = new Equality(0, 0, true, false, false, true, false);
    assertThat(equal("{\"$tuple\":[1,[2]]}", "[1,{\"$tuple\":[2]}]", loose)).isTrue();
    assertThat(equal("[{\"$float\":\"nan\"}]", "[{\"$float\":\"nan\"}]", loose)).isTrue();
    assertThat(equal("{\"$float\":\"nan\"}", "1.0", loose)).isFalse();
  }

  @Test
  void differenceNamesThePlace() {
    assertThat(
            Values.difference(
                Values.parse("[1,{\"a\":[3]}]"), Values.parse("[1,{\"a\":[4]}]"), Equality.DEFAULT))
        .contains("$[1][\"a\"][0]: expected 3, got 4");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "[1",
        "1 2",
        "NaN",
        "{\"a\":1,\"a\":2}",
        "{\"$tuple\":4}",
        "{\"$tuple\":[1],\"a\":1}",
        "{\"$set\":[1,1.0]}",
        "{\"$dict\":[[1]]}",
        "{\"$dict\":[[1,2],[1.0,3]]}",
        "{\"$float\":\"2\"}",
        "{\"$bytes\":\"0\"}",
        "{\"$other\":1}"
      })
  void textThatIsNoValueIsRefused(String json) {
    assertThatThrownBy(() -> Values.parse(json)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void textThatWouldExhaustTheReaderIsRefused() {
    assertThatThrownBy(() -> Values.parse("[".repeat(100_000)))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> Values.parse("9".repeat(100_001)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "[1,2,2] | [2,1,2] | true",
        "[1,2,2] | [2,1,1] | false",
        "[1,2] | [2,1,2] | false",
        "[0.5,1] | [1.0,0.5] | true",
        "[[1,2],[3]] | [[3],[1,2]] | true",
        "[[1,2]] | [[2,1]] | false",
        "[\"b\",\"a\"] | [\"a\",\"b\"] | true",
        "[{\"a\":1},{\"b\":2}] | [{\"b\":2},{\"a\":1}] | true",
        "{\"$tuple\":[1,2]} | {\"$tuple\":[2,1]} | true",
        "{\"$tuple\":[1,2]} | [2,1] | false",
        "[] | [] | true",
        "[1,null,\"a\"] | [\"a\",1,null] | true",
        "[true,0] | [0,1] | false",
        "3 | 3 | true",
      })
  void theItemsOfAResultMayComeInAnyOrder(String expected, String actual, boolean equal) {
    assertThat(equal(expected, actual, Equality.DEFAULT.inAnyOrder())).isEqualTo(equal);
    assertThat(equal(actual, expected, Equality.DEFAULT.inAnyOrder())).isEqualTo(equal);
    assertThat(equal("[1,2]", "[2,1]")).isFalse();
  }
}
