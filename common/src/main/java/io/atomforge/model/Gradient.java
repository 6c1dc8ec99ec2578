package io.atomforge.model;

import ai.djl.Device;
import java.io.Serializable;

/**
 * What batches say about the parameters: sums, to which more is added. In native memory; it is
 * closed by who made it.
 */
public final class Gradient implements AutoCloseable {
  private final Parameters values;
  private double loss;
  private double[] statistics = {};

  private Gradient(Parameters values) {
    this.values = values;
  }

  /** Of nothing yet. */
  public static Gradient zero(ParameterLayout layout, Device device) {
    return new Gradient(Parameters.zeros(layout, device));
  }

  /**
   * The same on its way to another machine.
   *
   * @param loss the weighted sum of the tokens' losses
   * @param statistics the weighted sums of the loss script's statistics, in its order
   */
  public record Message(Pieces values, double loss, double[] statistics) implements Serializable {}

  /** The gradient of {@link #loss} in the order of the layout. */
  public Parameters values() {
    return values;
  }

  /** The weighted sum of the tokens' losses. */
  public double loss() {
    return loss;
  }

  /**
   * The weighted sums of the loss script's statistics, in its order; empty before any was added.
   */
  public double[] statistics() {
    return statistics.clone();
  }

  /** The same on a device: this one if it is there, else a copy, and this one is closed. */
  public Gradient on(Device device) {
    if (values.array().getDevice().equals(device)) {
      return this;
    }
    try (this) {
      Gradient there = zero(values.layout(), device);
      there.add(this);
      return there;
    }
  }

  /** Forgets all that was added. */
  public void clear() {
    values.clear();
    loss = 0;
    statistics = new double[0];
  }

  public void add(Gradient other) {
    values.add(other.values);
    add(other.loss, other.statistics);
  }

  public void add(Message message) {
    values.add(message.values());
    add(message.loss(), message.statistics());
  }

  /** What goes with values that the caller has added. */
  public void add(double moreLoss, double[] moreStatistics) {
    loss += moreLoss;
    if (statistics.length == 0) {
      statistics = new double[moreStatistics.length];
    }
    for (int i = 0; i < statistics.length; i++) {
      statistics[i] += moreStatistics[i];
    }
  }

  /**
   * @param type bf16 rounds to nearest
   */
  public Message message(Precision type) {
    return new Message(values.pieces(type), loss, statistics);
  }

  /** Rounds the values as a message would. */
  public void round(Precision type) {
    values.round(type);
  }

  @Override
  public void close() {
    values.close();
  }
}
