package io.atomforge.task;

import java.io.Serializable;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How the answer is found in the text that a model wrote. */
public sealed interface ResponseFormat extends Serializable {
  /**
   * @param given the code that the task gives, such as the head of a function; may be empty
   * @param text what the model wrote
   * @return what is judged, or empty if the text has no answer in this format
   */
  Optional<String> answer(String given, String text);

  /**
   * What a text says before its answer, such as a plan.
   *
   * @return empty if the format has nothing before the answer
   */
  default String plan(String text) {
    return "";
  }

  /** The names of {@link #named}. */
  List<String> NAMES =
      List.of("program", "continuation", "fenced_block", "plan_then_program", "answer_block");

  /** Whether the name is auto or one of {@link #NAMES}. */
  static boolean knows(String name) {
    return name.equals("auto") || NAMES.contains(name);
  }

  /**
   * @param name as in YAML
   */
  static ResponseFormat named(String name) {
    return switch (name) {
      case "program" -> new Program();
      case "continuation" -> new Continuation();
      case "fenced_block" -> new FencedBlock();
      case "plan_then_program" -> new PlanThenProgram();
      case "answer_block" -> new AnswerBlock();
      default ->
          throw new IllegalArgumentException(
              "response_format must be auto or one of " + NAMES + ", got " + name);
    };
  }

  /** The whole text is the program. */
  record Program() implements ResponseFormat {
    @Override
    public Optional<String> answer(String given, String text) {
      return Optional.of(text);
    }
  }

  /** The text goes on where the given code ends, as in HumanEval (Chen et al. 2021). */
  record Continuation() implements ResponseFormat {
    @Override
    public Optional<String> answer(String given, String text) {
      return Optional.of(given + text);
    }
  }

  /**
   * The last block between lines of three backquotes that is not empty, after the given code, whose
   * imports and helpers it may need. A block without an end reaches to the end of the text; a text
   * without a block is a program.
   */
  record FencedBlock() implements ResponseFormat {
    private static final Pattern BLOCK =
        Pattern.compile("(?ms)^[ \\t]*```[^\\n`]*\\n(.*?)(?:^[ \\t]*```[ \\t]*$|\\z)");

    @Override
    public Optional<String> answer(String given, String text) {
      String block = "";
      Matcher blocks = BLOCK.matcher(text);
      while (blocks.find()) {
        block = blocks.group(1).isBlank() ? block : blocks.group(1);
      }
      String program = block.isEmpty() ? text : block;
      return Optional.of(given.isEmpty() ? program : given.stripTrailing() + "\n\n\n" + program);
    }
  }

  /** A plan in lines of comment or prose, then the program from its first import, def or class. */
  record PlanThenProgram() implements ResponseFormat {
    private static final Pattern PROGRAM =
        Pattern.compile("(?m)^(?:(?:import|from|def|class|async def)[ \\t]|@\\w).*");

    @Override
    public Optional<String> answer(String given, String text) {
      Matcher program = PROGRAM.matcher(text);
      return program.find() ? Optional.of(text.substring(program.start())) : Optional.empty();
    }

    @Override
    public String plan(String text) {
      Matcher program = PROGRAM.matcher(text);
      return program.find() ? text.substring(0, program.start()) : "";
    }
  }

  /** What stands between the last {@code <answer>} and {@code </answer>}, without outer space. */
  record AnswerBlock() implements ResponseFormat {
    @Override
    public Optional<String> answer(String given, String text) {
      int end = text.lastIndexOf("</answer>");
      int start = end < 0 ? -1 : text.lastIndexOf("<answer>", end);
      return start < 0
          ? Optional.empty()
          : Optional.of(text.substring(start + "<answer>".length(), end).strip());
    }

    @Override
    public String plan(String text) {
      return text.substring(0, Math.max(0, text.lastIndexOf("<answer>")));
    }
  }
}
