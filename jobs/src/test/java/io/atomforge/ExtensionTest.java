package io.atomforge;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.dataset.Pairing;
import io.atomforge.jobs.data.PromptSource;
import io.atomforge.merge.Merge;
import io.atomforge.plan.Plan;
import io.atomforge.rl.Curriculum;
import io.atomforge.rl.Overlong;
import io.atomforge.rl.PromptFilter;
import io.atomforge.rl.Reward;
import io.atomforge.rl.RolloutMode;
import io.atomforge.rl.Selection;
import io.atomforge.rollout.Sampler;
import io.atomforge.task.Check;
import io.atomforge.training.objective.AdvantageEstimator;
import io.atomforge.training.objective.PolicyLoss;
import io.atomforge.training.objective.RewardObjective;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/**
 * What a new part costs: the members of a family that users choose from stand in the family's file,
 * and at most one other main file names a member. So whoever adds one touches two files at most,
 * and a YAML.
 */
class ExtensionTest {
  static final List<Class<?>> FAMILIES =
      List.of(
          AdvantageEstimator.class,
          Check.class,
          Curriculum.class,
          Overlong.class,
          Merge.class,
          Pairing.class,
          Plan.class,
          PolicyLoss.class,
          PromptFilter.class,
          PromptSource.class,
          Reward.class,
          RewardObjective.class,
          RolloutMode.class,
          Sampler.class,
          Selection.class);

  /** Text of a main file by its path. */
  private static final Map<Path, String> MAIN = new HashMap<>();

  @BeforeAll
  static void read() throws IOException {
    for (String module : List.of("../common", "../jobs")) {
      try (Stream<Path> files = Files.walk(Path.of(module, "src/main/java"))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          MAIN.put(file, Files.readString(file));
        }
      }
    }
  }

  private static Set<String> naming(String name) {
    Pattern pattern = Pattern.compile("\\b" + Pattern.quote(name) + "\\b");
    Set<String> files = new TreeSet<>();
    MAIN.forEach(
        (file, text) -> {
          if (pattern.matcher(text).find()) {
            files.add(file.getFileName().toString());
          }
        });
    return files;
  }

  @ParameterizedTest
  @FieldSource("FAMILIES")
  void aMemberIsNamedInItsFamilysFileAndOneMoreAtMost(Class<?> family) {
    assertThat(family.isSealed()).isTrue();
    String own = family.getSimpleName() + ".java";
    for (Class<?> member : family.getPermittedSubclasses()) {
      assertThat(member.getEnclosingClass()).as(member.getName()).isEqualTo(family);
      Set<String> others = naming(family.getSimpleName() + "." + member.getSimpleName());
      others.remove(own);
      assertThat(others).as(member.getName()).hasSizeLessThanOrEqualTo(1);
    }
  }

  /** A job is a stage of any pipeline as soon as the list of jobs has it. */
  @Test
  void aStageIsAJobInTheListOfJobs() {
    for (String job :
        List.of(
            "TrainTokenizer", "BuildDataset", "TrainSft", "RateDifficulty", "Evaluate", "Export")) {
      Set<String> others = naming(job + ".JOB");
      others.remove(job + ".java");
      assertThat(others).as(job).containsExactly("Jobs.java");
    }
  }
}
