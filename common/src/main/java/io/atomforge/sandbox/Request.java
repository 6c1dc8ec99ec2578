package io.atomforge.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;

/** Writes a program as its worker reads it. */
final class Request {
  private static final int HEADER_BYTES = 20;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private Request() {}

  static ByteBuffer header(int payloadBytes, Limits limits) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(payloadBytes)
        .putInt((int) Math.round(limits.timeLimitSeconds() * 1e3))
        .putInt((int) Math.round(limits.wallLimitSeconds() * 1e3))
        .putInt(limits.memoryLimitMib())
        .putInt(limits.outputLimitKib());
  }

  /**
   * @param seal text that ends the frame of a program that ran to its end
   */
  static byte[] payload(Program program, String seal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("code", program.code());
      json.writeStringField("entry", program.entryPoint());
      json.writeArrayFieldStart("calls");
      for (Call call : program.calls()) {
        json.writeStartArray();
        json.writeRawValue(ascii(call.argsJson()));
        json.writeRawValue(ascii(call.kwargsJson()));
        json.writeEndArray();
      }
      json.writeEndArray();
      json.writeStringField("seal", seal);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  /** JSON text with each character above ASCII escaped; half a surrogate pair has no other form. */
  private static String ascii(String json) {
    if (json.chars().allMatch(c -> c < 128)) {
      return json;
    }
    StringBuilder escaped = new StringBuilder();
    json.chars()
        .forEach(
            c -> {
              if (c < 128) {
                escaped.append((char) c);
              } else {
                escaped.append(String.format("\\u%04x", c));
              }
            });
    return escaped.toString();
  }
}
