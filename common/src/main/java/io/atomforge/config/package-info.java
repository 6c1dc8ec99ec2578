/**
 * Configuration: YAML layers, bound once to a record.
 *
 * <p>A job's settings are a stack of layers: {@code base.yaml}, the job's own file, files the user
 * names, and {@code key=value} words. {@link io.atomforge.config.ConfigLoader} merges them, checks
 * every key and binds the result to the job's record, whose compact constructors check the ranges.
 * Whatever is wrong becomes one line in a {@link io.atomforge.config.ConfigException}.
 */
package io.atomforge.config;
