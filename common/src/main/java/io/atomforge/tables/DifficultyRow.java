package io.atomforge.tables;

/** A row of {@link Tables#DIFFICULTIES}. */
public record DifficultyRow(
    String runId,
    String problemId,
    String checkpointId,
    int iterations,
    boolean solved,
    int maxIterations,
    int unjudged) {}
