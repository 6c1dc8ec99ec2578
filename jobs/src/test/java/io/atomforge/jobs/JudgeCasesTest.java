package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.JobRunner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Programs and tests as people publish and submit them, each with the outcomes that are right: what
 * Python itself says of them, or {@code INVALID_TEST} where a test says nothing.
 */
class JudgeCasesTest {
  @TempDir private Path folder;

  private static List<JsonNode> read(String text) throws IOException {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : text.lines().toList()) {
      rows.add(JobRunner.JSON.readTree(line));
    }
    return rows;
  }

  @Test
  void eachCaseGetsAnOutcomeThatIsRight() throws IOException {
    String text;
    try (InputStream in = getClass().getResourceAsStream("judge-cases.jsonl")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    Files.writeString(folder.resolve("in.jsonl"), text);
    ConfigLoader loader =
        JobRunner.load(
            JudgeSolutions.JOB,
            List.of(
                "warehouse=" + folder.resolve("warehouse"),
                "sandbox.workers=2",
                "solutions=" + folder.resolve("in.jsonl"),
                "verdicts=" + folder.resolve("out.jsonl")));

    JudgeSolutions.run(
        TinyPipeline.warehouse(folder.resolve("warehouse"), loader),
        loader.bind(JudgeSolutions.Config.class));

    List<JsonNode> cases = read(text);
    List<JsonNode> verdicts = read(Files.readString(folder.resolve("out.jsonl")));
    assertThat(verdicts).hasSameSizeAs(cases);
    List<String> wrong = new ArrayList<>();
    for (int i = 0; i < cases.size(); i++) {
      String outcome = verdicts.get(i).path("outcome").asText();
      List<String> right = new ArrayList<>();
      cases.get(i).path("right").forEach(r -> right.add(r.asText()));
      assertThat(right).isNotEmpty();
      if (!right.contains(outcome)) {
        wrong.add(cases.get(i).path("id").asText() + ": " + outcome + ", right is " + right);
      }
    }
    assertThat(wrong).isEmpty();
  }
}
