/**
 * How problems become training text: {@link io.atomforge.dataset.Pairing} says what a family asks
 * for and answers with, {@link io.atomforge.jobs.data.Decontamination} what stands in published
 * benchmarks and is left out.
 */
package io.atomforge.jobs.data;
