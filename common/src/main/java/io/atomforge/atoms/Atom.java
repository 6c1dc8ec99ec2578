package io.atomforge.atoms;

import java.util.List;
import java.util.Locale;

/**
 * One hand-written function, or one variant of it.
 *
 * @param atomId the base's name, followed by {@code ~surface}, {@code ~idiom} or {@code ~semantic}
 *     for a variant
 * @param topic one of the ten topics, or the user's own
 * @param name the Python function's name
 * @param variant which of the four this is
 * @param params the pipe parameter first, then side parameters
 * @param returns domain of the result
 * @param promptEn English imperative clause with {@code {parameter}} places
 * @param promptZh the same in Chinese
 * @param code Python source: import lines, then the function
 * @param examples at least eight calls with their results
 */
public record Atom(
    String atomId,
    String topic,
    String name,
    Variant variant,
    List<Parameter> params,
    Domain returns,
    String promptEn,
    String promptZh,
    String code,
    List<Example> examples) {

  /**
   * The function itself; other words and names; another way to write it; another constant or
   * comparison.
   */
  public enum Variant {
    BASE,
    SURFACE,
    IDIOM,
    SEMANTIC;

    /** The atom_id of this variant of a base. */
    public String of(Atom base) {
      return this == BASE ? base.atomId : base.atomId + "~" + name().toLowerCase(Locale.ROOT);
    }
  }

  /**
   * @param domain which values are valid
   * @param generate which values are drawn as test inputs, a part of {@code domain}
   */
  public record Parameter(String name, Domain domain, Domain generate) {}

  /**
   * @param argsJson JSON array of the arguments
   * @param resultJson the result, both in the sandbox's encoding
   */
  public record Example(String argsJson, String resultJson) {}

  public Atom {
    params = List.copyOf(params);
    examples = List.copyOf(examples);
  }

  /** The parameter that receives the previous result in a chain. */
  public Parameter pipe() {
    return params.get(0);
  }

  /** Whether this atom's result may be passed to {@code next}: its type and its domain both fit. */
  public boolean fits(Atom next) {
    return returns.fits(next.pipe().domain());
  }
}
