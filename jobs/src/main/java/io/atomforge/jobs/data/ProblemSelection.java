package io.atomforge.jobs.data;

import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.config.Suggestion;
import java.util.List;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Some of the problems, by their family and split.
 *
 * @param families none for all
 * @param splits none for all
 */
public record ProblemSelection(List<String> families, List<String> splits) {
  public ProblemSelection {
    families = List.copyOf(families);
    splits = List.copyOf(splits);
  }

  /**
   * @param rows with columns family and split
   */
  public Dataset<Row> of(Dataset<Row> rows) {
    Dataset<Row> chosen = rows;
    if (!families.isEmpty()) {
      chosen = chosen.filter(col("family").isin(families.toArray()));
    }
    if (!splits.isEmpty()) {
      chosen = chosen.filter(col("split").isin(splits.toArray()));
    }
    return chosen;
  }

  /**
   * @throws ConfigException if no problem has one of the families
   */
  public void checkFamilies(Dataset<Row> problems) {
    List<String> known = List.copyOf(Counts.of(problems, "family").keySet());
    for (String family : families) {
      if (!known.contains(family)) {
        throw new ConfigException(
            "families: table problems has none of " + family + Suggestion.of(family, known));
      }
    }
  }
}
