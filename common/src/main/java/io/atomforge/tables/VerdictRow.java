package io.atomforge.tables;

/** A row of {@link Tables#VERDICTS}. */
public record VerdictRow(
    String solutionId,
    String outcome,
    int passed,
    int total,
    String detail,
    double wallMs,
    double cpuMs,
    long peakMemoryKib,
    String isolation,
    String trust,
    String contentHash) {}
