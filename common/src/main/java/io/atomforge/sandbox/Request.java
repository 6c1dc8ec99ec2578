package io.atomforge.sandbox;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/** Writes a program as its worker reads it. */
final class Request {
  private static final int HEADER_BYTES = 24;
  private static final int BODY_BYTES = 5;
  private static final JsonFactory JSON =
      JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

  private Request() {}

  /**
   * @param printedKib what the worker sends of what the program prints, 0 if that is of no interest
   */
  static ByteBuffer header(int payloadBytes, Limits limits, int printedKib) {
    return ByteBuffer.allocate(HEADER_BYTES)
        .putInt(payloadBytes)
        .putInt((int) Math.round(limits.timeLimitSeconds() * 1e3))
        .putInt((int) Math.round(limits.wallLimitSeconds() * 1e3))
        .putInt(limits.memoryLimitMib())
        .putInt(limits.outputLimitKib())
        .putInt(printedKib);
  }

  /**
   * All that the worker's clones read of a program; of equal programs and seals equal.
   *
   * @param seal text that ends the frame of a program that ran to its end
   */
  static byte[] payload(Program program, String seal) {
    Optional<Probe.Script> script = program.script();
    List<? extends Probe> probes = program.calls();
    byte kind = 'c';
    byte[] rest = {};
    if (script.isPresent()) {
      kind = (byte) (script.get().trust() == Trust.SHARED ? 'm' : 's');
      rest = json(script.get(), seal);
      probes = probes.subList(0, probes.size() - 1);
    } else if (!probes.isEmpty() && probes.get(0) instanceof Probe.Input input) {
      kind = 'i';
      rest = input.stdin().getBytes(StandardCharsets.UTF_8);
      probes = List.of();
    }
    byte[] json = json(program, probes, seal);
    return ByteBuffer.allocate(BODY_BYTES + json.length + rest.length)
        .put(kind)
        .putInt(json.length)
        .put(json)
        .put(rest)
        .array();
  }

  private static byte[] json(Program program, List<? extends Probe> probes, String seal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("code", program.code());
      json.writeStringField("entry", program.entryPoint());
      json.writeBooleanField("stop", program.afterFailure() == Program.AfterFailure.STOP);
      json.writeArrayFieldStart("calls");
      for (Probe probe : probes) {
        if (probe instanceof Call call) {
          json.writeStartArray();
          json.writeRawValue(ascii(call.argsJson()));
          json.writeRawValue(ascii(call.kwargsJson()));
          json.writeEndArray();
        } else if (probe instanceof Probe.Expression expression) {
          json.writeString(expression.source());
        }
      }
      json.writeEndArray();
      json.writeStringField("seal", seal);
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static byte[] json(Probe.Script script, String seal) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("script", script.source());
      json.writeStringField("entry", script.entryPoint());
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
