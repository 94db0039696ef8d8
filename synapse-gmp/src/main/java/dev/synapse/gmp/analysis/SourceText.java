package dev.synapse.gmp.analysis;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// The text of a source file.
///
/// @param wasUtf8 whether all its bytes were UTF-8; else some characters are replaced
record SourceText(String text, List<String> list, boolean wasUtf8) {
  /// No one writes more by hand, and a file is held in memory while it is read.
  static final int MAX_BYTES = 16 << 20;

  private static final String BYTE_ORDER_MARK = "\uFEFF";

  /// Reads a file.
  ///
  /// @throws DamagedSource if it is too large, or no text
  static SourceText read(Path file) throws IOException, DamagedSource {
    byte[] bytes;
    try (InputStream stream = Files.newInputStream(file)) {
      bytes = stream.readNBytes(MAX_BYTES + 1);
    }
    if (bytes.length > MAX_BYTES) {
      throw new DamagedSource("has more than %d MiB".formatted(MAX_BYTES >> 20));
    }
    for (byte each : bytes) {
      if (each == 0) {
        throw new DamagedSource("is not text: holds a zero byte");
      }
    }
    return decode(bytes);
  }

  private static SourceText decode(byte[] bytes) {
    try {
      return of(
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString(), true);
    } catch (CharacterCodingException e) {
      return of(new String(bytes, StandardCharsets.UTF_8), false);
    }
  }

  static SourceText of(String text) {
    return of(text, true);
  }

  private static SourceText of(String text, boolean wasUtf8) {
    String plain = text.startsWith(BYTE_ORDER_MARK) ? text.substring(1) : text;
    // One kind of line end, so that every lexer counts the same lines.
    String unix = plain.replace("\r\n", "\n").replace('\r', '\n');
    return new SourceText(unix, unix.lines().toList(), wasUtf8);
  }

  int lines() {
    return list.size();
  }

  /// What stands on the lines before this one.
  String before(int line) {
    return String.join("\n", list.subList(0, Math.min(line - 1, list.size())));
  }
}
