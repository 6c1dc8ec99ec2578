/**
 * Code that PyTorch runs: {@link io.atomforge.torch.TorchScript} makes modules from readable text
 * with named places, shares them within the JVM and calls their methods from many threads.
 */
package io.atomforge.torch;
