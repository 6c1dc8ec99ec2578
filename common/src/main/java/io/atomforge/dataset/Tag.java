package io.atomforge.dataset;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.atomforge.synthesis.Problem;
import io.atomforge.synthesis.TestCase;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * What an answer says in a block before its program: the five kinds of prior prompts of
 * Taveekitworachai et al. 2025 (arXiv:2505.14157). In the paper a model finds the words; here they
 * are made from a problem's reference, for a model that has to learn the form first.
 */
public enum Tag {
  /** The functions in one sentence. */
  @JsonProperty("think")
  THINK {
    @Override
    String text(Problem problem) {
      return "First call " + String.join(", then ", Steps.of(problem)) + ".\n";
    }
  },
  /** The functions in numbered lines. */
  @JsonProperty("plan")
  PLAN {
    @Override
    String text(Problem problem) {
      return Steps.numbered(Steps.of(problem), 0, "");
    }
  },
  /** The statements of the reference, without its head and its indentation. */
  @JsonProperty("code")
  CODE {
    @Override
    String text(Problem problem) {
      return problem
          .referenceCall()
          .lines()
          .filter(line -> !line.startsWith("def ") && !line.isBlank())
          .map(line -> line.strip() + "\n")
          .collect(Collectors.joining());
    }
  },
  /** The types that the function takes and returns. */
  @JsonProperty("knowledge")
  KNOWLEDGE {
    @Override
    String text(Problem problem) {
      return problem.signature() + "\n";
    }
  },
  /** The shortest of the problem's tests, as JSON. */
  @JsonProperty("examples")
  EXAMPLES {
    @Override
    String text(Problem problem) {
      return problem.tests().stream()
          .map(test -> problem.entryPoint() + example(test))
          .min(Comparator.comparingInt(String::length).thenComparing(Comparator.naturalOrder()))
          .orElse("");
    }
  };

  /** Lines that end with a line feed. */
  abstract String text(Problem problem);

  /** The block that holds some lines. */
  String block(String text) {
    String tag = name().toLowerCase(Locale.ROOT);
    return "<%s>\n%s</%s>\n".formatted(tag, text, tag);
  }

  private static String example(TestCase test) {
    String args = test.argsJson().strip();
    return "(%s) gives %s\n".formatted(args.substring(1, args.length() - 1), test.expectedJson());
  }

  /** The block of a plan that lists some functions. */
  static String plan(List<String> functions) {
    return PLAN.block(Steps.numbered(functions, 0, ""));
  }
}
