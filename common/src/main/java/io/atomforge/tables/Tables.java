package io.atomforge.tables;

import io.atomforge.dataset.Split;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.Rejection;
import io.atomforge.synthesis.Solution;
import java.util.List;

/** The catalogue: every table of a warehouse, in the order the data flows. */
public final class Tables {
  public static final Table<AtomRow> ATOMS =
      new Table<>(
              "atoms",
              "One atomic function, or one variant of it. Written by LoadAtoms.",
              AtomRow.class,
              List.of("atom_id"),
              "atom_id",
              "name of the base function, followed by ~ and the kind for a variant",
              "topic",
              "one of the ten topics, or the user's own",
              "name",
              "name of the Python function",
              "params",
              "pipe parameter first: name, type, domain and generator as JSON",
              "returns",
              "type of the result",
              "returns_domain",
              "domain of the result, as JSON",
              "prompt_en",
              "English imperative clause with {parameter} places",
              "prompt_zh",
              "the same clause in Chinese",
              "code",
              "Python source, import lines first",
              "variant",
              "base, surface (renamed, reworded), idiom (written another way) or semantic (one"
                  + " constant or comparison changed)",
              "examples",
              "calls with results, proven in the sandbox; JSON in the sandbox's encoding",
              "half",
              "S_A (in trained composites), S_B (trained on, never composed with each other) or S_G"
                  + " (generic, composed with atoms of both for a base model); empty for semantic"
                  + " variants")
          .constraint("variant_is_known", "variant IN ('base', 'surface', 'idiom', 'semantic')");

  public static final Table<CandidateRow> CANDIDATES =
      new Table<>(
              "candidates",
              "One graph of atoms that was drawn and judged by itself; a later run judges only"
                  + " graphs that are not in this table. Written by SynthesizeProblems.",
              CandidateRow.class,
              List.of("basis", "family", "index"),
              "basis",
              "everything that the judgement depends on, as JSON: seed, grammar, atoms, limits and the"
                  + " version of the checks",
              "family",
              "family that the candidate was drawn for",
              "index",
              "number of the candidate in its family; basis, family and index determine all other columns",
              "graph_hash",
              "hash of the graph of atoms and literals, whatever the order of independent steps",
              "problem",
              "the problem that the candidate makes; empty if a check of the candidate alone refused it."
                  + " That it is like another problem, or not needed, stands in table rejections",
              "rejection",
              "the check of the candidate alone that refused it; empty if there is a problem")
          .constraint("judged_one_way", "size(problem) + size(rejection) = 1");

  public static final Table<Problem> PROBLEMS =
      new Table<>(
              "problems",
              "One task with its reference solutions and tests. The task was composed of atoms and"
                  + " proven by execution, read from a file, or made about an atom. Written by"
                  + " SynthesizeProblems, LoadProblems, LabelProblems and TestcaseProblems.",
              Problem.class,
              List.of("problem_id"),
              "problem_id",
              "16 hexadecimal digits of the hash of graph and words",
              "family",
              "atom, atom_modify, composite_a, composite_b, composite_c, composite_g or external; or,"
                  + " for problems that ask for a label of an atom, label_topic or label_return_type,"
                  + " which end in _new if training never sees the label; or testcase and"
                  + " testcase_no_signature, which ask for test cases",
              "atom_ids",
              "the atoms, one per step",
              "depth",
              "number of atoms; 0 of problems that are not synthesized",
              "entry_point",
              "function that the tests call",
              "signature",
              "typed signature",
              "prompt_en",
              "task in English",
              "prompt_zh",
              "task in Chinese",
              "reference_inline",
              "complete program with the atoms' own code",
              "reference_call",
              "code that calls the atoms, which are in scope when the code is judged",
              "tests",
              "calls and expected results, as JSON in the sandbox's encoding; visible is true for"
                  + " tests that a prompt may show. A problem of depth 0 has one entry, whose"
                  + " args_json holds all tests in the form of a line of JudgeSolutions",
              "mutation_score",
              "share of the mutants that the tests catch, 0 to 1; mutants that behave like the"
                  + " reference do not count",
              "graph_hash",
              "hash of the graph of atoms and literals, whatever the order of independent steps",
              "fingerprint",
              "hash of the outputs on inputs shared by all problems of the same types",
              "split",
              "train, validation or test; for composites, a hash of the ordered atoms decides,"
                  + " whatever the seed")
          .constraint(
              "family_is_known",
              "family IN ('atom', 'atom_modify', 'composite_a', 'composite_b', 'composite_c',"
                  + " 'composite_g', 'external', 'label_topic', 'label_topic_new', 'label_return_type',"
                  + " 'label_return_type_new', 'testcase', 'testcase_no_signature')")
          .constraint("split_is_known", "split IN ('train', 'validation', 'test')")
          .constraint("mutation_score_is_a_share", "mutation_score BETWEEN 0 AND 1")
          .constraint("depth_counts_atoms", "depth = size(atom_ids)")
          .constraint("has_tests", "size(tests) > 0")
          // The split is a function of the tuple, so no two splits can share a tuple, whoever
          // writes.
          .constraint(
              "split_follows_atoms",
              "CASE WHEN family IN ('atom', 'atom_modify') THEN depth = 1 AND split = 'train'"
                  + " WHEN depth > 0 THEN split = "
                  + Split.sql("atom_ids")
                  + " ELSE true END")
          .checked(View.V_LEAKS)
          .sortedBy("family", "split", "problem_id")
          .keepingChanges();

  public static final Table<Rejection> REJECTIONS =
      new Table<>(
          "rejections",
          "One candidate that did not become a problem. Written by SynthesizeProblems.",
          Rejection.class,
          List.of("candidate"),
          "candidate",
          "family, index and graph",
          "stage",
          "the check that refused it; NOT_NEEDED if nothing was wrong and the family was complete",
          "reason",
          "what was wrong, in words",
          "detail",
          "what was observed");

  public static final Table<Solution> SOLUTIONS =
      new Table<>(
              "solutions",
              "One program to judge. Written by SynthesizeProblems (references) or by the user.",
              Solution.class,
              List.of("solution_id"),
              "solution_id",
              "unique name",
              "problem_id",
              "the problem it claims to solve",
              "source",
              "who wrote it",
              "code",
              "complete source")
          .keepingChanges();

  public static final Table<VerdictRow> VERDICTS =
      new Table<>(
              "verdicts",
              "The judgement of one solution. Written by JudgeSolutions.",
              VerdictRow.class,
              List.of("solution_id"),
              "solution_id",
              "the solution judged",
              "outcome",
              "PASSED, WRONG_ANSWER, RUNTIME_ERROR, COMPILE_ERROR, TIMEOUT, MEMORY_LIMIT,"
                  + " OUTPUT_LIMIT, FORBIDDEN, INVALID_TEST or SANDBOX_ERROR; the last two say"
                  + " nothing about the solution",
              "passed",
              "tests passed",
              "total",
              "tests in all",
              "detail",
              "reason, for people",
              "wall_ms",
              "wall-clock time, milliseconds",
              "cpu_ms",
              "processor time, milliseconds",
              "peak_memory_kib",
              "peak resident memory, KiB",
              "isolation",
              "isolation level it ran under",
              "trust",
              "how much the program could influence the verdict: values (results were compared"
                  + " outside its process), script (the test ran in a process of its own) or shared"
                  + " (test and program shared a process)",
              "content_hash",
              "SHA-256 of all that determines the verdict: program, tests, limits, Python,"
                  + " isolation, sandbox; empty if a repeat may differ")
          .constraint("passed_within_total", "passed BETWEEN 0 AND total")
          .constraint("trust_is_known", "trust IN ('values', 'script', 'shared')")
          .keepingChanges();

  public static final Table<SequenceRow> SEQUENCES =
      new Table<>(
              "sequences",
              "One training example of a data set. Written by BuildDataset.",
              SequenceRow.class,
              List.of("dataset", "sequence_id"),
              "dataset",
              "the data set that it belongs to",
              "sequence_id",
              "problem and copy",
              "problem_id",
              "the problem it shows",
              "mixture",
              "family that the example counts for",
              "tokens",
              "token ids: prompt, completion, end",
              "loss_mask",
              "1 where the token is trained on (completion and end), else 0",
              "weight",
              "weight of its loss")
          .constraint("mask_covers_tokens", "size(tokens) = size(loss_mask)")
          .partitionedBy("dataset");

  public static final Table<CheckpointRow> CHECKPOINTS =
      new Table<>(
          "checkpoints",
          "One saved model. Written by TrainSft, TrainRl, TrainRewardModel and MergeCheckpoints,"
              + " after its folder is complete.",
          CheckpointRow.class,
          List.of("checkpoint_id"),
          "checkpoint_id",
          "run and step",
          "run_id",
          "the run that saved it",
          "step",
          "optimizer steps done",
          "path",
          "folder in the Hugging Face layout",
          "parent_checkpoint_id",
          "checkpoint that the run started from; for a merged model, all its models with commas"
              + " between them; empty for none",
          "sha256",
          "hash of the folder's manifest");

  public static final Table<StepMetric> STEP_METRICS =
      new Table<>(
          "step_metrics",
          "One measured number of one optimizer step. Written by TrainSft, TrainRl and"
              + " TrainRewardModel.",
          StepMetric.class,
          List.of("run_id", "step", "name"),
          "run_id",
          "the run",
          "step",
          "optimizer step, from 1",
          "name",
          "metric, in verl's names where it has one",
          "value",
          "the number");

  public static final Table<RolloutRow> ROLLOUTS =
      new Table<>(
              "rollouts",
              "One sampled completion with its reward. Written by TrainRl.",
              RolloutRow.class,
              List.of("run_id", "step", "group_id", "sample"),
              "run_id",
              "the run",
              "step",
              "optimizer step it was drawn for, from 1",
              "problem_id",
              "the problem",
              "group_id",
              "completions of one prompt: run, step and the prompt's place in the step",
              "sample",
              "0, 1, ... within the group",
              "prompt",
              "text given to the model",
              "sampled_prompt",
              "token ids of the prompt that the completion was sampled after, if that is another prompt;"
                  + " else empty",
              "completion",
              "text that it wrote",
              "tokens",
              "token ids of the completion, end included",
              "roles",
              "one letter per token: w written by the model, g given to go on from, t inserted by the"
                  + " sampler (the output of a tool, or a hint) and not learned",
              "logprobs",
              "natural log-probability of each learned token at the sampling temperature",
              "reward",
              "weighted sum of its parts after shaping; 0 where the sandbox failed",
              "reward_parts",
              "each part of the reward by name, before its weight and before shaping; empty where"
                  + " the sandbox failed",
              "advantage",
              "mean advantage of its tokens; 0 where it took no part",
              "outcome",
              "verdict; INVALID_TEST and SANDBOX_ERROR rows are not trained on",
              "finish_reason",
              "stop (the model ended) or length (it was cut)",
              "passed",
              "tests passed",
              "total",
              "tests in all",
              "answered",
              "whether the text held an answer in the form that was asked for",
              "visible_passed",
              "whether all tests passed that a prompt may show; with another outcome than PASSED a"
                  + " sign of reward hacking",
              "trust",
              "values if every result was compared outside the program's process, script if a test"
                  + " ran in a process of its own, shared if a test ran in the program's process",
              "wall_ms",
              "wall-clock time of judging, milliseconds",
              "cpu_ms",
              "processor time of judging, milliseconds",
              "plan_agreement",
              "cosine of the counts of the atoms that the text names before its answer and of those"
                  + " that the answer calls, 0 to 1; 0 where there is no plan",
              "step_share",
              "share of the reference's steps that the answer is known to take, 0 to 1; 1 of an"
                  + " answer that passed, 0 where the steps cannot be compared")
          .constraint(
              "logprob_per_token",
              "size(logprobs) = size(tokens) - length(regexp_replace(coalesce(roles, ''), '[^t]',"
                  + " ''))")
          .keepingChanges();

  public static final Table<EvaluationRow> EVALUATIONS =
      new Table<>(
              "evaluations",
              "One problem under one checkpoint, or with the completions of a file. Written by"
                  + " Evaluate.",
              EvaluationRow.class,
              List.of("run_id", "problem_id"),
              "run_id",
              "what was evaluated: a name such as before_sft",
              "checkpoint_id",
              "the checkpoint, or the file of completions",
              "problem_set",
              "name of the set, such as a_test, or of the file of problems",
              "problem_id",
              "the problem",
              "depth",
              "number of atoms",
              "n",
              "samples drawn whose program was judged",
              "c",
              "samples that passed",
              "greedy_passed",
              "whether the greedy completion passed; false for the completions of a file",
              "greedy_outcome",
              "outcome of the greedy completion",
              "greedy_completion",
              "text of the greedy completion",
              "sampled_outcomes",
              "how often each verdict occurred among the samples",
              "mean_tokens",
              "mean length of the samples, tokens",
              "votes",
              "size of the largest group of samples with equal results; 0 where no sample has"
                  + " results",
              "vote_passed",
              "whether the answer by majority vote, a sample of this group, passed",
              "likeliest_passed",
              "whether the sample of the greatest mean log-probability per token passed",
              "entropy",
              "mean surprisal of a sampled token at the sampling temperature, nats, an estimate of the"
                  + " model's entropy; 0 without samples of a checkpoint",
              "reference_nll",
              "mean negative log-likelihood of a token of the reference answer, nats; 0 for problems of"
                  + " a file",
              "kl",
              "KL divergence from the model kl_reference of Evaluate, estimated by the mean over the"
                  + " sampled tokens of the difference of the log-probabilities at the sampling"
                  + " temperature, nats; 0 where kl_reference is empty")
          .constraint("passed_within_samples", "c BETWEEN 0 AND n")
          .keepingChanges();

  public static final Table<DifficultyRow> DIFFICULTIES =
      new Table<>(
              "difficulties",
              "One prompt under one checkpoint, with the length of a tree search for a completion that"
                  + " passes. Written by RateDifficulty.",
              DifficultyRow.class,
              List.of("run_id", "problem_id"),
              "run_id",
              "the search: a name such as thinklite-search",
              "problem_id",
              "the problem",
              "checkpoint_id",
              "the checkpoint that wrote",
              "iterations",
              "iterations that the search made; of a solved problem its difficulty, because a"
                  + " completion of the last iteration passed",
              "solved",
              "whether a completion passed",
              "max_iterations",
              "iterations after which a search ended without success",
              "unjudged",
              "iterations whose verdict says nothing about the program (INVALID_TEST, SANDBOX_ERROR);"
                  + " they count as failed")
          .constraint("iterations_within_maximum", "iterations BETWEEN 1 AND max_iterations")
          .constraint("unsolved_after_the_last_iteration", "solved OR iterations = max_iterations")
          .constraint("unjudged_within_iterations", "unjudged BETWEEN 0 AND iterations")
          .keepingChanges();

  public static final Table<ExperimentRow> EXPERIMENTS =
      new Table<>(
          "experiments",
          "One result of an experiment over several seeds: an arm, or its difference to a baseline, on a"
              + " problem set. Written by RunExperiment.",
          ExperimentRow.class,
          List.of("experiment", "measure", "problem_set", "arm", "baseline"),
          "experiment",
          "title of the experiment",
          "measure",
          "what was measured, with its unit",
          "problem_set",
          "name of the set, such as b_test; tasks for a measure over all tasks of a sequence",
          "arm",
          "name of the arm; of a fit, the coefficient",
          "baseline",
          "arm whose value is subtracted, problem by problem; empty for the value of the arm itself",
          "mean",
          "mean over the seeds, in the unit of the measure",
          "low",
          "lower end of the 95 % interval over seeds and problems",
          "high",
          "upper end of this interval",
          "seed_means",
          "mean of each seed, in the order of seeds",
          "seeds",
          "the seeds",
          "run_ids",
          "evaluation of the arm for each seed, in the order of seeds; of a fit, those of all its arms"
              + " with commas between them");

  public static final Table<ReleaseRow> RELEASES =
      new Table<>(
          "releases",
          "One table of a named release. Written by Release.",
          ReleaseRow.class,
          List.of("name", "table_name"),
          "name",
          "name of the release; a name is given only once",
          "table_name",
          "the table",
          "version",
          "version of the table at the time of the release",
          "row_count",
          "rows of that version",
          "content_hash",
          "hash of the rows of that version, in any order",
          "git_commit",
          "git commit of the program that made the release");

  /** Every table. */
  public static final List<Table<?>> ALL =
      List.of(
          ATOMS,
          CANDIDATES,
          PROBLEMS,
          REJECTIONS,
          SOLUTIONS,
          VERDICTS,
          SEQUENCES,
          CHECKPOINTS,
          STEP_METRICS,
          ROLLOUTS,
          EVALUATIONS,
          DIFFICULTIES,
          EXPERIMENTS,
          RELEASES);

  private Tables() {}
}
