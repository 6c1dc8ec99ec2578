package io.atomforge.model;

import java.io.Serializable;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Token sequences and the positions in them at which a token is predicted.
 *
 * <p>Rows of one length stand together in a block, and the blocks follow each other in one list of
 * tokens. A row attends to itself alone and counts its positions from zero, so a batch of many
 * blocks is a batch with less padding and otherwise the same. Rows that begin with the same tokens
 * may have these in common: a row of one block and what follows it in rows of the next.
 *
 * @param blocks shapes of the blocks, in the order of their tokens
 * @param tokens block by block and row by row, shape (M,), each row padded on the right with any
 *     valid id
 * @param positions shape (N,), index in {@code tokens} of the hidden state that predicts; each once
 * @param targets shape (N,), the token predicted there, usually the next one
 * @param weights shape (N,), the factor of each token's loss in the sum
 * @param keys shape (M,), which name the tokens where dropout decides about them; empty for no
 *     dropout
 */
public record TokenBatch(
    List<Block> blocks, int[] tokens, int[] positions, int[] targets, float[] weights, long[] keys)
    implements Serializable {

  /**
   * @param rows number of sequences, B
   * @param length tokens of each, including padding, T
   * @param begun for each row, the row of the block before that it continues; none if rows begin
   *     here. That block has no padding and begins itself.
   */
  public record Block(int rows, int length, List<Integer> begun) implements Serializable {
    /**
     * @throws IllegalArgumentException if a size is below 1
     */
    public Block {
      if (rows < 1 || length < 1) {
        throw new IllegalArgumentException("No block has " + rows + " x " + length + " tokens");
      }
      begun = List.copyOf(begun);
      if (!begun.isEmpty() && begun.size() != rows) {
        throw new IllegalArgumentException(rows + " rows cannot continue " + begun.size());
      }
    }

    /** Rows that begin here. */
    public Block(int rows, int length) {
      this(rows, length, List.of());
    }

    public int size() {
      return Math.multiplyExact(rows, length);
    }
  }

  /**
   * @throws IllegalArgumentException if the arrays do not fit each other or a position is outside
   */
  public TokenBatch {
    blocks = List.copyOf(blocks);
    int size = blocks.stream().mapToInt(Block::size).sum();
    if (size == 0 || tokens.length != size) {
      throw new IllegalArgumentException(
          "Blocks " + blocks + " hold " + size + " tokens, got " + tokens.length);
    }
    for (int i = 0; i < blocks.size(); i++) {
      checkBegun(blocks, i);
    }
    if (keys.length != 0 && keys.length != size) {
      throw new IllegalArgumentException(size + " tokens cannot have " + keys.length + " keys");
    }
    if (targets.length != positions.length || weights.length != positions.length) {
      throw new IllegalArgumentException(
          String.format(
              "%d positions, %d targets and %d weights must be equally many",
              positions.length, targets.length, weights.length));
    }
    for (int position : positions) {
      if (position < 0 || position >= tokens.length) {
        throw new IllegalArgumentException("Position " + position + " lies outside the batch");
      }
    }
  }

  private static void checkBegun(List<Block> blocks, int i) {
    for (int row : blocks.get(i).begun()) {
      boolean fits =
          i > 0
              && blocks.get(i - 1).begun().isEmpty()
              && row >= 0
              && row < blocks.get(i - 1).rows();
      if (!fits) {
        throw new IllegalArgumentException("Block " + i + " continues no row " + row);
      }
    }
  }

  /** Without dropout. */
  public TokenBatch(
      List<Block> blocks, int[] tokens, int[] positions, int[] targets, float[] weights) {
    this(blocks, tokens, positions, targets, weights, new long[0]);
  }

  /** One block of {@code rows} sequences, all padded to {@code length}. */
  public TokenBatch(
      int rows, int length, int[] tokens, int[] positions, int[] targets, float[] weights) {
    this(List.of(new Block(rows, length)), tokens, positions, targets, weights);
  }

  /**
   * Tokens that the rows of a block have before it.
   *
   * @param i number of the block
   */
  static int start(List<Block> blocks, int i) {
    return blocks.get(i).begun().isEmpty() ? 0 : blocks.get(i - 1).length();
  }

  /** Tokens of the longest sequence, with what it continues and with its padding. */
  int longest() {
    return IntStream.range(0, blocks.size())
        .map(i -> start(blocks, i) + blocks.get(i).length())
        .max()
        .getAsInt();
  }

  /** Rows, length and start of each block in turn. */
  int[] blockSizes() {
    return IntStream.range(0, blocks.size())
        .flatMap(i -> IntStream.of(blocks.get(i).rows(), blocks.get(i).length(), start(blocks, i)))
        .toArray();
  }

  /** What the blocks that continue others continue, one after the other. */
  int[] begun() {
    return blocks.stream().flatMap(b -> b.begun().stream()).mapToInt(row -> row).toArray();
  }
}
