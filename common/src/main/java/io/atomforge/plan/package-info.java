/**
 * The order of the moves of a run.
 *
 * <p>Read {@link io.atomforge.plan.Plan} first: it says which moves there are, such as learning
 * from rollouts or from demonstrations, and which of them a step consists of. A {@link
 * io.atomforge.plan.Plan.Course} is what a plan keeps while the run goes on.
 */
package io.atomforge.plan;
