package io.atomforge.checkpoint;

import ai.djl.Model;
import ai.djl.huggingface.tokenizers.HuggingFaceTokenizer;
import ai.djl.modality.Input;
import ai.djl.modality.Output;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.translate.NoBatchifyTranslator;
import ai.djl.translate.TranslateException;
import ai.djl.translate.Translator;
import ai.djl.translate.TranslatorContext;
import ai.djl.translate.TranslatorFactory;
import ai.djl.util.Pair;
import java.io.IOException;
import java.io.Serializable;
import java.lang.reflect.Type;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;

/**
 * From a prompt to its completion through the folder's {@code tokenizer.json}, as {@code String} to
 * {@code String} and, for DJL Serving, as {@code Input} to {@code Output}.
 */
public final class AtomforgeTranslatorFactory implements TranslatorFactory, Serializable {
  private static final long serialVersionUID = 1L;

  @Override
  public Set<Pair<Type, Type>> getSupportedTypes() {
    return Set.of(new Pair<>(String.class, String.class), new Pair<>(Input.class, Output.class));
  }

  @Override
  @SuppressWarnings("unchecked")
  public <I, O> Translator<I, O> newInstance(
      Class<I> input, Class<O> output, Model model, Map<String, ?> arguments)
      throws TranslateException {
    if (!isSupported(input, output)) {
      throw new IllegalArgumentException("No translation from " + input + " to " + output);
    }
    Path file = model.getModelPath().resolve("tokenizer.json");
    try {
      HuggingFaceTokenizer tokenizer =
          HuggingFaceTokenizer.builder()
              .optTokenizerPath(file)
              .optTruncation(false)
              .optPadding(false)
              .optAddSpecialTokens(false)
              .build();
      Translator<?, ?> translator =
          input == String.class ? new Text(tokenizer) : new Served(new Text(tokenizer));
      return (Translator<I, O>) translator;
    } catch (IOException e) {
      throw new TranslateException(file + " cannot be read", e);
    }
  }

  private record Text(HuggingFaceTokenizer tokenizer)
      implements NoBatchifyTranslator<String, String> {
    @Override
    public NDList processInput(TranslatorContext context, String prompt) {
      long[] ids = tokenizer.encode(prompt).getIds();
      int[] tokens = Arrays.stream(ids).mapToInt(Math::toIntExact).toArray();
      return new NDList(context.getNDManager().create(tokens));
    }

    @Override
    public String processOutput(TranslatorContext context, NDList list) {
      NDArray tokens = list.singletonOrThrow();
      return tokenizer.decode(Arrays.stream(tokens.toIntArray()).asLongStream().toArray(), true);
    }
  }

  private record Served(Text text) implements NoBatchifyTranslator<Input, Output> {
    @Override
    public NDList processInput(TranslatorContext context, Input input) {
      return text.processInput(context, input.getData().getAsString());
    }

    @Override
    public Output processOutput(TranslatorContext context, NDList list) {
      Output output = new Output();
      output.add(text.processOutput(context, list));
      return output;
    }
  }
}
