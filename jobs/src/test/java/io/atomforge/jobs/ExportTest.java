package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.sandbox.SandboxSettings;
import io.atomforge.sandbox.Tests;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExportTest {
  private static final int PROBLEMS = ToyTables.problems(4, 6).size();

  @TempDir static Path folder;

  @BeforeAll
  static void exports() {
    assertThat(ToyTables.WAREHOUSE).isNotNull();
    for (String format : List.of("verl", "trl", "messages", "kodcode", "humaneval")) {
      export("format=" + format, "output=" + folder.resolve(format + ".jsonl"));
      export("format=" + format, "output=" + folder.resolve(format + ".parquet"));
    }
  }

  private static void export(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("warehouse=" + ToyTables.FOLDER);
    Run run = Run.of(Export.JOB, all.toArray(String[]::new));
    assertThat(run.status()).as(run.err()).isZero();
  }

  private static List<JsonNode> lines(String name) throws Exception {
    List<JsonNode> rows = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(name))) {
      rows.add(JobRunner.JSON.readTree(line));
    }
    return rows;
  }

  private static Outcome judge(String code, String test, String entryPoint) {
    return Sandbox.shared(SandboxSettings.DEFAULT)
        .judge(code, new Tests.Script(test, entryPoint), JudgeOptions.DEFAULT)
        .outcome();
  }

  @Test
  void everyProblemIsALineAndOnlyFilesStandThere() throws Exception {
    assertThat(lines("messages.jsonl")).hasSize(PROBLEMS);
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files.map(f -> f.getFileName().toString()))
          .filteredOn(f -> f.startsWith("messages") || f.startsWith(".") || f.startsWith("_"))
          .containsExactlyInAnyOrder("messages.jsonl", "messages.parquet");
    }
  }

  /** The reference passes the test as anybody's HumanEval does, and another program fails it. */
  @Test
  void aHumanEvalLineIsAProgramWithItsTest() throws Exception {
    for (JsonNode row : lines("humaneval.jsonl")) {
      String test = row.path("test").asText();
      String entryPoint = row.path("entry_point").asText();
      String program = row.path("prompt").asText() + row.path("canonical_solution").asText();
      assertThat(judge(program, test, entryPoint)).as(program + test).isEqualTo(Outcome.PASSED);
      assertThat(judge("def solve(*args): return 12345", test, entryPoint))
          .isEqualTo(Outcome.WRONG_ANSWER);
    }
  }

  @Test
  void judgeSolutionsTakesTheSameLines() throws Exception {
    StringBuilder in = new StringBuilder();
    for (JsonNode row : lines("humaneval.jsonl")) {
      ObjectNode line = JobRunner.JSON.createObjectNode();
      line.put("id", row.path("task_id").asText());
      line.put("code", row.path("prompt").asText() + row.path("canonical_solution").asText());
      line.set("test", row.path("test"));
      line.set("entry_point", row.path("entry_point"));
      in.append(line).append('\n');
    }
    Files.writeString(folder.resolve("in.jsonl"), in);
    Run run =
        Run.of(
            JudgeSolutions.JOB,
            "solutions=" + folder.resolve("in.jsonl"),
            "verdicts=" + folder.resolve("out.jsonl"),
            "warehouse=" + ToyTables.FOLDER,
            "--json");
    assertThat(run.status()).as(run.err()).isZero();
    assertThat(JobRunner.JSON.readTree(run.out()).path("outcomes").toString())
        .isEqualTo("{\"PASSED\":" + PROBLEMS + "}");
  }

  private static Run refused(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    all.add("warehouse=" + ToyTables.FOLDER);
    all.add("format=trl");
    Run run = Run.of(Export.JOB, all.toArray(String[]::new));
    assertThat(run.status()).isEqualTo(2);
    return run;
  }

  @Test
  void whatIsMisspeltIsBlamedAndWhatIsSpecialIsSaid() {
    String output = "output=" + folder.resolve("refused.jsonl");
    assertThat(refused(output, "splits=[tset]").err())
        .contains("Export: ", "splits must be of [train, validation, test], got tset");
    assertThat(refused(output, "families=[composit_a]").err())
        .contains("families: table problems has none of composit_a; did you mean composite_a?");
    assertThat(refused(output, "families=[composite_a]", "splits=[validation]").err())
        .contains("splits: no problem of families [composite_a] and splits [validation]");
    assertThat(refused("output=" + folder + ".jsonl/").err()).contains("output");
    Run run = Run.of(Export.JOB, output, "format=trl", "warehouse=" + ToyTables.FOLDER, "--json");
    assertThat(run.err()).contains("1 problems of the test split are in the file");
    assertThat(run.out()).contains("\"test\":1", "\"left_out\":0");
  }

  @Test
  void familiesSplitsLanguageAndFilesAreChosen() throws Exception {
    export(
        "format=trl",
        "output=" + folder.resolve("some.jsonl"),
        "families=[composite_a]",
        "splits=[train]",
        "prompt_language=zh",
        "completion_style=call");
    List<JsonNode> rows = lines("some.jsonl");
    assertThat(rows).hasSize(6).allMatch(r -> r.path("family").asText().equals("composite_a"));
    assertThat(rows.get(0).path("prompt").get(0).path("content").asText()).startsWith("编写函数");
    assertThat(rows.get(0).path("completion").get(0).path("content").asText())
        .isEqualTo("def solve(n):\n    x = add0(n)\n    return x");
    export("format=trl", "output=" + folder.resolve("many.jsonl"), "output_files=3");
    List<JsonNode> all = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      all.addAll(lines("many-0000%d-of-00003.jsonl".formatted(i)));
    }
    assertThat(all).hasSize(PROBLEMS).doesNotHaveDuplicates();
  }

  @Test
  void whatCannotBeWrittenIsNamed() {
    for (List<String> words :
        List.of(
            List.of("format=csv", "format: must be verl, trl"),
            List.of("output=here", "output must be the name of a .parquet or .jsonl file"),
            List.of("output=/proc/none/x.jsonl", "output: cannot write to"),
            List.of("families=[nobody]", "families: table problems has none of nobody"),
            List.of("release=v9", "no release v9"))) {
      Run run =
          Run.of(
              Export.JOB,
              "output=" + folder.resolve("x.jsonl"),
              words.get(0),
              "warehouse=" + ToyTables.FOLDER);
      assertThat(run.status()).as(run.err()).isEqualTo(2);
      assertThat(run.said(Export.JOB)).singleElement().asString().contains(words.get(1));
    }
    assertThat(folder.resolve("x.jsonl")).doesNotExist();
  }

  /** Needs a Python with datasets and trl, named by ATOMFORGE_TRL_PYTHON or found on the path. */
  @Test
  void theLibrariesThatTheFilesAreForLoadThem() throws Exception {
    String python = System.getenv().getOrDefault("ATOMFORGE_TRL_PYTHON", "python3");
    assumeTrue(
        run(python, "-c", "import datasets, trl") == 0,
        "no datasets and trl in " + python + "; name a Python with them in ATOMFORGE_TRL_PYTHON");
    assertThat(run(python, "../deploy/check_exports.py", folder.toString()))
        .as(Files.readString(folder.resolve("python.log")))
        .isZero();
  }

  private static int run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), "python.log"))
            .start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(Arrays.toString(command)).isTrue();
    return process.exitValue();
  }
}
