package io.atomforge.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonSubTypes.Type;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.atomforge.config.ConfigException;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Problem;
import java.util.List;
import java.util.Locale;

/**
 * How a share of a mixture becomes training text: which rows it is made of, what is asked and what
 * is answered. The mixtures follow arXiv:2406.10305, figures 2 to 5.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @Type(name = "code", value = Pairing.Code.class),
  @Type(name = "other_language", value = Pairing.OtherLanguage.class),
  @Type(name = "translation", value = Pairing.Translation.class),
  @Type(name = "raw_text", value = Pairing.RawText.class),
  @Type(name = "rollouts", value = Pairing.Rollouts.class),
  @Type(name = "hinted", value = Pairing.Hinted.class),
  @Type(name = "tagged", value = Pairing.Tagged.class),
  @Type(name = "revised_plan", value = Pairing.RevisedPlan.class),
  @Type(name = "backtracking", value = Pairing.Backtracking.class),
  @Type(name = "conditioned", value = Pairing.Conditioned.class)
})
public sealed interface Pairing {
  /**
   * The rows that a pairing takes.
   *
   * @param runId the run whose rollouts they are; empty for problems
   * @param condition SQL over the columns of {@code rollouts} or of {@code problems}
   */
  record Rows(String runId, String condition) {}

  /**
   * @return what a mixture calls a share of this pairing that has no name of its own
   */
  String name();

  /**
   * @throws ConfigException if the rows would be those of another share, as {@code style} shows
   *     them
   */
  Rows rows(Style style);

  Pair pair(Example example, Language language, Style style);

  /** Whether the answer is a program, which tests can judge. */
  default boolean asksForCode() {
    return true;
  }

  /** Whether the ids of its examples alone tell them from those of other pairings. */
  default boolean namesItsExamples() {
    return false;
  }

  /**
   * The pairing of a share that is named by one word: a family of problems, {@code
   * atom_modify~KIND}, {@code atom_translate}, {@code en2cn}, {@code cn2en}, {@code
   * raw_text:FAMILY}, or {@code rollouts:RUN_ID} for what passed all tests.
   */
  static Pairing named(String share) {
    String word = share.toLowerCase(Locale.ROOT);
    if (share.startsWith(Rollouts.PREFIX)) {
      return new Rollouts(share.substring(Rollouts.PREFIX.length()), 1, 1);
    }
    if (share.startsWith(RawText.PREFIX)) {
      return new RawText(share.substring(RawText.PREFIX.length()));
    }
    return switch (word) {
      case "atom_translate" -> new OtherLanguage("atom");
      case "en2cn" -> new Translation("atom", Language.EN);
      case "cn2en" -> new Translation("atom", Language.ZH);
      default -> new Code(share);
    };
  }

  /** Of a family of problems, with their prompts and their code. */
  sealed interface OfFamily extends Pairing {
    String family();

    @Override
    default Rows rows(Style style) {
      return ShareRows.of(family(), style);
    }

    /** What answers the problem's prompt. */
    default String completion(Example example, Style style) {
      return style.completion(example.problem());
    }

    @Override
    default Pair pair(Example example, Language language, Style style) {
      return new Pair(language.prompt(example.problem()), completion(example, style));
    }
  }

  /** The problem's prompt and its code. */
  record Code(String family) implements OfFamily {
    @Override
    public String name() {
      return family;
    }

    @Override
    public boolean namesItsExamples() {
      return true;
    }
  }

  /**
   * The problem's prompt, and its code after a block that says something about the code. A plan
   * stands for the revised chains of thought of VideoRFT, Wang et al. 2025 (arXiv:2505.12434): a
   * plan that agrees with what is executed.
   */
  record Tagged(String family, Tag tag) implements OfFamily {
    @Override
    public String name() {
      return "tagged:" + tag.name().toLowerCase(Locale.ROOT) + ":" + family;
    }

    @Override
    public String completion(Example example, Style style) {
      Problem problem = example.problem();
      String code = style.completion(problem);
      return tag.block(tag.text(problem)) + "<answer>\n" + code + "\n</answer>";
    }
  }

  /**
   * What a run of TrainRl has written in the form of {@link Tagged} with a plan and what passed all
   * tests, with its plan replaced by the functions that its code calls. The revision of drafts in
   * VideoRFT, Wang et al. 2025 (arXiv:2505.12434): a draft is written from the prompt alone,
   * corrected by what is seen, and dropped if it is far from it. Equal texts of a problem count
   * once.
   *
   * @param minAgreement least agreement of the draft's plan with its code, 0 to 1: the cosine in
   *     column {@code rollouts.plan_agreement}
   */
  record RevisedPlan(String runId, @JsonProperty("min_agreement") double minAgreement)
      implements Pairing {
    private static final String ANSWER = "<answer>";
    private static final String ANSWER_END = "</answer>";

    public RevisedPlan {
      if (runId.isEmpty() || !(0 <= minAgreement && minAgreement <= 1)) {
        throw new IllegalArgumentException(
            "revised_plan needs a run_id, and min_agreement from 0 to 1, got '%s' and %s"
                .formatted(runId, minAgreement));
      }
    }

    @Override
    public String name() {
      return "revised_plan:" + runId;
    }

    @Override
    public Rows rows(Style style) {
      Rows passed = ShareRows.written(runId, 1, 1);
      return new Rows(
          runId,
          passed.condition()
              + " AND completion LIKE '%%%s%%%s%%' AND plan_agreement >= %sD"
                  .formatted(ANSWER, ANSWER_END, minAgreement));
    }

    @Override
    public Pair pair(Example example, Language language, Style style) {
      String written = new Pair("", example.written()).completion();
      int end = written.lastIndexOf(ANSWER_END);
      String answer = written.substring(written.lastIndexOf(ANSWER, end), end) + ANSWER_END;
      List<String> called = Steps.called(AtomLibrary.withoutSilent(answer), example.functions());
      return new Pair(example.asked(), Tag.plan(called) + answer);
    }
  }

  /**
   * The problem's prompt, and its code after the steps of the reference as comments, with detours:
   * wrong steps up to the end, a line that says where to go back to, and the right step. Cai et al.
   * 2025 (arXiv:2505.24273); that the steps are those of a program is ours.
   *
   * @param detours of each trace, each another one, 0 or more; a problem that has fewer different
   *     ones has a trace without any
   * @param steps whether the steps are those of the reference, or random ones in the same structure
   */
  record Backtracking(String family, int detours, Steps.Content steps) implements OfFamily {
    public Backtracking {
      if (detours < 0) {
        throw new IllegalArgumentException("detours must be 0 or more, got " + detours);
      }
    }

    @Override
    public String name() {
      return "backtracking:" + family;
    }

    @Override
    public String completion(Example example, Style style) {
      Steps trace = Steps.of(example.problem(), example.functions(), steps);
      return trace.text(detours) + style.completion(example.problem());
    }
  }

  /** {@code atom_translate}: the prompt in the other language, the code unchanged. */
  record OtherLanguage(String family) implements OfFamily {
    @Override
    public String name() {
      return family.equals("atom") ? "atom_translate" : "other_language:" + family;
    }

    @Override
    public Pair pair(Example example, Language language, Style style) {
      return OfFamily.super.pair(example, language.other(), style);
    }
  }

  /** {@code en2cn} and {@code cn2en}: the prompt, answered by the prompt in the other language. */
  record Translation(String family, Language from) implements Pairing {
    @Override
    public String name() {
      String both = from == Language.EN ? "en2cn" : "cn2en";
      return family.equals("atom") ? both : both + ":" + family;
    }

    @Override
    public Rows rows(Style style) {
      return ShareRows.of(family, Style.INLINE);
    }

    @Override
    public Pair pair(Example example, Language language, Style style) {
      Problem problem = example.problem();
      return new Pair(from.prompt(problem), from.other().prompt(problem));
    }

    @Override
    public boolean asksForCode() {
      return false;
    }
  }

  /** The prompt and the whole program as plain text, for pre-training. */
  record RawText(String family) implements Pairing {
    private static final String PREFIX = "raw_text:";

    @Override
    public String name() {
      return PREFIX + family;
    }

    @Override
    public Rows rows(Style style) {
      return ShareRows.of(family, Style.INLINE);
    }

    @Override
    public Pair pair(Example example, Language language, Style style) {
      Problem problem = example.problem();
      return new Pair("", language.prompt(problem) + "\n" + Style.INLINE.completion(problem));
    }

    @Override
    public boolean asksForCode() {
      return false;
    }
  }

  /**
   * Completions of a run of TrainRl as they were written, each behind the prompt it was sampled
   * for.
   */
  sealed interface OfRun extends Pairing {
    @Override
    default Pair pair(Example example, Language language, Style style) {
      return new Pair(example.asked(), example.written());
    }

    @Override
    default boolean namesItsExamples() {
      return true;
    }
  }

  /**
   * What a run of TrainRl has written in time: with {@code minPassed} 1 rejection-sampling
   * fine-tuning (Yuan et al. 2023, arXiv:2308.01825). Equal texts of a problem count once. What a
   * sampler inserted is not learned.
   *
   * @param minPassed least share of the tests that it passed, 0 to 1
   * @param maxPassed greatest share, 0 to 1
   */
  record Rollouts(String runId, double minPassed, double maxPassed) implements OfRun {
    private static final String PREFIX = "rollouts:";

    public Rollouts {
      if (runId.isEmpty() || !(0 <= minPassed && minPassed <= maxPassed && maxPassed <= 1)) {
        throw new IllegalArgumentException(
            "rollouts need a run_id, and min_passed and max_passed from 0 to 1, got '%s', %s and %s"
                .formatted(runId, minPassed, maxPassed));
      }
    }

    @Override
    public String name() {
      return PREFIX + runId;
    }

    @Override
    public Rows rows(Style style) {
      return ShareRows.written(runId, minPassed, maxPassed);
    }
  }

  /**
   * The completions of a run of TrainRl that passed after the sampler had inserted something, such
   * as a hint: what the model solves with hints (START, Li et al. 2025, arXiv:2503.04625, section
   * 3). What was inserted is not learned.
   */
  record Hinted(String runId) implements OfRun {
    public Hinted {
      if (runId.isEmpty()) {
        throw new IllegalArgumentException("hinted needs a run_id");
      }
    }

    @Override
    public String name() {
      return "hinted:" + runId;
    }

    @Override
    public Rows rows(Style style) {
      return new Rows(runId, ShareRows.written(runId, 1, 1).condition() + " AND roles LIKE '%t%'");
    }
  }

  /**
   * A line that says where the examples come from, before each prompt. C-RLFT, Wang et al. 2023
   * (arXiv:2309.11235), where it is part of the user's role token.
   */
  record Conditioned(String condition, Pairing of) implements Pairing {
    public Conditioned {
      if (condition.isBlank() || condition.contains("\n")) {
        throw new IllegalArgumentException("condition must be one line of text");
      }
    }

    @Override
    public String name() {
      return "conditioned:" + of.name();
    }

    @Override
    public Rows rows(Style style) {
      return of.rows(style);
    }

    @Override
    public Pair pair(Example example, Language language, Style style) {
      Pair pair = of.pair(example, language, style);
      return pair.prompt().isEmpty()
          ? new Pair("", condition + "\n" + pair.completion())
          : new Pair(condition + "\n" + pair.prompt(), pair.pieces());
    }

    @Override
    public boolean asksForCode() {
      return of.asksForCode();
    }
  }
}
