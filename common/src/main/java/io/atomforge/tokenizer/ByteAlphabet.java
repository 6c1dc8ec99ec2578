package io.atomforge.tokenizer;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * One visible character for each of the 256 bytes, so that any text can be written as a JSON string
 * of token symbols. The mapping of GPT-2 (Radford et al. 2019, encoder.py): printable Latin-1 bytes
 * stand for themselves, the others follow from U+0100 on.
 */
final class ByteAlphabet {
  private static final char[] SYMBOL_OF_BYTE = new char[256];
  private static final char[] SORTED;

  static {
    char next = 256;
    for (int b = 0; b < 256; b++) {
      boolean printable = b >= '!' && b <= '~' || b >= 0xa1 && b <= 0xac || b >= 0xae;
      SYMBOL_OF_BYTE[b] = printable ? (char) b : next++;
    }
    SORTED = SYMBOL_OF_BYTE.clone();
    Arrays.sort(SORTED);
  }

  private ByteAlphabet() {}

  /**
   * @return the 256 symbols by rising code point, which is the order of their token ids
   */
  static char[] symbols() {
    return SORTED.clone();
  }

  /**
   * @return one symbol for each UTF-8 byte of {@code text}
   */
  static String symbols(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
    char[] symbols = new char[bytes.length];
    for (int i = 0; i < bytes.length; i++) {
      symbols[i] = SYMBOL_OF_BYTE[bytes[i] & 0xff];
    }
    return new String(symbols);
  }
}
