package dev.synapse.gmp.report.format;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// Streams the lines of one text file that nobody here wrote: UTF-8, with or without a byte order
/// mark, and with any line ends; a line has at most a mebibyte.
final class TextFile {
  private static final int MAX_LINE = 1 << 20;
  private static final int BUFFER = 1 << 16;
  private static final char BYTE_ORDER_MARK = '\uFEFF';

  /// What is told of a file.
  interface Lines {
    /// The next line, without its end and without blanks around it; empty ones are left out.
    void line(String line) throws DamagedReport;

    /// There are no more.
    void end() throws DamagedReport;
  }

  private final Lines lines;
  private byte[] line = new byte[BUFFER];
  private int size;
  private long number = 1;

  private TextFile(Lines lines) {
    this.lines = lines;
  }

  /// @throws DamagedReport naming the line at which the file is wrong
  static void read(Path file, Lines lines) throws DamagedReport, IOException {
    var text = new TextFile(lines);
    try (InputStream in = Files.newInputStream(file)) {
      byte[] buffer = new byte[BUFFER];
      for (int got = in.read(buffer); got >= 0; got = in.read(buffer)) {
        text.take(buffer, got);
      }
      text.endLine();
      lines.end();
    } catch (DamagedReport e) {
      throw new DamagedReport("line %d: %s".formatted(text.number, e.reason()));
    }
  }

  private void take(byte[] buffer, int length) throws DamagedReport {
    int from = 0;
    for (int i = 0; i < length; i++) {
      if (buffer[i] == '\n') {
        append(buffer, from, i);
        endLine();
        number++;
        from = i + 1;
      }
    }
    append(buffer, from, length);
  }

  private void append(byte[] buffer, int from, int to) throws DamagedReport {
    int length = to - from;
    if (size + length > MAX_LINE) {
      throw new DamagedReport("is longer than 1 MiB");
    }
    if (size + length > line.length) {
      line = Arrays.copyOf(line, Math.max(line.length * 2, size + length));
    }
    System.arraycopy(buffer, from, line, size, length);
    size += length;
  }

  private void endLine() throws DamagedReport {
    String text = decode();
    size = 0;
    if (number == 1 && !text.isEmpty() && text.charAt(0) == BYTE_ORDER_MARK) {
      text = text.substring(1);
    }
    text = text.strip();
    if (!text.isEmpty()) {
      lines.line(text);
    }
  }

  private String decode() throws DamagedReport {
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(line, 0, size)).toString();
    } catch (CharacterCodingException _) {
      throw new DamagedReport("bytes that are not UTF-8");
    }
  }
}
