package io.atomforge.jobs.judge;

import io.atomforge.config.ConfigException;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.zip.GZIPInputStream;

/** Opens a text in UTF-8 that may be compressed, whatever its name. */
final class TextFile {
  /** What files begin with that are none, in hex. */
  private static final Map<String, String> OTHERS =
      Map.of(
          "50415231", "is a Parquet file; give it a name that ends in .parquet",
          "504b0304", "is a zip archive; unpack it, or compress the text with gzip",
          "28b52ffd", "is compressed by zstd; decompress it, or compress the text with gzip",
          "fffe", "is a text in UTF-16; save it in UTF-8",
          "feff", "is a text in UTF-16; save it in UTF-8");

  private static final String GZIP = "1f8b";

  /** Stands where bytes are no UTF-8. It is no character, so that no text has it. */
  static final char MALFORMED = '\uffff';

  private TextFile() {}

  /**
   * @param name ends in {@code .gz} if the file must be compressed
   * @param shown what a message begins with
   * @throws ConfigException if it is a file of another kind
   */
  static BufferedReader open(InputStream file, String name, String shown) throws IOException {
    InputStream in = new BufferedInputStream(file, 1 << 16);
    String start = start(in);
    boolean compressed = name.endsWith(".gz");
    while (compressed || start.startsWith(GZIP)) {
      in = new BufferedInputStream(new GZIPInputStream(in), 1 << 16);
      start = start(in);
      compressed = false;
    }
    for (Map.Entry<String, String> other : OTHERS.entrySet()) {
      if (start.startsWith(other.getKey())) {
        throw new ConfigException(shown + " " + other.getValue());
      }
    }
    CharsetDecoder decoder =
        StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .replaceWith(String.valueOf(MALFORMED));
    BufferedReader reader = new BufferedReader(new InputStreamReader(in, decoder), 1 << 16);
    reader.mark(1);
    if (reader.read() != '\ufeff') { // a byte order mark
      reader.reset();
    }
    return reader;
  }

  /** The first four bytes, or fewer of a shorter file; they stay to be read. */
  private static String start(InputStream in) throws IOException {
    in.mark(4);
    byte[] bytes = in.readNBytes(4);
    in.reset();
    return HexFormat.of().formatHex(bytes);
  }
}
