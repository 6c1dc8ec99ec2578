/**
 * How a training run is filled in. {@link io.atomforge.jobs.training.setup.SftConfig} and {@link
 * io.atomforge.jobs.training.setup.RlConfig} are the configs of the two jobs; {@link
 * io.atomforge.jobs.training.setup.SftStart} and {@link io.atomforge.jobs.training.setup.RlStart}
 * make of them and of the warehouse the parts that a {@link
 * io.atomforge.jobs.training.TrainingLoop} runs; {@link
 * io.atomforge.jobs.training.setup.TrainingMemory} says what they take.
 */
package io.atomforge.jobs.training.setup;
