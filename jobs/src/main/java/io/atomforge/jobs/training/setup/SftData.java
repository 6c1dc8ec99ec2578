package io.atomforge.jobs.training.setup;

import static java.util.stream.Collectors.toSet;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Sequence;
import io.atomforge.jobs.data.DataSets;
import io.atomforge.jobs.training.SupervisedSteps;
import io.atomforge.model.ModelConfig;
import io.atomforge.random.Seeds;
import io.atomforge.tables.Warehouse;
import io.atomforge.training.GradientSource;
import io.atomforge.training.Trainer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The sequences of a supervised run.
 *
 * @param train by sequence_id
 * @param validation sequences that are not trained on; may be none
 */
public record SftData(Map<String, Sequence> train, List<Sequence> validation) {
  /**
   * @throws ConfigException if the run wants of them what they do not have
   */
  public static SftData read(Warehouse warehouse, SftConfig config) {
    Map<String, Sequence> train = new HashMap<>();
    List<Sequence> validation = new ArrayList<>();
    for (Sequence s : DataSets.sequences(warehouse, config.dataset())) {
      if (s.mixture().equals(Sequence.VALIDATION)) {
        validation.add(s);
      } else {
        train.put(s.sequenceId(), s);
      }
    }
    SftData data = new SftData(train, validation);
    data.check(config);
    return data;
  }

  /**
   * What the supervised steps of reinforcement learning learn from: the sequences of its prompts.
   *
   * @throws ConfigException if there are none, or one is longer than the model can read
   */
  public static SftData demonstrations(Warehouse warehouse, ModelConfig model, RlConfig config) {
    Map<String, Sequence> train = new HashMap<>();
    DataSets.sequences(warehouse, config.dataset()).stream()
        .filter(s -> config.promptFamilies().contains(s.mixture()))
        .forEach(s -> train.put(s.sequenceId(), s));
    if (train.isEmpty()) {
      throw new ConfigException(
          "plan: data set "
              + config.dataset()
              + " has no demonstration of "
              + config.promptFamilies());
    }
    SftData data = new SftData(train, List.of());
    data.checkLength(model);
    return data;
  }

  /** Supervised steps of reinforcement learning on these sequences. */
  public SupervisedSteps steps(RlConfig config, GradientSource source, Trainer trainer) {
    return new SupervisedSteps(
        config.supervised(),
        source,
        trainer,
        train,
        SupervisedSteps.batches(
            train,
            config.demonstrations().trainBatchSize(),
            Seeds.derive(config.seed(), "demonstrations")));
  }

  private void check(SftConfig config) {
    boolean needed =
        config.metricForBestModel().equals("val/loss") && config.saveTotalLimit() > 0
            || config.earlyStoppingPatience() > 0;
    if (needed && validation.isEmpty()) {
      throw new ConfigException(
          "early_stopping_patience and save_total_limit with metric_for_best_model=val/loss need a"
              + " validation set; build the dataset with validation above 0");
    }
    Set<String> mixtures = train.values().stream().map(Sequence::mixture).collect(toSet());
    for (String mixture : config.mixtureWeights().keySet()) {
      if (!mixtures.contains(mixture)) {
        throw new ConfigException(
            "mixture_weights."
                + mixture
                + ": data set "
                + config.dataset()
                + " has only "
                + new TreeSet<>(mixtures));
      }
    }
  }

  /**
   * @throws ConfigException if a sequence is longer than the model can read
   */
  public void checkLength(ModelConfig model) {
    int longest = train.values().stream().mapToInt(Sequence::length).max().orElse(0);
    if (longest > model.maxPositionEmbeddings()) {
      throw new ConfigException(
          "model.max_position_embeddings: the longest sequence has "
              + longest
              + " tokens, the model "
              + model.maxPositionEmbeddings()
              + " positions");
    }
  }
}
