package io.atomforge.model;

import java.io.Serializable;
import java.util.List;

/**
 * Token sequences and the positions in them at which a token is predicted.
 *
 * <p>Rows of one length stand together in a block, and the blocks follow each other in one list of
 * tokens. A row attends to itself alone and counts its positions from zero, so a batch of many
 * blocks is a batch with less padding and otherwise the same.
 *
 * @param blocks shapes of the blocks, in the order of their tokens
 * @param tokens block by block and row by row, shape (M,), each row padded on the right with any
 *     valid id
 * @param positions shape (N,), index in {@code tokens} of the hidden state that predicts; each once
 * @param targets shape (N,), the token predicted there, usually the next one
 * @param weights shape (N,), the factor of each token's loss in the sum
 */
public record TokenBatch(
    List<Block> blocks, int[] tokens, int[] positions, int[] targets, float[] weights)
    implements Serializable {

  /**
   * @param rows number of sequences, B
   * @param length tokens of each, including padding, T
   */
  public record Block(int rows, int length) implements Serializable {
    /**
     * @throws IllegalArgumentException if a size is below 1
     */
    public Block {
      if (rows < 1 || length < 1) {
        throw new IllegalArgumentException("No block has " + rows + " x " + length + " tokens");
      }
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

  /** One block of {@code rows} sequences, all padded to {@code length}. */
  public TokenBatch(
      int rows, int length, int[] tokens, int[] positions, int[] targets, float[] weights) {
    this(List.of(new Block(rows, length)), tokens, positions, targets, weights);
  }

  /** Number of sequences. */
  public int rows() {
    return blocks.stream().mapToInt(Block::rows).sum();
  }

  /** Rows and length of each block in turn. */
  int[] blockSizes() {
    int[] sizes = new int[2 * blocks.size()];
    for (int i = 0; i < blocks.size(); i++) {
      sizes[2 * i] = blocks.get(i).rows();
      sizes[2 * i + 1] = blocks.get(i).length();
    }
    return sizes;
  }
}
