package io.atomforge.tokenizer;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;

/**
 * Learns byte-level BPE merges from counted words (Sennrich et al. 2016, Algorithm 1, on bytes).
 *
 * <p>Ids: the special tokens in the given order, the 256 byte symbols by code point, then one per
 * merge. Each round merges the most frequent adjacent pair; among equals the pair with the smaller
 * left id, then the smaller right id. That is Hugging Face's rule, and the golden corpus gives
 * their result; but no merge here spells a special token, as theirs may. The order of the map does
 * not matter.
 */
public final class BpeTrainer {
  private record Candidate(long count, long pair) {}

  /** How often a pair occurs, and the words that hold it or once did. */
  private static final class Occurrences {
    private long count;
    private int[] words = new int[4];
    private int size;

    void add(int word) {
      if (size > 0 && words[size - 1] == word) {
        return;
      }
      if (size == words.length) {
        words = Arrays.copyOf(words, 2 * size);
      }
      words[size++] = word;
    }
  }

  private final Map<String, Integer> ids = new LinkedHashMap<>();
  private final List<String> tokens = new ArrayList<>();
  private final List<List<String>> merges = new ArrayList<>();
  private final Set<String> specialTokens;
  private final int[][] words;
  private final long[] wordCounts;
  private final Map<Long, Occurrences> pairs = new HashMap<>();
  private final Set<Long> grown = new HashSet<>();
  private final PriorityQueue<Candidate> queue =
      new PriorityQueue<>(
          Comparator.comparingLong(Candidate::count).reversed().thenComparingLong(Candidate::pair));

  private BpeTrainer(Map<String, Long> counts, List<String> specialTokens) {
    this.specialTokens = new HashSet<>(specialTokens);
    for (String token : specialTokens) {
      define(token);
    }
    for (char symbol : ByteAlphabet.symbols()) {
      define(String.valueOf(symbol));
    }
    words = new int[counts.size()][];
    wordCounts = new long[counts.size()];
    int w = 0;
    for (Map.Entry<String, Long> entry : counts.entrySet()) {
      if (entry.getValue() < 0) {
        throw new IllegalArgumentException(
            "Word '" + entry.getKey() + "' has the negative count " + entry.getValue());
      }
      words[w] =
          ByteAlphabet.symbols(entry.getKey())
              .chars()
              .map(c -> ids.get(String.valueOf((char) c)))
              .toArray();
      wordCounts[w++] = entry.getValue();
    }
  }

  /**
   * @param wordCounts how often each word of {@link PreTokenizer#split} occurs, 0 or more
   * @param vocabularySize entries wanted, special tokens and bytes included; fewer come back if the
   *     words run out of pairs first
   * @param specialTokens control tokens, which get the ids 0, 1, ... in this order
   * @return the text of a {@code tokenizer.json}, the same on every run
   * @throws IllegalArgumentException if the size leaves no room for the special tokens and the 256
   *     bytes, a special token is empty, repeated or a byte symbol, or a count is negative
   */
  public static String train(
      Map<String, Long> wordCounts, int vocabularySize, List<String> specialTokens) {
    int smallest = specialTokens.size() + 256;
    if (vocabularySize < smallest) {
      throw new IllegalArgumentException(
          "vocabulary_size "
              + vocabularySize
              + " is below "
              + smallest
              + ", the 256 bytes and "
              + specialTokens.size()
              + " special tokens; raise it");
    }
    BpeTrainer trainer = new BpeTrainer(wordCounts, specialTokens);
    trainer.learn(vocabularySize);
    return TokenizerJson.write(trainer.ids, trainer.merges, specialTokens);
  }

  private void learn(int vocabularySize) {
    for (int w = 0; w < words.length; w++) {
      for (int i = 1; i < words[w].length; i++) {
        change(words[w][i - 1], words[w][i], w, wordCounts[w]);
      }
    }
    enqueueGrown();
    while (tokens.size() < vocabularySize && !queue.isEmpty()) {
      Candidate top = queue.poll();
      Occurrences occurrences = pairs.get(top.pair);
      if (occurrences == null || occurrences.count < 1) {
        continue;
      }
      if (occurrences.count < top.count) {
        queue.add(new Candidate(occurrences.count, top.pair));
      } else if (occurrences.count == top.count) {
        merge(top.pair, occurrences);
      }
    }
  }

  private void merge(long pair, Occurrences occurrences) {
    int left = (int) (pair >>> 32);
    int right = (int) pair;
    String text = tokens.get(left) + tokens.get(right);
    if (specialTokens.contains(text)) {
      return;
    }
    merges.add(List.of(tokens.get(left), tokens.get(right)));
    Integer known = ids.get(text);
    int merged = known == null ? define(text) : known;
    for (int i = 0; i < occurrences.size; i++) {
      replace(occurrences.words[i], left, right, merged);
    }
    pairs.remove(pair);
    enqueueGrown();
  }

  /** Rewrites one word from left to right and keeps the counts of the neighbouring pairs exact. */
  private void replace(int w, int left, int right, int merged) {
    int[] symbols = words[w];
    long count = wordCounts[w];
    int kept = 0;
    for (int i = 0; i < symbols.length; ) {
      if (symbols[i] != left || i + 1 == symbols.length || symbols[i + 1] != right) {
        symbols[kept++] = symbols[i++];
        continue;
      }
      if (kept > 0) {
        change(symbols[kept - 1], left, w, -count);
        change(symbols[kept - 1], merged, w, count);
      }
      if (i + 2 < symbols.length) {
        change(right, symbols[i + 2], w, -count);
        change(merged, symbols[i + 2], w, count);
      }
      symbols[kept++] = merged;
      i += 2;
    }
    if (kept < symbols.length) {
      words[w] = Arrays.copyOf(symbols, kept);
    }
  }

  private void change(int left, int right, int word, long count) {
    long pair = (long) left << 32 | right;
    Occurrences occurrences = pairs.computeIfAbsent(pair, p -> new Occurrences());
    occurrences.count += count;
    if (count > 0) {
      occurrences.add(word);
      grown.add(pair);
    }
  }

  private void enqueueGrown() {
    for (long pair : grown) {
      queue.add(new Candidate(Objects.requireNonNull(pairs.get(pair)).count, pair));
    }
    grown.clear();
  }

  private int define(String token) {
    int id = tokens.size();
    if (ids.putIfAbsent(token, id) != null || token.isEmpty()) {
      throw new IllegalArgumentException(
          "A special token must be neither empty nor repeated nor a byte symbol: '" + token + "'");
    }
    tokens.add(token);
    return id;
  }
}
