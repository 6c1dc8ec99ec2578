package io.atomforge.atoms;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DomainTest {
  private static final ObjectMapper YAML = new YAMLMapper();

  private static Domain domain(String type, String yaml) throws Exception {
    return Domain.parse(Type.parse(type), YAML.readTree(yaml));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int | {min: 0, max: 5} | int | {min: 0} | true",
        "int | {} | int | {min: 0} | false",
        "int | {} | float | {} | true",
        "float | {} | int | {} | false",
        "bool | {} | int | {} | false",
        "str | {} | list[str] | {} | false",
        "str | {chars: 'a-f'} | str | {chars: 'a-z'} | true",
        "str | {} | str | {chars: 'a-z'} | false",
        "str | {pattern: '[a-c]+x'} | str | {chars: 'a-cx'} | true",
        "str | {pattern: '[a-c]+'} | str | {min_length: 1} | true",
        "str | {pattern: '[a-c]*'} | str | {min_length: 1} | false",
        "list[int] | {element: {min: 1}} | list[int] | {element: {min: 0}} | true",
        "list[int] | {} | list[int] | {element: {min: 0}} | false",
        "list[int] | {} | list[int] | {sorted: true} | false",
        "list[int] | {sorted: true} | list[int] | {} | true",
        "list[int] | {} | list[float] | {} | true",
        "tuple[int, int] | {items: [{min: 1}, {min: 2}]} | list[int] | {element: {min: 1}} | true",
        "tuple[int, str] | {} | list[int] | {} | false",
        "tuple[int, int] | {} | list[int] | {min_length: 3} | false",
        "dict[str, int] | {value: {min: 1}} | dict[str, int] | {value: {min: 0}} | true"
      })
  void aResultFitsAParameterIfTypeAndDomainBothFit(
      String out, String outDomain, String in, String inDomain, boolean fits) throws Exception {
    assertThat(domain(out, outDomain).fits(domain(in, inDomain))).isEqualTo(fits);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "int | {min: -3, max: 7}",
        "int | {min: 1000000000000}",
        "float | {min: 0.5, max: 0.6}",
        "bool | {}",
        "str | {chars: '0-9A-F', min_length: 2, max_length: 4}",
        "str | {pattern: '[a-z]+=[0-9]{1,3}(;[a-z]+=[0-9]{1,3})*'}",
        "list[int] | {min_length: 3, sorted: true, distinct: false}",
        "list[str] | {max_length: 2, element: {chars: 'xy'}}",
        "set[int] | {element: {min: 0, max: 3}}",
        "tuple[int, str] | {items: [{min: 1, max: 2}, {}]}",
        "dict[str, int] | {value: {min: 0}}",
        "dict[int, list[str]] | {key: {min: 0, max: 9}}"
      })
  void whatIsDrawnLiesInTheDomainAndTheJsonFormIsTheSameDomain(String type, String yaml)
      throws Exception {
    Domain domain = domain(type, yaml);
    assertThat(Domain.parse(domain.type(), domain.json())).isEqualTo(domain);
    for (long seed = 0; seed < 200; seed++) {
      var value = InputGenerator.draw(domain, new SplittableRandom(seed));
      assertThat(domain.contains(value)).as("%s in %s", value, yaml).isTrue();
    }
  }

  @Test
  void valuesOutsideAreSeen() throws Exception {
    assertThat(domain("int", "{max: 3}").contains(YAML.readTree("4"))).isFalse();
    assertThat(domain("int", "{}").contains(YAML.readTree("true"))).isFalse();
    assertThat(domain("list[int]", "{sorted: true}").contains(YAML.readTree("[2, 1]"))).isFalse();
    assertThat(domain("list[int]", "{distinct: true}").contains(YAML.readTree("[1, 1]"))).isFalse();
    assertThat(domain("str", "{pattern: 'a+'}").contains(YAML.readTree("'ab'"))).isFalse();
    assertThat(domain("str", "{chars: 'a-c'}").contains(YAML.readTree("'ad'"))).isFalse();
  }

  @Test
  void unknownKeysAndEmptyDomainsAreRefused() {
    assertThatThrownBy(() -> domain("int", "{minimum: 1}"))
        .hasMessageContaining("unknown key minimum");
    assertThatThrownBy(() -> domain("int", "{min: 2, max: 1}")).hasMessageContaining("empty");
    assertThatThrownBy(() -> domain("str", "{pattern: '\\d+'}"))
        .hasMessageContaining("not supported");
    assertThatThrownBy(() -> Type.parse("list")).hasMessageContaining("takes 1");
    assertThatThrownBy(() -> Type.parse("array[int]")).hasMessageContaining("unknown type array");
  }
}
