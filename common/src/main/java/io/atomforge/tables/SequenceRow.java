package io.atomforge.tables;

/** A row of {@link Tables#SEQUENCES}. */
public record SequenceRow(
    String sequenceId,
    String problemId,
    String mixture,
    int[] tokens,
    int[] lossMask,
    double weight) {}
