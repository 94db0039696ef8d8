package dev.synapse.gmp.change;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// The beginnings of lines, which is all that the reader of a patch looks at: a line of a generated
/// file may have megabytes.
final class LineHeads {
  /// Longer than any path that a system can open (`PATH_MAX` is 4096), with every byte escaped.
  private static final int LONGEST = 1 << 15;

  private final InputStream in;
  private final byte[] head = new byte[LONGEST];
  private int number;

  LineHeads(InputStream in) {
    this.in = new BufferedInputStream(in);
  }

  /// The number of the line that was read last, from 1.
  int number() {
    return number;
  }

  /// The next line without its end; empty at the end of the stream.
  Optional<String> next() throws IOException {
    int length = 0;
    int each = in.read();
    if (each < 0) {
      return Optional.empty();
    }
    while (each >= 0 && each != '\n') {
      if (length < LONGEST) {
        head[length] = (byte) each;
        length++;
      }
      each = in.read();
    }
    number++;
    return Optional.of(new String(head, 0, length, StandardCharsets.UTF_8));
  }
}
