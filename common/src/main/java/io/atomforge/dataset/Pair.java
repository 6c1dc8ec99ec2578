package io.atomforge.dataset;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * A prompt and what is answered.
 *
 * @param prompt empty for plain text, all of which is learned
 * @param pieces the answer, one or more
 */
public record Pair(String prompt, List<Piece> pieces) {
  /**
   * A part of an answer.
   *
   * @param learned whether a model learns to write it
   */
  public record Piece(String text, boolean learned) {}

  public Pair {
    pieces = List.copyOf(pieces);
  }

  /** With an answer all of which is learned. */
  public Pair(String prompt, String completion) {
    this(prompt, List.of(new Piece(completion, true)));
  }

  /** The whole answer. */
  public String completion() {
    return pieces.stream().map(Piece::text).collect(Collectors.joining());
  }

  /**
   * The answers of several pairs one after the other.
   *
   * @param between what stands between two, and is learned
   * @return with neighbours that are learned, or that are not, as one
   */
  public static List<Piece> joined(List<Pair> pairs, String between) {
    List<Piece> all = new ArrayList<>();
    for (Pair pair : pairs) {
      if (!all.isEmpty()) {
        add(all, new Piece(between, true));
      }
      pair.pieces.forEach(piece -> add(all, piece));
    }
    return all;
  }

  private static void add(List<Piece> all, Piece piece) {
    int last = all.size() - 1;
    if (last >= 0 && all.get(last).learned == piece.learned) {
      all.set(last, new Piece(all.get(last).text + piece.text, piece.learned));
    } else {
      all.add(piece);
    }
  }
}
