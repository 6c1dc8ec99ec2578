package io.atomforge.tables;

/** A row of {@link Tables#CHECKPOINTS}. */
public record CheckpointRow(
    String checkpointId,
    String runId,
    long step,
    String path,
    String parentCheckpointId,
    String sha256) {}
