package io.atomforge.generation;

import java.util.List;
import java.util.stream.IntStream;

/**
 * One completion that is wanted.
 *
 * @param prompt place of its prompt among those of the request
 * @param seed what its tokens come from; plays no part at temperature 0
 * @param maxNewTokens length at which it is cut, 1 or more
 */
public record Draw(int prompt, long seed, int maxNewTokens) {
  /**
   * @throws IllegalArgumentException if there is no room for a token
   */
  public Draw {
    if (maxNewTokens < 1) {
      throw new IllegalArgumentException("maxNewTokens must be 1 or more, got " + maxNewTokens);
    }
  }

  /**
   * Equally many of each prompt.
   *
   * @param seeds one per completion, by prompt; may be empty at temperature 0
   * @return those of the first prompt, then of the next, as long as the settings allow
   * @throws IllegalArgumentException if there are not as many seeds
   */
  public static List<Draw> each(
      int prompts, int samplesPerPrompt, SamplingSettings settings, long[] seeds) {
    int count = Math.multiplyExact(prompts, samplesPerPrompt);
    if (seeds.length != count && (settings.temperature() > 0 || seeds.length > 0)) {
      throw new IllegalArgumentException("Expected " + count + " seeds, got " + seeds.length);
    }
    return IntStream.range(0, count)
        .mapToObj(
            i ->
                new Draw(
                    i / samplesPerPrompt,
                    seeds.length == 0 ? 0 : seeds[i],
                    settings.maxNewTokens()))
        .toList();
  }

  /**
   * @throws IllegalArgumentException if the prompt is empty or the completion might exceed the
   *     model's positions
   */
  public void requireRoom(int[] promptIds, int positions) {
    if (promptIds.length == 0 || promptIds.length + maxNewTokens > positions) {
      throw new IllegalArgumentException(
          String.format(
              "A prompt of %d tokens with %d new ones must have 1 to %d in all",
              promptIds.length, maxNewTokens, positions));
    }
  }
}
