package io.atomforge.checkpoint;

import ai.djl.Model;
import ai.djl.ndarray.NDArray;
import ai.djl.ndarray.NDList;
import ai.djl.ndarray.NDManager;
import ai.djl.ndarray.types.DataType;
import ai.djl.ndarray.types.Shape;
import ai.djl.nn.AbstractBlock;
import ai.djl.nn.Block;
import ai.djl.nn.BlockFactory;
import ai.djl.training.ParameterStore;
import ai.djl.util.PairList;
import io.atomforge.generation.Completion;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.Parameters;
import io.atomforge.model.Precision;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/**
 * Lets DJL's {@code Criteria}, and so DJL Serving, open a {@link Checkpoint} folder: its {@code
 * serving.properties} names this class. The block maps prompt tokens (T,) to the tokens of the
 * likeliest completion, and keeps its parameters in native memory while the JVM lives.
 *
 * <p>Options: {@code maxNewTokens}, 256 unless given.
 */
public final class AtomforgeBlockFactory implements BlockFactory {
  private static final long serialVersionUID = 1L;

  static final String SERVING_PROPERTIES =
      """
      engine=PyTorch
      blockFactory=io.atomforge.checkpoint.AtomforgeBlockFactory
      translatorFactory=io.atomforge.checkpoint.AtomforgeTranslatorFactory
      option.hasParameter=false
      """;

  @Override
  public Block newBlock(Model model, Path folder, Map<String, ?> arguments) throws IOException {
    Checkpoint checkpoint = Checkpoint.open(folder);
    Object wanted = arguments.get("maxNewTokens");
    int maxNewTokens = wanted == null ? 256 : Integer.parseInt(wanted.toString());
    return new CompletionBlock(checkpoint, model, maxNewTokens);
  }

  private static final class CompletionBlock extends AbstractBlock {
    private final CausalLM model;
    private final Parameters theta;
    private final int maxNewTokens;

    CompletionBlock(Checkpoint checkpoint, Model owner, int maxNewTokens) throws IOException {
      this.maxNewTokens = maxNewTokens;
      model =
          CausalLM.shared(
              checkpoint.config(),
              Precision.FP32,
              LossScript.NEGATIVE_LOG_LIKELIHOOD,
              owner.getNDManager().getDevice());
      theta = checkpoint.weights(model.layout(), model.device());
    }

    @Override
    protected NDList forwardInternal(
        ParameterStore store, NDList inputs, boolean training, PairList<String, Object> options) {
      NDArray prompt = inputs.singletonOrThrow();
      int[] tokens = prompt.toIntArray();
      int room = model.config().maxPositionEmbeddings() - tokens.length;
      SamplingSettings greedy =
          SamplingSettings.greedy(
              Math.max(1, Math.min(maxNewTokens, room)), model.config().eosTokenId());
      Completion completion = model.generate(theta, List.of(tokens), 1, greedy, new long[0]).get(0);
      return new NDList(prompt.getManager().create(completion.tokens()));
    }

    @Override
    public Shape[] getOutputShapes(Shape[] inputShapes) {
      return new Shape[] {new Shape(-1)};
    }

    @Override
    public void initialize(NDManager manager, DataType type, Shape... inputShapes) {
      // the parameters are already here
    }
  }
}
