package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.EVALUATIONS;
import static io.atomforge.tables.Tables.ROLLOUTS;

import io.atomforge.config.ConfigException;
import io.atomforge.dataset.Example;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Mixture;
import io.atomforge.dataset.Pair;
import io.atomforge.dataset.Pairing;
import io.atomforge.dataset.Sequence;
import io.atomforge.dataset.Share;
import io.atomforge.dataset.Style;
import io.atomforge.jobs.cli.Input;
import io.atomforge.tables.Table;
import io.atomforge.tables.Warehouse;
import io.atomforge.tokenizer.ChatTemplate;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** Turns the shares of a mixture into token sequences. */
public final class SequenceBuilder {
  /**
   * @param problemsPerSequence by share the most examples that one sequence holds side by side; 1
   *     for a share that is not named
   * @param maxLength tokens
   */
  public record Settings(
      long seed,
      Language promptLanguage,
      Style responseStyle,
      Map<String, Integer> problemsPerSequence,
      int maxLength) {}

  private record Tokens(int[] ids, boolean learned) {
    IntStream mask() {
      return IntStream.range(0, ids.length).map(t -> learned ? 1 : 0);
    }
  }

  private final Warehouse warehouse;
  private final ChatTemplate template;
  private final Settings settings;

  public SequenceBuilder(Warehouse warehouse, ChatTemplate template, Settings settings) {
    this.warehouse = warehouse;
    this.template = template;
    this.settings = settings;
  }

  /** What the examples of a share are read from, beside the problems. */
  public static List<Input> inputs(Share share, Style style) {
    String run = share.pairing().rows(style).runId();
    return Stream.of(rows(ROLLOUTS, run), rows(EVALUATIONS, share.failedIn()))
        .flatMap(Optional::stream)
        .toList();
  }

  private static Optional<Input> rows(Table<?> table, String run) {
    return run.isEmpty()
        ? Optional.empty()
        : Optional.of(new Input.Rows(table, "run_id = '" + run + "'"));
  }

  /**
   * @return the percentage of a share's training examples that it asks for
   * @throws ConfigException if there is none, or a sequence is too long
   */
  public List<Sequence> training(Share share) {
    Map<String, Example> byId = examples(share, "train", share.failedIn());
    if (byId.isEmpty()) {
      throw new ConfigException(nothing(share));
    }
    Map<String, Integer> copies = new HashMap<>();
    Map<String, Example> bySequence = new LinkedHashMap<>();
    for (String id :
        Mixture.select(new ArrayList<>(byId.keySet()), share.percent(), settings.seed)) {
      String sequenceId = share.sequenceId(id) + "#" + copies.merge(id, 1, Integer::sum);
      bySequence.put(sequenceId, byId.get(id));
    }
    int most = settings.problemsPerSequence.getOrDefault(share.name(), 1);
    List<Sequence> sequences = new ArrayList<>();
    for (List<String> ids :
        Mixture.groups(new ArrayList<>(bySequence.keySet()), most, settings.seed)) {
      List<Example> together = ids.stream().map(bySequence::get).toList();
      sequences.add(sequence(ids.get(0), share.name(), together, share.pairing()));
    }
    return sequences;
  }

  /**
   * @return examples of problems that are not trained on, at most {@code most}
   */
  public List<Sequence> validation(Share share, int most) {
    Map<String, Example> held = examples(share, Sequence.VALIDATION, "");
    List<String> chosen = Mixture.select(new ArrayList<>(held.keySet()), 100, settings.seed);
    return chosen.subList(0, Math.min(most, chosen.size())).stream()
        .map(id -> sequence(id, Sequence.VALIDATION, List.of(held.get(id)), share.pairing()))
        .toList();
  }

  private Map<String, Example> examples(Share share, String split, String failedIn) {
    Map<String, Example> byId = new LinkedHashMap<>();
    new Examples(warehouse, template.tokenizer(), split, share.topics(), failedIn)
        .of(share.pairing().rows(settings.responseStyle))
        .forEach(e -> byId.put(e.exampleId(), e));
    return byId;
  }

  private String nothing(Share share) {
    String run = share.pairing().rows(settings.responseStyle).runId();
    String among =
        share.failedIn().isEmpty()
            ? ""
            : " among the problems whose greedy completion failed in evaluation "
                + share.failedIn();
    if (!run.isEmpty()) {
      return "mixture: no completion of run "
          + run
          + " in table rollouts passed as many tests as share "
          + share.name()
          + " asks for"
          + among
          + "; draw more samples";
    }
    if (!share.topics().isEmpty()) {
      return "mixture: no training problem of share "
          + share.name()
          + " in table problems has atoms of the topics "
          + share.topics()
          + " alone; table atoms names the topics";
    }
    return "mixture: no training problem of share "
        + share.name()
        + " in table problems"
        + among
        + (share.name().startsWith("atom_modify")
            ? "; set renderings_per_variant of SynthesizeProblems"
            : "");
  }

  /** Several examples are asked one after the other and answered in the same order. */
  private Sequence sequence(String id, String mixture, List<Example> examples, Pairing pairing) {
    List<Pair> pairs =
        examples.stream()
            .map(e -> pairing.pair(e, settings.promptLanguage, settings.responseStyle))
            .toList();
    String asked = pairs.stream().map(Pair::prompt).collect(Collectors.joining("\n"));
    boolean plain = pairs.get(0).prompt().isEmpty();
    int[] prompt = plain ? template.startIds() : template.promptIds(asked);
    List<Tokens> parts = new ArrayList<>(List.of(new Tokens(prompt, false)));
    for (Pair.Piece piece : Pair.joined(pairs, "\n\n")) {
      parts.add(new Tokens(template.tokenizer().encode(piece.text()), piece.learned()));
    }
    parts.add(new Tokens(template.completionIds(""), true));
    int[] tokens = parts.stream().flatMapToInt(part -> IntStream.of(part.ids)).toArray();
    int[] mask = parts.stream().flatMapToInt(Tokens::mask).toArray();
    String problemId = examples.get(0).problem().problemId();
    if (tokens.length > settings.maxLength) {
      throw new ConfigException(
          "max_length: the sequence of problem "
              + problemId
              + " has "
              + tokens.length
              + " tokens, above "
              + settings.maxLength
              + "; raise max_length or vocabulary_size, or lower problems_per_sequence");
    }
    return new Sequence(id, problemId, mixture, tokens, mask, 1);
  }
}
