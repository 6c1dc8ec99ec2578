package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import io.atomforge.config.Basis;
import io.atomforge.config.ConfigLoader;
import io.atomforge.config.Operational;
import io.atomforge.config.OtherKeys;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Which keys a result depends on, decided key by key. */
class OperationalKeysTest {
  /**
   * The keys of each block and, after the bar, those that never change a result. The members of a
   * family, such as a loss or a schedule, are not here: all their keys matter.
   */
  private static final String DECISIONS =
      """
AdamW: learning_rate beta1 beta2 epsilon weight_decay |
BuildDataset.Config: seed name prompt_language response_style mixture problems_per_sequence \
validation max_length | warehouse files
DifficultyConfig: seed prompt_language sandbox run_id checkpoint prompt_template precision dataset \
prompt_families response_format prompts max_iterations children exploration temperature top_p \
max_completion_length rows_per_batch | warehouse files partitions
Doctor.Config: sandbox | warehouse
EvaluateConfig: seed prompt_language response_style sandbox run_id checkpoint kl_reference prompt_template precision problem_sets problems format completions response_format samples \
temperature top_p top_k min_p max_completion_length stop rows_per_batch sampler | warehouse files \
partitions
ExperimentTable.Arm: name evaluation sequence for_each |
Export.Config: format output output_files families splits prompt_language completion_style \
release | warehouse
GenerateConfig: seed prompts prompt_column key_column completion_column prompt_template \
response_format checkpoint precision output num_generations temperature top_p top_k min_p \
max_completion_length stop | warehouse files partitions rows_per_batch
Grammar: shapes depths |
Grammar.Depths: composite_a composite_b composite_c composite_g |
Grammar.Shapes: chain shared join map filter reduce conditional |
JudgeSolutions.Config: seed sandbox solutions verdicts format stop_at_first_failure | warehouse \
partitions
LabelProblems.Config: seed label shots new_classes | warehouse
LoadAtoms.Config: seed sandbox atoms generic_atoms_per_topic | warehouse
LoadProblems.Config: seed problems format name split | warehouse
LoraSettings: r lora_alpha target_modules lora_dropout |
MergeCheckpoints.Config: seed run_id models merge | warehouse files
ModelSettings: architecture hidden_size num_hidden_layers num_attention_heads \
num_key_value_heads intermediate_size max_position_embeddings rope_theta rms_norm_eps \
tie_word_embeddings |
Pipeline.Config: seed prompt_language prompt_template response_style sandbox stages | warehouse files partitions stage
ProblemSet: name family split limit depths topics |
PromptSource.Share: family split depths topics percent |
Query.Config: sql format limit release | warehouse
Regularizer.BaseShare: begin every decrement floor |
Release.Config: name verify tables | warehouse
RewardConfig: seed run_id rollout_runs model_name_or_path precision objective validation_share optimizer \
value_learning_rate schedule train_batch_size num_train_epochs max_steps max_grad_norm gradient_shards \
save_steps eval_steps | warehouse files partitions tensorboard mlflow resume_from_checkpoint
Rewards: parts |
Rewards.Part: reward weight |
RlConfig: seed prompt_language response_style sandbox run_id model_name_or_path prompt_template precision dataset \
prompt_families response_format prompts prompt_filters prompts_per_step num_generations temperature top_p top_k min_p \
max_completion_length stop rows_per_batch sampler rollout_mode curriculum plan demonstrations selection reward overlong adv_estimator \
policy_loss regularizers importance_correction loss_agg_mode num_iterations num_minibatches \
optimizer schedule max_steps max_grad_norm gradient_shards save_steps | warehouse files \
partitions tensorboard mlflow resume_from_checkpoint
RlConfig.Demonstrations: objective loss_agg_mode train_batch_size optimizer schedule \
max_grad_norm |
RunExperiment.Config: seed prompt_language prompt_template response_style sandbox title seeds once base each_seed \
arms baselines tasks fit page | warehouse files partitions
SandboxConfig: time_limit_seconds memory_limit_mib output_limit_kib stdout_limit_kib minimum_trust | python \
workers minimum_isolation cache_mib
SeedSpread: runs points |
SftConfig: seed run_id dataset model_name_or_path model lora precision optimizer schedule objective \
loss_agg_mode mixture_weights train_batch_size num_train_epochs max_steps max_grad_norm \
gradient_shards gradient_accumulation_steps distribution gradient_precision gradient_fan_in \
save_steps save_total_limit metric_for_best_model eval_steps early_stopping_patience | \
warehouse files partitions gradient_checkpointing loss_spike_factor tensorboard mlflow \
resume_from_checkpoint
Share: name pairing percent topics failed_in |
Sql.Config: file format limit release | warehouse serve
StageList.Entry: name job recipe config for_each always |
SynthesizeProblems.Config: seed sandbox renderings_per_atom renderings_per_variant composite_a \
composite_b composite_c composite_g oversample minimum_distinct_outputs decontaminate decontaminate_words \
grammar | warehouse partitions slice_size
TestcaseProblems.Config: seed sandbox family problems_per_split assertions mutants signature | warehouse \
partitions
TrainTokenizer.Config: prompt_language response_style prompt_languages families vocabulary_size \
model_name_or_path prompt_template | warehouse files
ValueHead: learning_rate vf_coef cliprange_value |
WriteReport.Config: seed prompt_language sandbox title stages runs samples_per_set seed_spread | warehouse \
files
""";

  @Test
  void everyKeyOfEveryJobIsDecided() {
    Map<String, String> blocks = new TreeMap<>();
    Set<Class<?>> families = new HashSet<>();
    Jobs.ALL.forEach(job -> collect(job.config(), false, families, blocks));
    assertThat(
            blocks.entrySet().stream()
                .map(e -> e.getKey() + ": " + e.getValue())
                .collect(Collectors.joining("\n", "", "\n")))
        .isEqualTo(DECISIONS);
  }

  /** Adds the block of a type, those of its keys and those of families' members. */
  private static void collect(
      Type type, boolean member, Set<Class<?>> families, Map<String, String> blocks) {
    if (type instanceof ParameterizedType generic) {
      for (Type argument : generic.getActualTypeArguments()) {
        collect(argument, false, families, blocks);
      }
    } else if (type instanceof Class<?> block && block.isSealed()) {
      if (families.add(block)) {
        for (Class<?> permitted : block.getPermittedSubclasses()) {
          collect(permitted, true, families, blocks);
        }
      }
    } else if (type instanceof Class<?> block && block.isRecord()) {
      if (member) {
        assertThat(keys(block, true)).as(name(block)).isEmpty();
      } else {
        blocks.put(name(block), (keys(block, false) + " | " + keys(block, true)).strip());
      }
      for (RecordComponent component : block.getRecordComponents()) {
        collect(component.getGenericType(), false, families, blocks);
      }
    }
  }

  private static String name(Class<?> block) {
    return block.getName().replaceAll(".*\\.", "").replace('$', '.');
  }

  private static String keys(Class<?> block, boolean operational) {
    return Arrays.stream(block.getRecordComponents())
        .filter(c -> c.isAnnotationPresent(Operational.class) == operational)
        .filter(c -> !c.isAnnotationPresent(OtherKeys.class))
        .map(c -> SnakeCaseStrategy.INSTANCE.translate(c.getName()))
        .collect(Collectors.joining(" "));
  }

  /** Another value of each kind that most keys take. */
  private static Stream<String> others(String value) {
    if (value.equals("true") || value.equals("false")) {
      return Stream.of(String.valueOf(!Boolean.parseBoolean(value)));
    }
    if (value.matches("-?[0-9]+")) {
      long n = Long.parseLong(value);
      return Stream.of(n + 1, 2 * n, n / 2).map(String::valueOf);
    }
    if (value.matches("-?[0-9.]+(E-?[0-9]+)?")) {
      double x = Double.parseDouble(value);
      return Stream.of(x / 2, x + 0.25, x * 2).map(String::valueOf);
    }
    return Stream.of(
        "other", "[other]", "{atom: 2}", "[1]", "FP32", "QWEN2", "zh", "inline", "fraction");
  }

  static List<Job<?>> jobs() {
    return Jobs.ALL.stream()
        .filter(job -> job != Pipeline.JOB && job != RunExperiment.JOB)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void anotherValueOfAKeyThatMattersIsNamedAndOfAnOperationalOneIsNot(Job<?> job) {
    check(job);
  }

  private static <C extends Record & JobConfig> void check(Job<C> job) {
    ConfigLoader loader = JobRunner.load(job, List.of());
    C first = loader.bind(job.config());
    Basis basis = Basis.of(first);
    int checked = 0;
    for (RecordComponent component : job.config().getRecordComponents()) {
      String key = SnakeCaseStrategy.INSTANCE.translate(component.getName());
      String value = loader.tree().get(key).isValueNode() ? loader.tree().get(key).asText() : "";
      for (String other : others(value).toList()) {
        C changed;
        try {
          changed = JobRunner.load(job, List.of(key + "=" + other)).bind(job.config());
        } catch (io.atomforge.config.ConfigException e) {
          continue;
        }
        if (changed.equals(first)) {
          continue;
        }
        if (component.isAnnotationPresent(Operational.class)) {
          assertThat(Basis.of(changed).difference(basis)).as(key).isEmpty();
        } else {
          assertThat(Basis.of(changed).difference(basis).orElse("")).as(key).startsWith(key);
        }
        checked++;
        break;
      }
    }
    assertThat(checked).as("keys that could be changed").isPositive();
  }
}
