package io.atomforge.spark;

import io.atomforge.generation.Completion;
import io.atomforge.generation.Decoding;
import io.atomforge.generation.Draw;
import io.atomforge.generation.SamplingSettings;
import io.atomforge.model.CausalLM;
import io.atomforge.model.LossScript;
import io.atomforge.model.ModelConfig;
import io.atomforge.model.Precision;
import io.atomforge.random.Seeds;
import io.atomforge.rollout.StopTexts;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.NoSuchElementException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.RowFactory;

/** The rows of one partition, completed some hundred at a time. */
final class CompletedRows implements Iterator<Row> {
  private static final Map<String, Tokenizer> TOKENIZERS = new ConcurrentHashMap<>();

  /**
   * What is wanted.
   *
   * @param key column whose text seeds the completions of a row; empty for the prompt
   * @param generations completions of each row
   * @param batch completions decoded together
   */
  record Settings(
      String input,
      String key,
      int generations,
      SamplingSettings sampling,
      long seed,
      int batch,
      Precision precision)
      implements Serializable {}

  record Model(ModelConfig config, String tokenizerJson, String tokenizerConfig)
      implements Serializable {}

  /** So many batches at once let rows take the place of those that have ended. */
  private static final int AHEAD = 8;

  private final Settings settings;
  private final Model loaded;
  private final Version version;
  private final Iterator<Row> rows;
  private final Tokenizer tokenizer;
  private final StopTexts stops;
  private Iterator<Row> done = List.<Row>of().iterator();

  CompletedRows(
      Settings settings, Broadcast<Model> broadcast, Version version, Iterator<Row> rows) {
    this.settings = settings;
    loaded = broadcast.value();
    this.version = version;
    this.rows = rows;
    tokenizer =
        TOKENIZERS.computeIfAbsent(
            loaded.tokenizerJson + loaded.tokenizerConfig,
            text -> Tokenizer.of(loaded.tokenizerJson, loaded.tokenizerConfig));
    stops = new StopTexts(tokenizer, settings.sampling.stop());
  }

  @Override
  public boolean hasNext() {
    if (!done.hasNext() && rows.hasNext()) {
      int most = Math.max(1, AHEAD * settings.batch / settings.generations);
      List<Row> some = new ArrayList<>();
      while (some.size() < most && rows.hasNext()) {
        some.add(rows.next());
      }
      done = complete(some).iterator();
    }
    return done.hasNext();
  }

  @Override
  public Row next() {
    if (!hasNext()) {
      throw new NoSuchElementException();
    }
    return done.next();
  }

  private List<Row> complete(List<Row> some) {
    ChatTemplate template = new ChatTemplate(tokenizer);
    List<int[]> prompts = new ArrayList<>();
    for (Row row : some) {
      String prompt = row.getAs(settings.input);
      prompts.add(prompt == null ? new int[0] : template.promptIds(prompt));
    }
    int room = loaded.config.maxPositionEmbeddings() - settings.sampling.maxNewTokens();
    List<Integer> fitting =
        IntStream.range(0, some.size())
            .filter(i -> prompts.get(i).length > 0 && prompts.get(i).length <= room)
            .boxed()
            .sorted(Comparator.comparingInt(i -> prompts.get(i).length))
            .toList();
    Completion[] completions = new Completion[some.size() * settings.generations];
    if (!fitting.isEmpty()) {
      decode(some, prompts, fitting, completions);
    }
    List<Row> result = new ArrayList<>();
    for (int i = 0; i < completions.length; i++) {
      result.add(row(some.get(i / settings.generations), i % settings.generations, completions[i]));
    }
    return result;
  }

  private void decode(
      List<Row> some, List<int[]> prompts, List<Integer> fitting, Completion[] completions) {
    List<Draw> draws = new ArrayList<>();
    List<Integer> places = new ArrayList<>();
    for (int place = 0; place < fitting.size(); place++) {
      int i = fitting.get(place);
      Object value = some.get(i).getAs(settings.key);
      for (int g = 0; g < settings.generations; g++) {
        long drawn = Seeds.derive(settings.seed, "generate", String.valueOf(value), g);
        draws.add(new Draw(place, drawn, settings.sampling.maxNewTokens()));
        places.add(i * settings.generations + g);
      }
    }
    CausalLM model =
        CausalLM.shared(
            loaded.config,
            settings.precision,
            LossScript.NEGATIVE_LOG_LIKELIHOOD,
            Replica.device());
    try (Replica replica = version.replica(model.layout())) {
      model.generate(
          replica.parameters(),
          fitting.stream().map(prompts::get).toList(),
          draws,
          settings.sampling,
          settings.batch,
          new Decoding() {
            @Override
            public boolean ends(int row, int[] tokens) {
              return stops.end(tokens);
            }

            @Override
            public void finished(int row, Completion completion) {
              completions[places.get(row)] = completion;
            }
          });
    }
  }

  private Row row(Row input, int generation, Completion completion) {
    Object[] values = new Object[input.length() + 3];
    for (int i = 0; i < input.length(); i++) {
      values[i] = input.get(i);
    }
    String reason = "prompt_too_long";
    if (completion != null) {
      String whole = tokenizer.decode(completion.tokens());
      String text = stops.cut(whole, 0);
      values[input.length()] = text;
      boolean ended = completion.finished() || text.length() < whole.length();
      reason = ended ? "stop" : "length";
    }
    values[input.length() + 1] = generation;
    values[input.length() + 2] = reason;
    return RowFactory.create(values);
  }
}
