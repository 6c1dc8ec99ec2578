package io.atomforge.jobs.judge;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.util.RawValue;
import io.atomforge.sandbox.CallResult;
import io.atomforge.sandbox.JudgeOptions;
import io.atomforge.sandbox.Program;
import io.atomforge.sandbox.Verdict;
import io.atomforge.task.Check;
import io.atomforge.task.Fields;
import io.atomforge.task.JsonRow;
import io.atomforge.task.Layout;
import io.atomforge.task.TaskLine;
import io.atomforge.value.Equality;
import io.atomforge.value.Excerpt;
import java.util.ArrayList;
import java.util.List;

/**
 * One program to judge, of a row in one of the layouts of {@link Layout}. Optional in any of them
 * are {@code limits} and {@code stop_at_first_failure}.
 */
public record SolutionLine(String id, String code, Check check, JudgeOptions options) {
  /** Characters of outputs in a verdict. */
  private static final int OUTPUTS = 1 << 16;

  /**
   * The programs of a row, one or more. A row without an id has that of its number.
   *
   * @param format a layout's name, or auto
   * @param defaults what holds where the row says nothing
   * @throws IllegalArgumentException saying what the row lacks
   */
  static List<SolutionLine> parse(RowFiles.Line line, String format, JudgeOptions defaults) {
    JsonRow row = JsonRow.parse(line.text());
    TaskLine task = Layout.read(format, row);
    JsonRow.require(
        !task.solutions().isEmpty(), "key 'code' must be a text; the row has no program to judge");
    Check check = task.check();
    JudgeOptions options = options(row, defaults);
    String id = task.id().isEmpty() ? Long.toString(line.number()) : task.id();
    List<SolutionLine> lines = new ArrayList<>();
    for (String code : task.solutions()) {
      String own = task.solutions().size() == 1 ? id : id + "#" + lines.size();
      lines.add(new SolutionLine(own, code, check, options));
    }
    return lines;
  }

  private static JudgeOptions options(JsonRow row, JudgeOptions defaults) {
    JsonNode stop = row.nested("stop_at_first_failure");
    JsonRow.require(
        stop.isMissingNode() || stop.isBoolean(), "stop_at_first_failure must be true or false");
    Program.AfterFailure afterFailure =
        stop.asBoolean() ? Program.AfterFailure.STOP : Program.AfterFailure.GO_ON;
    return new JudgeOptions(
        Fields.merged("limits", defaults.limits(), row.nested("limits")),
        Equality.DEFAULT,
        stop.isMissingNode() ? defaults.afterFailure() : afterFailure);
  }

  /** The verdict as a line of JSON. */
  String verdict(Verdict verdict) {
    ObjectNode node = JsonRow.JSON.createObjectNode();
    node.put("id", id)
        .put("outcome", verdict.outcome().name())
        .put("passed", verdict.passed())
        .put("total", verdict.total());
    ArrayNode calls = node.putArray("calls");
    int left = OUTPUTS;
    for (CallResult call : verdict.calls()) {
      String output = call.outputJson().isEmpty() ? "null" : Excerpt.json(call.outputJson(), left);
      left -= output.length();
      calls
          .addObject()
          .put("outcome", call.outcome().name())
          .putRawValue("output", new RawValue(output))
          .put("error", call.error())
          .put("wall_ms", call.wallMs());
    }
    node.put("detail", verdict.detail())
        .put("wall_ms", verdict.wallMs())
        .put("cpu_ms", verdict.cpuMs())
        .put("peak_memory_kib", verdict.peakMemoryKib())
        .put("isolation", verdict.isolation().name())
        .put("trust", verdict.trust().word());
    return node.toString();
  }
}
