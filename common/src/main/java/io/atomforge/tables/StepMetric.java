package io.atomforge.tables;

/** A row of {@link Tables#STEP_METRICS}. */
public record StepMetric(String runId, long step, String name, double value) {}
