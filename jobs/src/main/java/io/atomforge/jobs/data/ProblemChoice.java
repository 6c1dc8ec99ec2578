package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.REJECTIONS;
import static io.atomforge.tables.Tables.SOLUTIONS;
import static org.apache.spark.sql.functions.col;
import static org.apache.spark.sql.functions.concat;
import static org.apache.spark.sql.functions.explode;
import static org.apache.spark.sql.functions.lit;
import static org.apache.spark.sql.functions.not;
import static org.apache.spark.sql.functions.row_number;
import static org.apache.spark.sql.functions.size;

import io.atomforge.synthesis.Family;
import io.atomforge.tables.Warehouse;
import java.util.Map;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Column;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.expressions.Window;
import org.apache.spark.storage.StorageLevel;

/**
 * Which judged candidates become problems, and why the others do not. Holds memory until closed.
 */
public final class ProblemChoice implements AutoCloseable {
  private static final long ROWS_PER_FILE = 50_000;
  private static final Column CANDIDATE = concat(col("family"), lit("/"), col("index"));

  private final Dataset<Row> slots;
  private final Dataset<Row> first;
  private final Dataset<Row> judged;
  private final Dataset<Row> proven;
  private final Dataset<Row> found;
  private final Dataset<Row> sound;
  private final Column enough;
  private final Dataset<Row> kept;
  private final int files;

  /**
   * @param slots all candidates, as {@link Candidates#slots} gives them
   * @param judged what became of them: rows of table {@code candidates}
   */
  public ProblemChoice(
      Dataset<Row> slots,
      Dataset<Row> judged,
      Decontamination decontamination,
      WantedProblems wanted) {
    this.slots = slots;
    this.judged = judged;
    first = slots.filter("same = 1").drop("same");
    // Columns that are a few bytes each: what is wide is read once more for the rows that are kept.
    proven =
        judged
            .filter(size(col("problem")).gt(0))
            .select(
                col("family"),
                col("index"),
                col("problem.problem_id").getItem(0).as("problem_id"),
                col("problem.fingerprint").getItem(0).as("fingerprint"))
            .join(first.select("family", "index", "rank"), Candidates.KEY);
    found =
        decontamination
            .findings(
                judged
                    .join(first, Candidates.KEY, "left_semi")
                    .select(explode(col("problem")).as("problem"))
                    .select("problem.*"))
            .dropDuplicates("problem_id")
            .persist(StorageLevel.MEMORY_AND_DISK());
    sound =
        proven
            .join(found, new String[] {"problem_id"}, "left_anti")
            .withColumn("same", Candidates.among("fingerprint"))
            .withColumn(
                "place", row_number().over(Window.partitionBy("rank", "same").orderBy("index")))
            .persist(StorageLevel.MEMORY_AND_DISK());
    enough = enough(wanted);
    kept =
        sound
            .filter(col("same").equalTo(1).and(enough))
            .withColumn(
                "equal",
                row_number().over(Window.partitionBy("problem_id").orderBy("rank", "index")))
            .filter("equal = 1")
            .select("family", "index");
    files = files(kept.count());
  }

  private static Column enough(WantedProblems wanted) {
    Column enough = lit(false);
    for (Map.Entry<Family, Integer> family : wanted.counts().entrySet()) {
      enough =
          enough.or(
              col("rank")
                  .equalTo(family.getKey().ordinal())
                  .and(col("place").leq(family.getValue())));
    }
    return enough;
  }

  /** How many files hold so many rows, such that a task has room for those of one. */
  private static int files(long rows) {
    return (int) (1 + rows / ROWS_PER_FILE);
  }

  /**
   * Replaces tables {@code problems}, {@code rejections} and {@code solutions}; problems that are
   * not synthesized stay.
   */
  public void write(Warehouse warehouse, Broadcast<CandidateSource> source) {
    writeProblems(warehouse); // first, since it may be refused
    warehouse.overwrite(REJECTIONS, rejections());
    warehouse.overwrite(
        SOLUTIONS,
        ReferenceSolutions.of(warehouse.read(PROBLEMS).filter("depth > 0"), source)
            .coalesce(files));
  }

  private void writeProblems(Warehouse warehouse) {
    Dataset<Row> problems = problems();
    if (warehouse.exists(PROBLEMS) && !warehouse.read(PROBLEMS).filter("depth = 0").isEmpty()) {
      warehouse.replace(PROBLEMS, "depth > 0", problems);
    } else {
      warehouse.overwrite(PROBLEMS, problems);
    }
  }

  /** Rows of table {@code problems}. */
  private Dataset<Row> problems() {
    return judged
        .repartition(files, col("family"), col("index"))
        .join(kept.repartition(files, col("family"), col("index")), Candidates.KEY)
        .select(explode(col("problem")).as("problem"))
        .select("problem.*");
  }

  /** Rows of table {@code rejections}. */
  private Dataset<Row> rejections() {
    return judged
        .select(col("family"), col("index"), explode(col("rejection")).as("r"))
        .join(first, Candidates.KEY, "left_semi")
        .select("r.*")
        .union(
            rejection(
                slots.filter(col("same").gt(1)),
                "V7_SAME_GRAPH",
                "is the graph of a candidate before it",
                col("graph_hash")))
        .union(
            rejection(
                sound.filter(col("same").gt(1)),
                "V7_DUPLICATE",
                "behaves like a problem before it",
                col("fingerprint")))
        .union(
            rejection(
                sound.filter(col("same").equalTo(1).and(not(enough))),
                "NOT_NEEDED",
                "sound, but its family was complete",
                lit("")))
        .union(
            proven
                .join(found, "problem_id")
                .select(
                    CANDIDATE.as("candidate"),
                    lit(Decontamination.STAGE).as("stage"),
                    col("reason"),
                    col("detail")))
        .coalesce(files(slots.count()));
  }

  private static Dataset<Row> rejection(
      Dataset<Row> from, String stage, String reason, Column detail) {
    return from.select(
        CANDIDATE.as("candidate"),
        lit(stage).as("stage"),
        lit(reason).as("reason"),
        detail.as("detail"));
  }

  @Override
  public void close() {
    sound.unpersist();
    found.unpersist();
  }
}
