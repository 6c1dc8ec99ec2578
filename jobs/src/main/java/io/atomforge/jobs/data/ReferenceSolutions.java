package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.SOLUTIONS;

import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Solution;
import io.atomforge.tables.Rows;
import java.util.stream.StreamSupport;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** The wiring of each problem as a complete program, to be judged like anybody's. */
public final class ReferenceSolutions {
  private ReferenceSolutions() {}

  /**
   * @return rows of table {@code solutions}
   */
  public static Dataset<Row> of(Dataset<Row> problems, Broadcast<CandidateSource> source) {
    return Rows.map(
        problems,
        PROBLEMS.codec(),
        SOLUTIONS.codec(),
        partition -> {
          AtomLibrary library = new AtomLibrary(source.value().atoms());
          return () ->
              StreamSupport.stream(partition.spliterator(), false)
                  .map(problem -> solution(problem, library))
                  .iterator();
        });
  }

  private static Solution solution(Problem problem, AtomLibrary library) {
    return new Solution(
        problem.problemId() + "/reference_call",
        problem.problemId(),
        "reference_call",
        library.program(problem.referenceCall()));
  }
}
