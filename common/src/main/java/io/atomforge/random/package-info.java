/**
 * Seeds from identity.
 *
 * <p>Every random choice of the system is a pure function of a run's seed and of the name of what
 * is drawn: never of the clock, a thread or a partition number. Read {@link
 * io.atomforge.random.Seeds}; it is the whole package.
 */
package io.atomforge.random;
