/**
 * Which rollouts of a step are learned from.
 *
 * <p>{@link io.atomforge.selection.Selection} looks at the rewards of one group at a time. It drops
 * whole groups, for which the step then draws further prompts, or single rollouts of a group.
 */
package io.atomforge.selection;
