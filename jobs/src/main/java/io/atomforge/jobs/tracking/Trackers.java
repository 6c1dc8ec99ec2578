package io.atomforge.jobs.tracking;

import io.atomforge.tables.StepMetric;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongFunction;

/**
 * The other programs that show the numbers of a run: TensorBoard each as it is measured, MLflow
 * those that the table has.
 */
public final class Trackers {
  private final Optional<TensorBoard> tensorBoard;
  private final Optional<Mlflow> mlflow;

  private Trackers(Optional<TensorBoard> tensorBoard, Optional<Mlflow> mlflow) {
    this.tensorBoard = tensorBoard;
    this.mlflow = mlflow;
  }

  /** Shows nothing. */
  public static Trackers none() {
    return new Trackers(Optional.empty(), Optional.empty());
  }

  /**
   * @param folder for TensorBoard; empty for none
   * @param server of MLflow, or a folder, {@link MlflowStore#isAddress}; empty for none
   * @param tags of the run, for MLflow
   * @param config what MLflow shows as parameters
   * @param metrics the table's metrics of the steps after one
   * @throws io.atomforge.config.ConfigException if a folder cannot be written
   */
  public static Trackers open(
      String folder,
      String server,
      String runId,
      Map<String, String> tags,
      Record config,
      LongFunction<List<StepMetric>> metrics) {
    Optional<TensorBoard> tensorBoard =
        folder.isEmpty() ? Optional.empty() : Optional.of(new TensorBoard(folder, runId));
    Optional<Mlflow> mlflow =
        server.isEmpty()
            ? Optional.empty()
            : Optional.of(
                new Mlflow(MlflowStore.open(server), runId, tags, Mlflow.params(config), metrics));
    return new Trackers(tensorBoard, mlflow);
  }

  /** The run goes on from a checkpoint. */
  public void resume() {
    mlflow.ifPresent(Mlflow::resume);
  }

  /** One more number was measured. */
  public void metric(StepMetric metric) {
    tensorBoard.ifPresent(t -> t.metric(metric));
  }

  /** The table has new rows. */
  public void project() {
    mlflow.ifPresent(Mlflow::project);
  }

  /**
   * @param finished false if the run failed
   */
  public void end(boolean finished) {
    tensorBoard.ifPresent(TensorBoard::close);
    mlflow.ifPresent(m -> m.end(finished));
  }
}
