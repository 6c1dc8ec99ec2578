package io.atomforge.jobs.data;

import static io.atomforge.tables.Tables.ATOMS;
import static io.atomforge.tables.Tables.PROBLEMS;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.atomforge.jobs.run.SandboxConfig;
import io.atomforge.random.Hashes;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Outcome;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Sandbox;
import io.atomforge.synthesis.AtomLibrary;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.TestCase;
import io.atomforge.synthesis.WiringMutants;
import io.atomforge.tables.AtomRow;
import io.atomforge.tables.Rows;
import io.atomforge.task.Check;
import io.atomforge.task.JsonRow;
import io.atomforge.task.TaskLine;
import io.atomforge.value.Equality;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.Spliterators;
import java.util.StringJoiner;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/**
 * Tasks that ask for test cases: the description of a problem is given, and the answer is
 * assertions about the function, judged by a right program and by mutants of it. Text-to-testcase,
 * Alagarsamy et al. 2024 (arXiv:2402.11910), whose tasks are methods of Java projects.
 *
 * @param assertions lines that are asked for, 1 or more
 * @param mutants at most so many judge an answer, 1 or more
 * @param signature whether the prompt has the types of the parameters and of the result
 * @param seed draws the mutants
 */
public record TestcaseTasks(int assertions, int mutants, boolean signature, long seed)
    implements Serializable {

  /** The family of these tasks. */
  public String family() {
    return signature ? "testcase" : "testcase_no_signature";
  }

  /**
   * @param problems rows of synthesized problems
   * @param atoms all rows of the table
   * @return rows of the tasks; a problem has none if its own tests tell no mutant from it, or if
   *     too few of its tests can be written as assertions
   */
  public Dataset<Row> of(Dataset<Row> problems, List<Row> atoms, SandboxConfig sandbox) {
    ArrayList<Row> sent = new ArrayList<>(atoms);
    return Rows.map(
        problems,
        PROBLEMS.codec(),
        PROBLEMS.codec(),
        partition -> {
          AtomLibrary library =
              new AtomLibrary(
                  sent.stream().map(ATOMS.codec()::fromRow).map(AtomRow::atom).toList());
          Sandbox pool = sandbox.open(0);
          return () ->
              present(pool.inOrder(partition.iterator(), problem -> of(problem, library, pool)));
        });
  }

  private static Iterator<Problem> present(Iterator<Optional<Problem>> tasks) {
    return StreamSupport.stream(Spliterators.spliteratorUnknownSize(tasks, 0), false)
        .flatMap(Optional::stream)
        .iterator();
  }

  Optional<Problem> of(Problem problem, AtomLibrary library, Sandbox sandbox) {
    List<String> lines =
        problem.tests().stream()
            .filter(test -> !(test.argsJson() + test.expectedJson()).contains("{\"$"))
            .map(test -> assertion(problem.entryPoint(), test))
            .limit(assertions)
            .toList();
    List<String> programs =
        lines.size() < assertions ? List.of() : different(problem, library, sandbox);
    return programs.isEmpty()
        ? Optional.empty()
        : Optional.of(task(problem, lines, library.program(problem.referenceCall()), programs));
  }

  /** Mutants that come to another value in one of the problem's own tests, as whole programs. */
  private List<String> different(Problem problem, AtomLibrary library, Sandbox sandbox) {
    Check check = Check.calls(problem.entryPoint(), problem.tests());
    JudgeOptions options =
        new JudgeOptions(sandbox.limits(), Equality.DEFAULT, Program.AfterFailure.STOP);
    List<String> found = new ArrayList<>();
    WiringMutants all = new WiringMutants(library.bases());
    for (String mutant : all.of(problem.referenceCall(), seed)) {
      String program = library.program(mutant);
      Outcome outcome = check.judge(sandbox, program, options).outcome();
      if (outcome == Outcome.SANDBOX_ERROR) {
        throw new IllegalStateException("The sandbox failed on a mutant of " + problem.problemId());
      }
      if (outcome == Outcome.WRONG_ANSWER) {
        found.add(program);
      }
      if (found.size() == mutants) {
        break;
      }
    }
    return found;
  }

  private Problem task(
      Problem problem, List<String> lines, String reference, List<String> programs) {
    String id = family() + "/" + problem.problemId();
    String answer = String.join("\n", lines);
    ObjectNode tests = JsonNodeFactory.instance.objectNode();
    tests.put("reference", reference);
    programs.forEach(tests.putArray("mutants")::add);
    String name = problem.entryPoint();
    String english =
        "Write %d lines `assert %s(...) == ...` that test a function `%s`%s. What it does: %s"
            .formatted(
                assertions,
                name,
                name,
                signature ? " with the signature " + problem.signature() : "",
                problem.promptEn());
    String chinese =
        "写出 %d 行 `assert %s(...) == ...`，用来测试函数 `%s`%s。它的功能：%s"
            .formatted(
                assertions,
                name,
                name,
                signature ? "，其签名为 " + problem.signature() : "",
                problem.promptZh());
    TaskLine line = new TaskLine(id, english, "", false, List.of(answer), tests);
    return new Problem(
        id,
        family(),
        List.of(),
        0,
        problem.entryPoint(),
        problem.signature(),
        english,
        chinese,
        answer,
        answer,
        List.of(line.stored()),
        0,
        "",
        Hashes.of(id),
        problem.split());
  }

  private static String assertion(String entryPoint, TestCase test) {
    List<String> args = new ArrayList<>();
    JsonRow.read(test.argsJson()).forEach(arg -> args.add(python(arg)));
    return "assert %s(%s) == %s"
        .formatted(entryPoint, String.join(", ", args), python(JsonRow.read(test.expectedJson())));
  }

  /** Plain JSON as Python writes it. */
  private static String python(JsonNode value) {
    if (value.isArray()) {
      StringJoiner items = new StringJoiner(", ", "[", "]");
      value.forEach(item -> items.add(python(item)));
      return items.toString();
    }
    if (value.isObject()) {
      return value.properties().stream()
          .map(
              entry ->
                  JsonNodeFactory.instance.textNode(entry.getKey())
                      + ": "
                      + python(entry.getValue()))
          .collect(Collectors.joining(", ", "{", "}"));
    }
    if (value.isBoolean()) {
      return value.asBoolean() ? "True" : "False";
    }
    return value.isNull() ? "None" : value.toString();
  }
}
