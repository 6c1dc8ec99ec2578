/**
 * The files of models: folders in the Hugging Face layout, whole models and adapters.
 *
 * <p>{@link io.atomforge.checkpoint.Checkpoint} reads and writes a folder; the numbers pass between
 * safetensors files and native memory in pieces. A folder is written beside its place and renamed,
 * with a manifest of its files. DJL serves it through the factories here. Read {@code Checkpoint}
 * first.
 */
package io.atomforge.checkpoint;
