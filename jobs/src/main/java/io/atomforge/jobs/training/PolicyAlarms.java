package io.atomforge.jobs.training;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in the log when a policy is about to collapse: it has stopped to explore, or its completions
 * run away in length.
 */
final class PolicyAlarms {
  private static final Logger LOG = LoggerFactory.getLogger(PolicyAlarms.class);

  /** The part of the first steps' entropy below which sampling finds little that is new. */
  private static final double ENTROPY_PART = 0.1;

  /** How much longer than in the first steps completions may be. */
  private static final double LENGTH_FACTOR = 2;

  /** The share of completions that may be cut, and so never be right. */
  private static final double CUT_SHARE = 0.25;

  private static final int WINDOW = 5;

  private final Gauge entropy = new Gauge("actor/entropy");
  private final Gauge length = new Gauge("response_length/mean");
  private final Gauge cut = new Gauge("response_length/clip_ratio");

  /** The mean of the first steps and of the last ones. */
  private static final class Gauge {
    private final String metric;
    private final Deque<Double> last = new ArrayDeque<>();
    private double first;
    private boolean rang;

    Gauge(String metric) {
      this.metric = metric;
    }

    /** Whether there is a mean to compare with yet. */
    boolean add(Map<String, Double> metrics) {
      last.add(Objects.requireNonNull(metrics.get(metric), metric));
      if (last.size() > WINDOW) {
        last.remove();
        return true;
      }
      first = mean();
      return false;
    }

    double mean() {
      return last.stream().mapToDouble(v -> v).average().orElseThrow();
    }

    /** Whether this is news: an alarm rings when its condition begins to hold. */
    boolean rings(boolean holds) {
      boolean news = holds && !rang;
      rang = holds;
      return news;
    }
  }

  /** Looks at one step's metrics and logs a warning for each alarm that begins to hold. */
  void look(long step, Map<String, Double> metrics) {
    alarms(metrics).forEach((name, text) -> LOG.warn("step {}: {}: {}", step, name, text));
  }

  /** What rings at this step, by name. */
  Map<String, String> alarms(Map<String, Double> metrics) {
    Map<String, String> ringing = new TreeMap<>();
    boolean known = entropy.add(metrics);
    if (entropy.rings(known && entropy.mean() < ENTROPY_PART * entropy.first)) {
      ringing.put(
          "entropy",
          text(
              "the policy hardly explores: its entropy fell from %.4f to %.4f nats per token; lower"
                  + " learning_rate, raise temperature or add an entropy regularizer",
              entropy.first, entropy.mean()));
    }
    known = length.add(metrics);
    if (length.rings(known && length.mean() > LENGTH_FACTOR * length.first)) {
      ringing.put(
          "length",
          text(
              "completions grow: their mean length rose from %.1f to %.1f tokens; read some of them"
                  + " in table rollouts",
              length.first, length.mean()));
    }
    known = cut.add(metrics);
    if (cut.rings(known && cut.mean() > CUT_SHARE)) {
      ringing.put(
          "cut",
          text(
              "%.0f %% of the completions are cut; raise max_completion_length", 100 * cut.mean()));
    }
    return ringing;
  }

  private static String text(String format, Object... values) {
    return String.format(Locale.ROOT, format, values);
  }
}
