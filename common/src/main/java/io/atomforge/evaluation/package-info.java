/**
 * What a set of judged samples says about a model.
 *
 * <p>{@link io.atomforge.evaluation.PassAtK} estimates, for one problem, the chance that one of k
 * samples passes; {@link io.atomforge.evaluation.Bootstrap} says how far the mean over problems can
 * be trusted, for one model or for the difference of two. Plain arithmetic on arrays with one value
 * per problem. {@link io.atomforge.evaluation.ScalingFit} says how scores grow with two sizes of
 * the training data. Read {@code PassAtK} first.
 */
package io.atomforge.evaluation;
