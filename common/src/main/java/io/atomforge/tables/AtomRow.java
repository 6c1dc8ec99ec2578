package io.atomforge.tables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import java.util.List;
import java.util.Locale;

/** A row of {@link Tables#ATOMS}. */
public record AtomRow(
    String atomId,
    String topic,
    String name,
    List<ParameterRow> params,
    String returns,
    String returnsDomain,
    String promptEn,
    String promptZh,
    String code,
    String variant,
    List<ExampleRow> examples,
    String half) {

  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * @param half {@code S_A}, {@code S_B} or empty
   */
  public static AtomRow of(Atom atom, String half) {
    return new AtomRow(
        atom.atomId(),
        atom.topic(),
        atom.name(),
        atom.params().stream()
            .map(
                p ->
                    new ParameterRow(
                        p.name(),
                        p.domain().type().toString(),
                        p.domain().json().toString(),
                        p.generate().json().toString()))
            .toList(),
        atom.returns().type().toString(),
        atom.returns().json().toString(),
        atom.promptEn(),
        atom.promptZh(),
        atom.code(),
        atom.variant().name().toLowerCase(Locale.ROOT),
        atom.examples().stream().map(e -> new ExampleRow(e.argsJson(), e.resultJson())).toList(),
        half);
  }

  /** All atoms of a warehouse, variants included. */
  public static List<Atom> all(Warehouse warehouse) {
    return Rows.collect(Tables.ATOMS, warehouse.read(Tables.ATOMS)).stream()
        .map(AtomRow::atom)
        .toList();
  }

  /** The atom that this row was made of. */
  public Atom atom() {
    return new Atom(
        atomId,
        topic,
        name,
        Atom.Variant.valueOf(variant.toUpperCase(Locale.ROOT)),
        params.stream()
            .map(
                p ->
                    new Atom.Parameter(
                        p.name(), domain(p.type(), p.domain()), domain(p.type(), p.generate())))
            .toList(),
        domain(returns, returnsDomain),
        promptEn,
        promptZh,
        code,
        examples.stream().map(e -> new Atom.Example(e.argsJson(), e.resultJson())).toList());
  }

  private static Domain domain(String type, String json) {
    try {
      return Domain.parse(Type.parse(type), JSON.readTree(json));
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException("table atoms holds a domain that is not JSON: " + json, e);
    }
  }

  /** A parameter: its name, its type, its domain and its generator as JSON. */
  public record ParameterRow(String name, String type, String domain, String generate) {}

  /** A call and its result as JSON. */
  public record ExampleRow(String argsJson, String resultJson) {}
}
