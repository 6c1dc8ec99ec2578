package io.atomforge.jobs;

import static io.atomforge.tables.Tables.PROBLEMS;
import static io.atomforge.tables.Tables.ROLLOUTS;
import static org.apache.spark.sql.functions.col;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Mixture;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.cli.Input;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.spark.sql.Row;

/**
 * What a run of TrainRl has written that passed every test, as training examples:
 * rejection-sampling fine-tuning (Yuan et al. 2023, arXiv:2308.01825). Each different text of a
 * problem counts once.
 */
public final class AcceptedRollouts {
  private static final String PREFIX = "rollouts:";

  private AcceptedRollouts() {}

  /** Whether a share of a mixture names a run in place of a family of problems. */
  public static boolean named(String share) {
    return share.startsWith(PREFIX);
  }

  /** The rollouts of the run that a share names. */
  static Input input(String share) {
    return new Input.Rows(ROLLOUTS, "run_id = '" + run(share) + "'");
  }

  private static String run(String share) {
    return share.substring(PREFIX.length());
  }

  /**
   * @throws ConfigException if no completion of the run passed
   */
  public static List<Sequence> sequences(
      Warehouse warehouse,
      BuildDataset.Share share,
      ChatTemplate template,
      BuildDataset.Config config) {
    String run = run(share.family());
    List<Row> passed =
        SqlScope.rows(warehouse, View.COMMITTED_ROLLOUTS)
            .filter(col("run_id").equalTo(run))
            .filter("outcome = 'PASSED' AND finish_reason = 'stop'")
            .join(
                warehouse.read(PROBLEMS).filter("split = 'train'").select("problem_id"),
                "problem_id")
            .select("problem_id", "prompt", "completion")
            .distinct()
            .orderBy("problem_id", "completion")
            .collectAsList();
    if (passed.isEmpty()) {
      throw new ConfigException(
          "mixture: no completion of run " + run + " in table rollouts passed; draw more samples");
    }
    Map<String, Row> byId = new LinkedHashMap<>();
    Map<String, Integer> ofProblem = new HashMap<>();
    for (Row row : passed) {
      String problem = row.getString(0);
      byId.put(
          share.family() + "/" + problem + "/" + ofProblem.merge(problem, 1, Integer::sum), row);
    }
    List<Sequence> sequences = new ArrayList<>();
    Map<String, Integer> copies = new HashMap<>();
    for (String id :
        Mixture.select(new ArrayList<>(byId.keySet()), share.percent(), config.seed())) {
      Row row = byId.get(id);
      sequences.add(
          BuildDataset.sequence(
              id + "#" + copies.merge(id, 1, Integer::sum),
              row.getString(0),
              share.family(),
              template.promptIds(row.getString(1)),
              template.completionIds(row.getString(2)),
              config));
    }
    return sequences;
  }
}
