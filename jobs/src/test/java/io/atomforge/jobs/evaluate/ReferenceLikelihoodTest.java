package io.atomforge.jobs.evaluate;

import static org.assertj.core.api.Assertions.assertThat;

import io.atomforge.task.Check;
import io.atomforge.task.ResponseFormat;
import io.atomforge.task.Task;
import io.atomforge.tokenizer.BpeTrainer;
import io.atomforge.tokenizer.ChatTemplate;
import io.atomforge.tokenizer.Tokenizer;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ReferenceLikelihoodTest {
  private static final Tokenizer TOKENIZER =
      Tokenizer.of(BpeTrainer.train(Map.of(), 261, ChatTemplate.SPECIAL_TOKENS));

  private static Asked asked(String prompt, String reference) {
    return new Asked(
        new Task("t", prompt, "", new ResponseFormat.Program(), new Check.Text("x"), false),
        reference.isEmpty() ? 0 : 1,
        reference);
  }

  @Test
  void eachTaskHasTheMeanOfItsOwnReferencesTokensInWhateverOrderTheyAreRead() {
    List<String> references = List.of("b", "", "return a longer reference", "aa");
    ReferenceLikelihood likelihood = new ReferenceLikelihood(new TokenIds(1), TOKENIZER, 2);
    double[] nll =
        likelihood.of(
            null,
            Stream.of(0, 1, 2, 3).map(i -> asked("prompt" + i % 2, references.get(i))).toList());
    for (int i = 0; i < references.size(); i++) {
      int[] ids = new ChatTemplate(TOKENIZER).completionIds(references.get(i));
      double mean = Arrays.stream(ids).average().orElseThrow();
      assertThat(nll[i]).isEqualTo(references.get(i).isEmpty() ? 0 : mean);
    }
  }
}
