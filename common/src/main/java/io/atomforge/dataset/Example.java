package io.atomforge.dataset;

import io.atomforge.synthesis.Problem;
import java.util.List;

/**
 * What one pair of a {@link Pairing} is made of.
 *
 * @param exampleId unique among the examples of a share
 * @param asked the prompt that a run was given; empty for a problem alone
 * @param written what it wrote and, not learned, what its sampler inserted; empty for a problem
 *     alone
 * @param functions names of all functions that programs may call
 */
public record Example(
    String exampleId,
    Problem problem,
    String asked,
    List<Pair.Piece> written,
    List<String> functions) {}
