package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.atomforge.config.ConfigException;
import io.atomforge.config.ConfigLoader;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.jobs.judge.JudgeSummary;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.zip.GZIPOutputStream;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Encoders;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SaveMode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JudgeFilesTest {
  private static final String SQUARE = "\"code\": \"def f(x): return x * x\"";
  private static final String SUM = "\"code\": \"print(sum(map(int, input().split())))\"";
  private static final List<String> LINES =
      List.of(
          "{\"id\": \"z\", %s, \"entry_point\": \"f\", \"calls\": [{\"args\": [3], \"expected\": 9},"
                  .formatted(SQUARE)
              + " {\"kwargs\": {\"x\": 2}, \"expected\": 5}]}",
          "",
          "{\"id\": \"script\", %s, \"entry_point\": \"f\", \"test\": \"def check(g):\\n  assert g(2) == 4\"}"
              .formatted(SQUARE),
          "{\"id\": \"loop\", %s, \"test\": \"for i in range(3):\\n  assert f(i) == i * i\"}"
              .formatted(SQUARE),
          "{\"id\": \"stdin\", %s, \"stdin_tests\": [{\"stdin\": \"1 2\", \"expected_stdout\": \"3\\n\"}]}"
              .formatted(SUM),
          "{\"id\": \"limits\", \"code\": \"while True: pass\", \"entry_point\": \"f\", \"limits\":"
              + " {\"time_limit_seconds\": 0.1}, \"calls\": [{\"args\": [], \"expected\": null}]}",
          "{\"id\": \"near\", \"code\": \"def f(): return (1, 2.01)\", \"entry_point\": \"f\","
              + " \"equality\": {\"absolute_tolerance\": 0.1, \"tuples_equal_lists\": true},"
              + " \"calls\": [{\"args\": [], \"expected\": [1, 2.0]}]}",
          "{\"id\": \"stop\", %s, \"entry_point\": \"f\", \"stop_at_first_failure\": true, \"calls\":"
                  .formatted(SQUARE)
              + " [{\"args\": [1], \"expected\": 2}, {\"args\": [1], \"expected\": 1}]}");

  @TempDir private Path folder;

  private JudgeSummary judge(String in, String out) throws IOException {
    ConfigLoader loader =
        JobRunner.load(
            JudgeSolutions.JOB,
            List.of(
                "warehouse=" + folder.resolve("warehouse"),
                "sandbox.workers=2",
                "solutions=" + folder.resolve(in),
                "verdicts=" + folder.resolve(out)));
    return JudgeSolutions.run(
        TinyPipeline.warehouse(folder.resolve("warehouse"), loader),
        loader.bind(JudgeSolutions.Config.class));
  }

  private List<JsonNode> verdicts(String file) throws IOException {
    List<JsonNode> verdicts = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve(file))) {
      verdicts.add(JobRunner.JSON.readTree(line));
    }
    return verdicts;
  }

  @Test
  void everyLineGetsItsVerdictInOrder() throws IOException {
    Files.write(folder.resolve("in.jsonl"), LINES);

    JudgeSummary summary = judge("in.jsonl", "out.jsonl");

    List<JsonNode> verdicts = verdicts("out.jsonl");
    assertThat(verdicts)
        .extracting(v -> v.path("id").asText() + " " + v.path("outcome").asText())
        .containsExactly(
            "z WRONG_ANSWER",
            "script PASSED",
            "loop PASSED",
            "stdin PASSED",
            "limits TIMEOUT",
            "near PASSED",
            "stop WRONG_ANSWER");
    assertThat(summary.judged()).isEqualTo(7);
    assertThat(summary.outcomes()).containsEntry("PASSED", 4L).containsEntry("TIMEOUT", 1L);
    List<String> keys = new ArrayList<>();
    verdicts.get(0).fieldNames().forEachRemaining(keys::add);
    assertThat(keys)
        .containsExactly(
            "id",
            "outcome",
            "passed",
            "total",
            "calls",
            "detail",
            "wall_ms",
            "cpu_ms",
            "peak_memory_kib",
            "isolation",
            "trust");
    assertThat(verdicts)
        .extracting(v -> v.path("trust").asText())
        .containsExactly("values", "values", "script", "values", "values", "values", "values");
    assertThat(verdicts.get(0).path("passed").asInt()).isEqualTo(1);
    assertThat(verdicts.get(0).path("total").asInt()).isEqualTo(2);
    assertThat(verdicts.get(0).path("calls").get(0).path("output").asInt()).isEqualTo(9);
    assertThat(verdicts.get(1).path("detail").asText()).isEmpty();
    assertThat(verdicts.get(2).path("detail").asText()).isEqualTo("script");
    assertThat(verdicts.get(3).path("calls").get(0).path("output").asText()).isEqualTo("3\n");
    assertThat(verdicts.get(6).path("calls").get(1).path("outcome").asText()).isEqualTo("NOT_RUN");
  }

  @Test
  void parquetGivesTheSameVerdicts() throws IOException {
    Files.write(folder.resolve("in.jsonl"), LINES);
    judge("in.jsonl", "out.jsonl");
    List<String> rows = LINES.stream().filter(l -> !l.isEmpty()).toList();
    TinyPipeline.SPARK
        .read()
        .schema(
            "id string, code string, entry_point string, calls string, test string, limits string,"
                + " equality string, stop_at_first_failure boolean,"
                + " stdin_tests array<struct<stdin: string, expected_stdout: string>>")
        .json(TinyPipeline.SPARK.createDataset(rows, Encoders.STRING()))
        .coalesce(1)
        .write()
        .mode(SaveMode.Overwrite)
        .parquet(folder.resolve("in.parquet").toString());

    judge("in.parquet", "out.parquet");

    List<Row> out =
        TinyPipeline.SPARK.read().parquet(folder.resolve("out.parquet").toString()).collectAsList();
    List<JsonNode> expected = verdicts("out.jsonl");
    assertThat(out).hasSize(expected.size());
    for (int i = 0; i < out.size(); i++) {
      Row row = out.get(i);
      assertThat((String) row.getAs("id")).isEqualTo(expected.get(i).path("id").asText());
      assertThat((String) row.getAs("outcome")).isEqualTo(expected.get(i).path("outcome").asText());
      Row call = (Row) row.getList(row.fieldIndex("calls")).get(0);
      assertThat((String) call.getAs("output"))
          .isEqualTo(expected.get(i).path("calls").get(0).path("output").toString());
    }
  }

  /** Programs whose results, messages or output some reader of JSON refuses. */
  private static final List<String> UNREADABLE =
      List.of(
          "def f(): return 10 ** 5000",
          "def f(): return [-10 ** 60000]",
          "def f(): return {'a': 10 ** 400}",
          "def f():\n  a = []\n  for _ in range(190): a = [(a,)]\n  return a",
          "def f(): return ['\\ud800', '\\udfff\\0']",
          "def f(): return {'\\ud800': 1, '\\ud801': 2}",
          "def f(): return [float('nan'), float('inf'), -0.0]",
          "def f(): return {'k' * 30000: 1}",
          "def f(): return 'x' * 60000",
          "def f(): return [None] * 10000",
          "def f(): return {i: i for i in range(5000)}",
          "def f(): raise ValueError('\\ud800\\0\\x1b[2J' * 1000)",
          "def f(): raise ValueError(10 ** 4000)",
          "def f(): raise type('E' * 100000, (Exception,), {})('\\n' * 100)",
          "def f(): raise KeyError([[[]]] * 10000)",
          "def f(): return '\"\\\\,]}' * 1000",
          "import os\n"
              + "def f():\n"
              + "  os.write(3, b'[\"PASSED\",0,null]\\n"
              + "[\"PASSED\",0,1' + b'0' * 50000 + b']\\n"
              + "')\n"
              + "  os._exit(0)",
          "import os\ndef f():\n  os.write(3, b'[\"RUNTIME_ERROR\",0,\"' + b'\\\\ud800' * 9000 +"
              + " b'\"]\\n')\n  os._exit(0)");

  @Test
  void whateverProgramsReturnOrRaiseCommonReadersReadTheVerdicts() throws Exception {
    List<String> lines = new ArrayList<>();
    for (String code : UNREADABLE) {
      lines.add(
          JobRunner.JSON
              .createObjectNode()
              .put("id", "u" + lines.size())
              .put("code", code)
              .put("entry_point", "f")
              .putPOJO("calls", List.of(Map.of("args", List.of(), "expected", 1)))
              .toString());
    }
    lines.add(
        "{\"id\": \"printed\", \"code\": \"import os\\nos.write(1, bytes(range(256)) * 100)\","
            + " \"stdin_tests\": [{\"stdin\": \"\", \"expected_stdout\": \"\"}]}");
    lines.add(
        "{\"id\": \"right\", \"code\": \"def f(): return 10 ** 5000\", \"entry_point\": \"f\","
            + " \"calls\": [{\"args\": [], \"expected\": 1%s}]}".formatted("0".repeat(5000)));
    Files.write(folder.resolve("in.jsonl"), lines);

    JudgeSummary summary = judge("in.jsonl", "out.jsonl");
    judge("in.jsonl", "out.parquet");

    assertThat(summary.outcomes()).containsOnlyKeys("WRONG_ANSWER", "RUNTIME_ERROR", "PASSED");
    assertThat(summary.outcomes()).containsEntry("PASSED", 1L);
    List<JsonNode> verdicts = new ArrayList<>();
    for (String line : Files.readAllLines(folder.resolve("out.jsonl"))) {
      assertThat(line).hasSizeLessThan(80_000);
      verdicts.add(new ObjectMapper().readTree(line));
    }
    assertThat(verdicts).hasSize(lines.size());
    assertThat(verdicts.get(0).at("/calls/0/output/$cut").asText()).startsWith("an int of 5001");
    assertThat(readByPython(folder.resolve("out.jsonl"))).isEqualTo(lines.size());
    Dataset<Row> read =
        TinyPipeline.SPARK
            .read()
            .text(folder.resolve("out.jsonl").toString())
            .selectExpr(
                "from_json(value, 'id string, outcome string, calls array<struct<output:"
                    + " string>>', map('mode', 'FAILFAST')) v");
    assertThat(read.filter("v.outcome <> '' and v.calls[0] is not null").count())
        .isEqualTo(lines.size());
    assertThat(TinyPipeline.SPARK.read().parquet(folder.resolve("out.parquet").toString()).count())
        .isEqualTo(lines.size());
  }

  @Test
  void aLineSaysHowItsResultsAreCompared() throws IOException {
    String printed =
        "\"code\": \"print('2.0000001  1')\", \"stdin_tests\":"
            + " [{\"stdin\": \"\", \"expected_stdout\": \"2.0 1\"}]";
    String listed =
        "\"code\": \"def f(): return [2.00001, 1]\", \"entry_point\": \"f\","
            + " \"calls\": [{\"args\": [], \"expected\": [1, 2.0]}]";
    Files.write(
        folder.resolve("in.jsonl"),
        List.of(
            "{\"id\": \"lines\", %s}".formatted(printed),
            "{\"id\": \"tokens\", %s, \"comparison\": \"tokens\"}".formatted(printed),
            "{\"id\": \"near\", %s, \"comparison\": \"tolerance\"}".formatted(printed),
            "{\"id\": \"nearer\", %s, \"comparison\": \"tolerance\", \"tolerance\": 1e-9}"
                .formatted(printed),
            "{\"id\": \"checker\", %s, \"checker\": \"def check(i, e, p): return '1' in p\"}"
                .formatted(printed),
            "{\"id\": \"ordered\", %s}".formatted(listed),
            "{\"id\": \"unordered\", %s, \"comparison\": \"unordered\"}".formatted(listed),
            "{\"id\": \"loose\", %s, \"comparison\": \"unordered\", \"equality\":".formatted(listed)
                + " {\"absolute_tolerance\": 0.001}}"));

    judge("in.jsonl", "out.jsonl");

    assertThat(verdicts("out.jsonl"))
        .extracting(v -> v.path("id").asText() + " " + v.path("outcome").asText())
        .containsExactly(
            "lines WRONG_ANSWER",
            "tokens WRONG_ANSWER",
            "near PASSED",
            "nearer WRONG_ANSWER",
            "checker PASSED",
            "ordered WRONG_ANSWER",
            "unordered WRONG_ANSWER",
            "loose PASSED");
  }

  /** How many lines Python's json reads, each with texts that can be written again. */
  private static int readByPython(Path file) throws Exception {
    String code =
        "import json, sys\n"
            + "lines = [json.loads(line) for line in open(sys.argv[1], encoding='utf-8')]\n"
            + "json.dumps(lines, ensure_ascii=False).encode('utf-8')\n"
            + "print(len(lines))";
    Process python =
        new ProcessBuilder("python3", "-c", code, file.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(python.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(python.waitFor()).as(said).isZero();
    return Integer.parseInt(said.strip());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"id\": | not JSON",
        "1 | not a JSON object",
        "[{}] | a file that holds one list must be named .json",
        "{CODE, \"test\": \"assert f(1)\", \"timeout\": 9} | key 'timeout' is not read",
        "{CODE, \"test\": \"assert f(1)\", \"memory_limit_mib\": 9} | key 'memory_limit_mib' is not",
        "{CODE, \"test\": \"assert f(1)\", \"entrypoint\": \"f\"} | did you mean 'entry_point'?",
        "{CODE, \"stdin_tests\": [], \"comparision\": \"tokens\"} | did you mean 'comparison'?",
        "{CODE, \"anwser\": \"f\"} | did you mean 'answer'?",
        "{CODE, \"test\": \"assert f(1)\", \"limits\": {\"memory_limit_mib\": 99999999999}} |"
            + " limits: 99999999999 is too large a number",
        "{\"id\": \"z\", CODE, \"test\": \"assert f(1)\"} | id z stands twice",
        "{\"id\": [1], CODE, \"test\": \"assert f(1)\"} | key 'id' must be a text or a number",
        "{\"id\": \"a\", \"test\": \"assert f(1)\"} | key 'code' must be a text",
        "{\"id\": \"a\", CODE} | one of the keys 'calls', 'test' and 'stdin_tests' is needed",
        "{\"id\": \"a\", CODE, \"test\": \"\", \"calls\": []} | one of the keys",
        "{\"id\": \"a\", CODE, \"calls\": [{\"args\": [], \"expected\": 1}]} | key 'entry_point'"
            + " must be",
        "{\"id\": \"a\", CODE, \"entry_point\": \"f\", \"calls\": []} | at least one call",
        "{\"id\": \"a\", CODE, \"entry_point\": \"f\", \"calls\": [{\"args\": []}]} | and"
            + " 'expected'",
        "{\"id\": \"a\", CODE, \"entry_point\": \"f\", \"calls\": [{\"args\": [], \"expected\":"
            + " {\"$tuple\": 1}}]} | $tuple of no array",
        "{\"id\": \"a\", CODE, \"stdin_tests\": [{\"stdin\": \"\"}]} | key 'expected_stdout' must"
            + " be",
        "{\"id\": \"a\", CODE, \"test\": \"assert f(1)\", \"limits\": {\"time\": 1}} | limits.time:"
            + " unknown",
        "{\"id\": \"a\", CODE, \"test\": \"assert f(1)\", \"limits\": {\"memory_limit_mib\": 1}} |"
            + " from 16",
        "{\"id\": \"a\", CODE, \"test\": \"assert f(1)\", \"limits\": {\"memory_limit_mib\": 1.5}}"
            + " | 1.5",
        "{\"id\": \"a\", CODE, \"test\": \"assert f(1)\", \"equality\": {}} | key 'equality' is"
            + " for",
        "{\"id\": \"a\", CODE, \"test\": \"assert f(1)\", \"comparison\": \"tokens\"} | key"
            + " 'comparison' is for",
        "{\"id\": \"a\", CODE, \"test\": \"assert f(1)\", \"tolerance\": 0.1} | key 'tolerance' needs comparison"
            + " 'tolerance', got 'exact'",
        "{\"id\": \"a\", CODE, \"test\": \"assert f(1)\", \"checker\": \"\"} | key 'checker' is"
            + " for",
        "{\"id\": \"a\", CODE, \"stdin_tests\": [{\"stdin\": \"\", \"expected_stdout\": \"\"}],"
            + " \"comparison\": \"near\"} | must be exact, tokens, tolerance or checker, got"
            + " 'near'",
        "{\"id\": \"a\", CODE, \"entry_point\": \"f(\", \"calls\": [{\"args\": [], \"expected\":"
            + " 1}]} | such as f or Solution().f, got 'f('",
      })
  void aBadLineIsNamedAndNothingIsWritten(String line, String message) throws IOException {
    List<String> lines = new ArrayList<>(LINES);
    lines.add(line.replace("CODE", SQUARE));
    Files.write(folder.resolve("in.jsonl"), lines);

    assertThatThrownBy(() -> judge("in.jsonl", "out.jsonl"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("in.jsonl:9: ")
        .hasMessageContaining(message);
    assertThat(folder.resolve("out.jsonl")).doesNotExist();
  }

  @Test
  void aTestThatIsNoneRefusesNoOtherLine() throws IOException {
    List<String> lines = new ArrayList<>(LINES);
    for (String test :
        List.of("assert f(1", "x = 1", "import numpy", "def check(g): assert g(1) == 1")) {
      lines.add("{\"id\": \"%s\", %s, \"test\": \"%s\"}".formatted(lines.size(), SQUARE, test));
    }
    Files.write(folder.resolve("in.jsonl"), lines);

    JudgeSummary summary = judge("in.jsonl", "out.jsonl");

    assertThat(summary.outcomes()).containsEntry("PASSED", 4L).containsEntry("INVALID_TEST", 4L);
    assertThat(verdicts("out.jsonl").subList(7, 11))
        .extracting(v -> v.path("outcome").asText() + " " + v.path("detail").asText())
        .containsExactly(
            "INVALID_TEST the test is not Python: '(' was never closed (line 1)",
            "INVALID_TEST the test asserts nothing",
            "INVALID_TEST the test imports what the sandbox does not have: No module named 'numpy'",
            "INVALID_TEST the test has check(candidate), so the program's entry_point must be"
                + " named");
  }

  @Test
  void filesAreReadAsTheyArePublished() throws IOException {
    Files.createDirectories(folder.resolve("in"));
    Files.writeString(
        folder.resolve("in/1.jsonl"),
        "\ufeff{%s, \"test\": null, \"calls\": [{\"args\": [2], \"kwargs\": null, \"expected\": 4}],"
                .formatted(SQUARE)
            + " \"entry_point\": \"f\", \"stdin_tests\": NaN, \"limits\": null}\r\n");
    try (OutputStream out =
        new GZIPOutputStream(Files.newOutputStream(folder.resolve("in/2.jsonl")))) {
      out.write(
          ("{\"task_id\": \"H/0\", \"prompt\": \"def f(x):\\n"
                  + "\", \"canonical_solution\": \"  return x\", \"entry_point\": \"f\", \"test\":"
                  + " \"def check(c):\\n"
                  + "  assert c(2) == 2\"}\n")
              .getBytes(StandardCharsets.UTF_8));
    }
    Files.writeString(
        folder.resolve("in/3.json"),
        "[\n"
            + "{\"problem_id\": 5, \"question\": \"Add.\", \"solutions\": [\"print(3)\","
            + " \"print(4)\"], \"input_output\": {\"inputs\": [\"1 2\"], \"outputs\":"
            + " [[\"3\"]]}}]");
    Files.writeString(folder.resolve("in/_SUCCESS"), "");

    judge("in", "out.jsonl");

    assertThat(verdicts("out.jsonl"))
        .extracting(v -> v.path("id").asText() + " " + v.path("outcome").asText())
        .containsExactly("1 PASSED", "H/0 PASSED", "5#0 PASSED", "5#1 WRONG_ANSWER");
    judge("in/[12].*", "some.jsonl");
    assertThat(verdicts("some.jsonl")).hasSize(2);
  }

  @Test
  void nullsInsideTheStructsOfParquetAreNone() throws IOException {
    TinyPipeline.SPARK
        .sql(
            "SELECT 'a' AS id, 'def f(x=1): return x' AS code, 'f' AS entry_point,"
                + " CAST(NULL AS STRING) AS test, array(named_struct('args', array(CAST(NULL AS"
                + " INT)), 'kwargs', CAST(NULL AS STRING), 'expected', CAST(NULL AS INT)),"
                + " named_struct('args', array(2), 'kwargs', NULL, 'expected', 2)) AS calls")
        .write()
        .parquet(folder.resolve("in.parquet").toString());

    judge("in.parquet", "out.jsonl");

    assertThat(verdicts("out.jsonl"))
        .singleElement()
        .matches(v -> v.path("outcome").asText().equals("PASSED"));
  }

  @Test
  void aMissingFileIsNamed() {
    assertThatThrownBy(() -> judge("none.jsonl", "out.jsonl"))
        .isInstanceOf(ConfigException.class)
        .hasMessageContaining("none.jsonl");
  }
}
