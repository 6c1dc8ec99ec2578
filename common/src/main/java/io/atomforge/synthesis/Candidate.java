package io.atomforge.synthesis;

import io.atomforge.graph.Graph;

/**
 * A graph that may become a problem.
 *
 * @param index which of its family
 * @param english which English template
 * @param chinese which Chinese template
 */
public record Candidate(Family family, long index, Graph graph, int english, int chinese) {
  /** Its name in the table of rejections. */
  public String key() {
    return family.label() + "/" + index + ": " + graph.key();
  }
}
