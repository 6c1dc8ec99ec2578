/**
 * Seeds and names from identity.
 *
 * <p>Every random choice of the system is a pure function of a run's seed and of the name of what
 * is drawn: never of the clock, a thread or a partition number. {@link io.atomforge.random.Seeds}
 * derives numbers from names; {@link io.atomforge.random.Hashes} names things by their content.
 */
package io.atomforge.random;
