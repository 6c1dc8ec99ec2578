package io.atomforge.jobs.run;

import ai.djl.Device;
import io.atomforge.checkpoint.Checkpoint;
import io.atomforge.checkpoint.PeftFolder;
import io.atomforge.config.ConfigException;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.ParameterLayout;
import io.atomforge.model.Parameters;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A model that a job starts from: a whole one, or one with adapters, which are merged as the
 * weights are read.
 *
 * @param id checkpoint_id or folder by which tables know it
 * @param whole the model that the adapters change
 * @param adapters in the order in which they are merged; none for a whole model
 * @param tokenizerFiles of the last adapters that have a tokenizer, else of the model
 */
public record Pretrained(
    String id, Checkpoint whole, List<PeftFolder> adapters, Map<String, byte[]> tokenizerFiles) {
  private static final int MOST_ADAPTERS = 8;

  public Pretrained {
    adapters = List.copyOf(adapters);
    tokenizerFiles = Map.copyOf(tokenizerFiles);
  }

  /**
   * @param key the config key that names it, for messages
   * @param name a checkpoint_id, a run_id for its latest one, or a folder of a model or of PEFT's
   *     adapters
   * @throws ConfigException if there is none, a file is missing or damaged, or the model that
   *     adapters change is not here
   */
  public static Pretrained load(Warehouse warehouse, FileStore store, String key, String name) {
    Checkpoints.Found found = Checkpoints.find(warehouse, store, key, name);
    List<PeftFolder> adapters = new ArrayList<>();
    Map<String, byte[]> tokenizer = Map.of();
    Path folder = found.folder();
    try {
      while (PeftFolder.isOne(folder)) {
        PeftFolder peft = PeftFolder.open(folder);
        adapters.add(0, peft);
        if (tokenizer.isEmpty() && peft.tokenizerFiles().containsKey("tokenizer.json")) {
          tokenizer = peft.tokenizerFiles();
        }
        folder = base(warehouse, store, key, folder, base(key, folder));
        if (adapters.size() > MOST_ADAPTERS) {
          throw new ConfigException(
              key
                  + ": "
                  + name
                  + " holds adapters of adapters without end; see "
                  + folder
                  + "/adapter_config.json");
        }
      }
      Checkpoint whole = Checkpoint.open(folder);
      return new Pretrained(
          found.id(), whole, adapters, tokenizer.isEmpty() ? whole.tokenizerFiles() : tokenizer);
    } catch (IllegalArgumentException | IOException e) {
      throw Checkpoints.damaged(key, e);
    }
  }

  /**
   * The name or folder of the model that a folder's adapters change, which may lie inside it; empty
   * if there are none or they name none.
   *
   * @param key the config key that names the adapters
   */
  static String base(String key, Path folder) {
    if (!PeftFolder.isOne(folder)) {
      return "";
    }
    try {
      String name = PeftFolder.open(folder).base();
      Path inside = folder.resolve(name);
      return !name.isEmpty() && Files.isRegularFile(inside.resolve("config.json"))
          ? inside.toString()
          : name;
    } catch (IllegalArgumentException | IOException e) {
      throw Checkpoints.damaged(key, e);
    }
  }

  /** The folder of the model that adapters change. */
  private static Path base(
      Warehouse warehouse, FileStore store, String key, Path adapters, String name) {
    Optional<Checkpoints.Found> found =
        name.isEmpty() ? Optional.empty() : Checkpoints.search(warehouse, store, key, name);
    return found
        .orElseThrow(
            () ->
                new ConfigException(
                    key
                        + ": the adapters in "
                        + adapters
                        + " change the model '"
                        + name
                        + "', which is no checkpoint, run or folder here; put the model's folder as"
                        + " base_model_name_or_path into its adapter_config.json"))
        .folder();
  }

  public ModelConfig config() {
    return whole.config();
  }

  /**
   * The weights with all adapters, which the caller closes.
   *
   * @param layout may have a value head after them, which stays zero
   * @throws ConfigException naming the file that is missing or damaged
   */
  public Parameters weights(ParameterLayout layout) {
    Parameters theta = Checkpoints.weights(whole, layout);
    try {
      for (PeftFolder peft : adapters) {
        peft.mergeInto(config(), theta);
      }
      return theta;
    } catch (IllegalArgumentException | IOException e) {
      theta.close();
      throw Checkpoints.damaged(e);
    }
  }

  /**
   * The weights of a whole model with the value head that it was trained with, which the caller
   * closes.
   *
   * @throws ConfigException naming the file that is missing or damaged
   */
  public Parameters weightsWithValueHead() {
    Parameters theta = Parameters.zeros(ParameterLayout.withValueHead(config()), Device.cpu());
    try {
      whole.restore(theta, Map.of());
      return theta;
    } catch (IllegalArgumentException | IOException e) {
      theta.close();
      throw Checkpoints.damaged(e);
    }
  }

  /**
   * The tokenizer, whose every token the model knows.
   *
   * @throws ConfigException if the files hold no tokenizer that works, or one that is larger than
   *     the model's vocabulary
   */
  public Tokenizer tokenizer() {
    Tokenizer tokenizer = Checkpoints.tokenizer(tokenizerFiles);
    try {
      tokenizer.requireWithin(config().vocabSize());
    } catch (IllegalArgumentException e) {
      throw new ConfigException("checkpoint: " + id + ": " + e.getMessage());
    }
    return tokenizer;
  }

  /**
   * The same with a plain template.
   *
   * @param promptTemplate empty for the template that the tokenizer has
   * @throws ConfigException if the tokenizer does not work, or there is no template
   */
  public Pretrained with(String promptTemplate) {
    Tokenizer tokenizer = tokenizer();
    try {
      if (!promptTemplate.isEmpty()) {
        Map<String, byte[]> files = new HashMap<>(tokenizerFiles);
        files.putAll(Checkpoints.files(ChatTemplate.plain(tokenizer, promptTemplate)));
        files.remove("chat_template.jinja"); // would hide the one in tokenizer_config.json
        return new Pretrained(id, whole, adapters, files).with("");
      }
      for (int token : new ChatTemplate(tokenizer).promptIds("")) {
        if (token >= config().vocabSize()) {
          throw new IllegalArgumentException(
              "the template has token "
                  + token
                  + ", but the model's vocab_size is "
                  + config().vocabSize()
                  + "; give a prompt_template of other tokens");
        }
      }
      return this;
    } catch (IllegalArgumentException e) {
      throw new ConfigException("checkpoint: " + id + ": " + e.getMessage());
    }
  }
}
