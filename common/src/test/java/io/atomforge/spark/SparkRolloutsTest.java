package io.atomforge.spark;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.atomforge.config.ConfigException;
import io.atomforge.rollout.PromptTask;
import io.atomforge.task.Check;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import org.junit.jupiter.api.Test;

class SparkRolloutsTest {
  private static final PromptTask ASKED =
      new PromptTask(
          new Task("p", "", "", new ResponseFormat.Program(), new Check.Text(""), true),
          new int[100],
          new long[1]);

  @Test
  void promptAndCompletionMustFitTheModel() {
    assertThatCode(() -> SparkRollouts.requireRoom(ASKED, 28, 128)).doesNotThrowAnyException();
    assertThatThrownBy(() -> SparkRollouts.requireRoom(ASKED, 29, 128))
        .isInstanceOf(ConfigException.class)
        .hasMessage(
            "max_completion_length: the prompt of problem p has 100 tokens, and the model 128"
                + " positions in all; 29 new tokens are too many, give 28 or less");
    assertThatThrownBy(() -> SparkRollouts.requireRoom(ASKED, 1, 100))
        .hasMessageEndingWith("leave the problem out, or take a model with more positions");
  }
}
