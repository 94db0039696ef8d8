package dev.synapse.cli;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/// The command line as the bytes that it was given as. Java replaces what is not UTF-8 in it, and
/// would then look for a file that nobody named.
final class CommandBytes {
  private static final char REPLACEMENT = '\ufffd';

  private CommandBytes() {}

  /// The first argument that was not UTF-8, as Java shows it; none if all were.
  static Optional<String> notUtf8(String... args) {
    Optional<String> suspicious =
        Arrays.stream(args).filter(each -> each.indexOf(REPLACEMENT) >= 0).findFirst();
    return suspicious.filter(_ -> !isUtf8(Path.of("/proc/self/cmdline")));
  }

  /// One may also hold that character as it is.
  private static boolean isUtf8(Path file) {
    try {
      var _ = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(Files.readAllBytes(file)));
      return true;
    } catch (CharacterCodingException _) {
      return false;
    } catch (IOException _) {
      return true; // nobody can tell
    }
  }
}
