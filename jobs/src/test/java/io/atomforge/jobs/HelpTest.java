package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.ConfText;
import io.atomforge.jobs.cli.Job;
import io.atomforge.jobs.cli.JobConfig;
import io.atomforge.jobs.cli.JobRunner;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What {@code --help} says of each job. */
class HelpTest {
  private static final int WIDTH = 100;

  static Stream<Job<?>> jobs() {
    return Jobs.ALL.stream();
  }

  private static String help(Job<?> job) {
    Run run = Run.of(job, "--help");
    assertThat(run.status()).isZero();
    assertThat(run.err()).isEmpty();
    return run.out();
  }

  @ParameterizedTest
  @MethodSource("jobs")
  void theHelpBeginsWithTheUsageAndTwoExamples(Job<?> job) {
    List<String> examples = ConfText.of(job.file() + ".yaml").examples();
    assertThat(examples).hasSizeGreaterThanOrEqualTo(2);
    assertThat(help(job))
        .startsWith("Usage: deploy/submit.sh " + job.name() + " ")
        .contains("\n\nExamples:\n  " + String.join("\n  ", examples) + "\n\n" + job.name() + ": ");
  }

  static Stream<LauncherCall> examples() {
    return Jobs.ALL.stream()
        .flatMap(
            job ->
                ConfText.of(job.file() + ".yaml").examples().stream()
                    .map(line -> LauncherCall.in(job.name(), line).orElseThrow()));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void everyExampleIsACallOfItsJobWithItsKeys(LauncherCall example) {
    assertThat(example.job().name()).isEqualTo(example.where());
    assertThatCode(() -> example.bind(Map.of())).doesNotThrowAnyException();
  }

  /** Every key of the job with its default, and no key of another job. */
  @ParameterizedTest
  @MethodSource("jobs")
  void theHelpHasTheKeysOfTheJob(Job<?> job) {
    List<String> lines = help(job).lines().map(String::strip).toList();
    JsonNode tree = tree(job);
    List<String> paths = new ArrayList<>();
    tree.fieldNames().forEachRemaining(name -> paths(name, tree.get(name), paths));
    assertThat(paths).contains("warehouse=./warehouse");
    assertThat(lines).containsAll(paths);
    new ConfigLoader()
        .shipped("base.yaml")
        .tree()
        .fieldNames()
        .forEachRemaining(
            name ->
                assertThat(lines.stream().anyMatch(l -> l.matches(name + "(=.*|:)")))
                    .as(name)
                    .isEqualTo(tree.has(name)));
  }

  private static <C extends Record & JobConfig> JsonNode tree(Job<C> job) {
    return JobRunner.load(job, List.of()).tree();
  }

  /** Keys as the help shows them; a long list is shown over several lines. */
  private static void paths(String path, JsonNode value, List<String> out) {
    if (value.isObject() && !value.isEmpty()) {
      out.add(path + ":");
      value.fieldNames().forEachRemaining(n -> paths(path + "." + n, value.get(n), out));
    } else if (!value.isArray()) {
      out.add(path + "=" + ConfText.flow(value));
    }
  }

  @Test
  void aCommentAfterAnEmptyLineIsTheHeadingOfTheKeysThatFollow() {
    String help = help(TrainSft.JOB);
    assertThat(help)
        .containsSubsequence(
            "\nOptimizer and loss\n", "  optimizer:\n", "    optimizer.learning_rate=0.001\n")
        .contains(
            "  train_batch_size=64\n      sequences per optimizer step, 1 or more\n",
            "  mixture_weights={}\n");
    assertThat(help.lines().filter(line -> line.startsWith("      ")))
        .allMatch(line -> line.length() <= WIDTH);
  }

  @Test
  void aSharedKeyHasTheDefaultOfTheJob() {
    assertThat(help(Evaluate.JOB))
        .contains("    sandbox.minimum_trust=SCRIPT\n")
        .contains("For Evaluate: a test never runs in the process")
        .doesNotContain("sandbox.minimum_trust=SHARED");
    assertThat(help(Query.JOB)).doesNotContain("sandbox");
  }
}
