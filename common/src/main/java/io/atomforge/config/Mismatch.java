package io.atomforge.config;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.exc.MismatchedInputException;
import java.io.IOException;
import java.util.Arrays;
import java.util.Collection;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Says in the user's words that a value is of another kind than its key wants. */
public final class Mismatch {
  private static final Pattern OUT_OF_RANGE =
      Pattern.compile("Numeric value \\((.*?)\\) out of range.*", Pattern.DOTALL);

  private Mismatch() {}

  /** Jackson's message; of a number that its type cannot hold, in the user's words. */
  public static String plain(String message) {
    return OUT_OF_RANGE.matcher(message).replaceFirst("$1 is too large a number");
  }

  /** Null where the fault is another, such as a key that is missing. */
  static @Nullable String of(MismatchedInputException e) {
    String message = e.getOriginalMessage();
    if (e.getTargetType() == null
        || message == null
        || !message.matches(
            "(?s)Cannot (deserialize value of type|construct instance of|coerce).*")) {
      return null;
    }
    return "expected " + wanted(e.getTargetType()) + ", got " + got(e);
  }

  private static String wanted(Class<?> type) {
    if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> spelling(type, constant))
          .collect(Collectors.joining(" or "));
    }
    if (Collection.class.isAssignableFrom(type)) {
      return "a list [...]";
    }
    if (type == String.class) {
      return "text";
    }
    if (type == boolean.class || type == Boolean.class) {
      return "true or false";
    }
    if (type == double.class || type == Double.class) {
      return "a number";
    }
    if (type == int.class || type == Integer.class || type == long.class || type == Long.class) {
      return "a whole number";
    }
    return "a block of keys {...}";
  }

  private static String spelling(Class<?> type, Object constant) {
    try {
      JsonProperty name =
          type.getField(((Enum<?>) constant).name()).getAnnotation(JsonProperty.class);
      return name == null ? constant.toString() : name.value();
    } catch (NoSuchFieldException e) {
      throw new AssertionError(e);
    }
  }

  private static String got(MismatchedInputException e) {
    if (!(e.getProcessor() instanceof JsonParser parser)) {
      return "another kind of value";
    }
    try {
      return switch (parser.currentToken()) {
        case START_OBJECT, END_OBJECT, FIELD_NAME -> "a block of keys";
        case START_ARRAY, END_ARRAY -> "a list";
        default -> "'" + parser.getText() + "'";
      };
    } catch (IOException | RuntimeException unreadable) {
      return "another kind of value";
    }
  }
}
