package io.atomforge.jobs.run;

import io.atomforge.config.ConfigException;
import io.atomforge.jobs.cli.Input;
import io.atomforge.tokenizer.Tokenizer;

/** The tokenizer of a warehouse, with which table {@code sequences} is made. */
public final class StoredTokenizer {
  /** Its place in the store. */
  public static final String FILE = "tokenizer/tokenizer.json";

  private static final String CONFIG = "tokenizer/tokenizer_config.json";

  private StoredTokenizer() {}

  /** The tokenizer as what a result depends on. */
  public static Input input(String files) {
    return new Inputs.OfStore(files, "tokenizer", FILE);
  }

  public static boolean exists(FileStore store) {
    return store.exists(FILE);
  }

  public static void write(FileStore store, Tokenizer tokenizer) {
    store.write(CONFIG, tokenizer.config());
    store.write(FILE, tokenizer.toJson());
  }

  /**
   * @throws ConfigException if it was not trained yet, or is damaged
   */
  public static Tokenizer load(FileStore store) {
    String json =
        store
            .read(FILE)
            .orElseThrow(
                () ->
                    new ConfigException(
                        "no tokenizer at " + store.address(FILE) + "; run TrainTokenizer first"));
    try {
      return Tokenizer.of(json, store.read(CONFIG).orElse("{}"));
    } catch (IllegalArgumentException e) {
      throw new ConfigException(
          store.address(FILE) + " is damaged: " + e.getMessage() + "; run TrainTokenizer again");
    }
  }
}
