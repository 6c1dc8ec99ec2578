package io.atomforge.tables;

/** A row of {@link Tables#RELEASES}. */
public record ReleaseRow(
    String name,
    String tableName,
    long version,
    long rowCount,
    String contentHash,
    String gitCommit) {}
