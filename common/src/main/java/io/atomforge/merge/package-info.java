/**
 * One model from several of the same shape.
 *
 * <p>Read {@link io.atomforge.merge.Merge} first: each member is one published rule.
 */
package io.atomforge.merge;
