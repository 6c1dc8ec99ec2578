/**
 * Which examples a model is trained on, and in which order.
 *
 * <p>{@link io.atomforge.dataset.Split} keeps the same chain of atoms out of two splits; {@link
 * io.atomforge.dataset.Mixture} thins one set and repeats another; {@link
 * io.atomforge.dataset.Pairing} says what a share of a mixture asks and answers; {@link
 * io.atomforge.dataset.Sequence} is one example as the trainer sees it; {@link
 * io.atomforge.dataset.Batches} deals them out, so that a resumed run sees what the first would
 * have seen. All choices come from a seed and names, never from an order of rows. Read {@code
 * Sequence} first.
 */
package io.atomforge.dataset;
