package io.atomforge.tables;

import java.util.List;

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

  /** A parameter: its name, its type, its domain and its generator as JSON. */
  public record ParameterRow(String name, String type, String domain, String generate) {}

  /** A call and its result as JSON. */
  public record ExampleRow(String argsJson, String resultJson) {}
}
