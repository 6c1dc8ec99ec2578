package io.atomforge.jobs;

import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.pmod;
import static org.apache.spark.sql.functions.xxhash64;

import io.atomforge.jobs.cli.Sessions;
import io.atomforge.jobs.data.Candidates;
import io.atomforge.synthesis.Family;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Prints how many rows per second {@link SynthesizeProblems} tells from those before them, by graph
 * and then by behaviour, on the cores of {@code --master} (local[1] for one). One row in ten has
 * the graph of another, and one in ten of the rest its behaviour. Argument: rows (1000000).
 */
public final class DeduplicationBenchmark {
  private static final int ROUNDS = 3;

  private DeduplicationBenchmark() {}

  public static void main(String[] args) {
    long rows = args.length > 0 ? Long.parseLong(args[0]) : 1_000_000;
    Dataset<Row> all =
        Sessions.open("deduplication")
            .range(rows)
            .select(
                lit(Family.COMPOSITE_A.ordinal()).as("rank"),
                col("id").as("index"),
                xxhash64(pmod(col("id"), lit(rows * 9 / 10))).cast("string").as("graph_hash"),
                xxhash64(pmod(col("id"), lit(rows * 81 / 100)), lit(1))
                    .cast("string")
                    .as("fingerprint"));
    Dataset<Row> kept =
        all.withColumn("same", Candidates.among("graph_hash"))
            .filter("same = 1")
            .withColumn("same", Candidates.among("fingerprint"))
            .filter("same = 1");
    for (int round = 0; round < ROUNDS; round++) {
      long started = System.nanoTime();
      long count = kept.count();
      double seconds = (System.nanoTime() - started) / 1e9;
      System.out.printf(
          Locale.ROOT, "kept %d of %d, %.0f rows per second%n", count, rows, rows / seconds);
    }
    Sessions.close();
  }
}
