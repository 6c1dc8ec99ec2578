package io.atomforge.tables;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.atoms.Atom;
import io.atomforge.atoms.Domain;
import io.atomforge.atoms.Type;
import io.atomforge.synthesis.Halves;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

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
   * @param half {@code S_A}, {@code S_B}, {@code S_G} or empty
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

  /**
   * The halves and the generic pool of the base atoms among the rows.
   *
   * @param seed of the order in which graphs are drawn
   */
  public static Halves halves(List<AtomRow> rows, long seed) {
    List<Atom> all = new ArrayList<>();
    Map<String, List<Atom>> pools = new HashMap<>();
    rows.stream()
        .filter(row -> row.variant().equals("base"))
        .forEach(
            row -> {
              Atom atom = row.atom();
              all.add(atom);
              pools.computeIfAbsent(row.half(), half -> new ArrayList<>()).add(atom);
            });
    all.sort(Comparator.comparing(Atom::atomId));
    pools.values().forEach(pool -> pool.sort(Halves.order(seed)));
    return new Halves(
        all,
        pools.getOrDefault("S_A", List.of()),
        pools.getOrDefault("S_B", List.of()),
        pools.getOrDefault("S_G", List.of()));
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
