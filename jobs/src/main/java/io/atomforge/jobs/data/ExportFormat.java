package io.atomforge.jobs.data;

import static org.apache.spark.sql.functions.col;

import com.fasterxml.jackson.annotation.JsonCreator;
import io.atomforge.dataset.Language;
import io.atomforge.dataset.Style;
import io.atomforge.tables.SqlScope;
import io.atomforge.tables.View;
import io.atomforge.tables.Warehouse;
import java.util.List;
import java.util.Locale;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;

/** Layouts of other projects in which problems can be written; each is a {@link View}. */
public enum ExportFormat {
  VERL(View.V_VERL),
  TRL(View.V_TRL),
  MESSAGES(View.V_MESSAGES),
  KODCODE(View.V_KODCODE),
  HUMANEVAL(View.V_HUMANEVAL);

  private final View view;

  ExportFormat(View view) {
    this.view = view;
  }

  /**
   * @throws IllegalArgumentException if no format has this name, in letters of any case
   */
  @JsonCreator
  public static ExportFormat of(String name) {
    for (ExportFormat format : values()) {
      if (format.name().equalsIgnoreCase(name)) {
        return format;
      }
    }
    throw new IllegalArgumentException(
        "must be verl, trl, messages, kodcode or humaneval, got " + name);
  }

  /** The name as a config has it. */
  public String label() {
    return label(this);
  }

  private static String label(Enum<?> value) {
    return value.name().toLowerCase(Locale.ROOT);
  }

  /**
   * One row for each problem that the format can say.
   *
   * @param style of the completions, where the format has some
   */
  public Dataset<Row> rows(Warehouse warehouse, Language language, Style style) {
    Dataset<Row> rows = SqlScope.rows(warehouse, view);
    rows = rows.filter(col("language").equalTo(label(language)));
    return List.of(rows.columns()).contains("style")
        ? rows.filter(col("style").equalTo(label(style)))
        : rows;
  }
}
