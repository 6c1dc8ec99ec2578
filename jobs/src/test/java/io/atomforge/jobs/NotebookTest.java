package io.atomforge.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.atomforge.jobs.cli.JobRunner;
import io.atomforge.tables.SqlScope;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class NotebookTest {
  private static final Pattern SQL =
      Pattern.compile("spark\\.sql\\(\"\"\"(.*?)\"\"\"\\)", Pattern.DOTALL);

  @TempDir Path folder;

  static List<Path> notebooks() throws IOException {
    try (Stream<Path> files = Files.list(Path.of("../notebooks"))) {
      return files.filter(f -> f.toString().endsWith(".ipynb")).sorted().toList();
    }
  }

  @BeforeAll
  static void open() {
    assertThat(ToyTables.WAREHOUSE).isNotNull();
    SqlScope.open(TinyPipeline.SPARK, ToyTables.FOLDER.toString());
  }

  @Test
  void thereAreFour() throws IOException {
    assertThat(notebooks()).hasSize(4);
  }

  /** What the cells ask, without Python: every statement runs and answers something. */
  @ParameterizedTest
  @MethodSource("notebooks")
  void everyStatementAnswers(Path notebook) throws IOException {
    int statements = 0;
    int pictures = 0;
    for (JsonNode cell : JobRunner.JSON.readTree(notebook.toFile()).path("cells")) {
      StringBuilder source = new StringBuilder();
      cell.path("source").forEach(line -> source.append(line.asText()));
      for (Matcher m = SQL.matcher(source); m.find(); statements++) {
        assertThat(TinyPipeline.SPARK.sql(m.group(1)).limit(1).collectAsList())
            .as(m.group(1))
            .isNotEmpty();
      }
      pictures += cell.path("outputs").findValues("image/png").size();
      assertThat(cell.path("outputs").findValues("ename")).as("errors that were saved").isEmpty();
    }
    assertThat(statements).isGreaterThanOrEqualTo(5);
    assertThat(pictures).as("pictures that were saved").isGreaterThanOrEqualTo(3);
  }

  /** Needs a Python with pyspark and matplotlib, which ATOMFORGE_SPARK_PYTHON may name. */
  @Test
  void theNotebooksRunFromTopToBottom() throws Exception {
    String python = System.getenv().getOrDefault("ATOMFORGE_SPARK_PYTHON", "python3");
    assumeTrue(
        run(python, List.of("-c", "import matplotlib, pyspark; assert pyspark.__version__ > '4.1'"))
            == 0,
        "no pyspark 4.1 or no matplotlib in " + python + "; ATOMFORGE_SPARK_PYTHON names another");
    List<String> words = new ArrayList<>(List.of("../deploy/run_notebooks.py"));
    notebooks().forEach(n -> words.add(n.toString()));
    assertThat(run(python, words)).as(Files.readString(folder.resolve("python.log"))).isZero();
  }

  private int run(String python, List<String> words) throws Exception {
    List<String> command = new ArrayList<>(List.of(python));
    command.addAll(words);
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(new File(folder.toFile(), "python.log"));
    builder.environment().put("ATOMFORGE_WAREHOUSE", ToyTables.FOLDER.toString());
    builder
        .environment()
        .put(
            "ATOMFORGE_CLASSPATH",
            Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(
                    p ->
                        p.contains("/io/delta/")
                            || p.endsWith("/classes")
                            || p.contains("atomforge-common"))
                .collect(Collectors.joining(File.pathSeparator)));
    Process process = builder.start();
    assertThat(process.waitFor(5, TimeUnit.MINUTES)).as(command.toString()).isTrue();
    return process.exitValue();
  }
}
