package io.atomforge.tables;

import java.util.List;

/** A row of {@link Tables#EXPERIMENTS}. */
public record ExperimentRow(
    String experiment,
    String measure,
    String problemSet,
    String arm,
    String baseline,
    double mean,
    double low,
    double high,
    List<Double> seedMeans,
    List<Long> seeds,
    List<String> runIds) {}
