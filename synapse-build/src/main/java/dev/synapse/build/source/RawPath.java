package dev.synapse.build.source;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;

/// Paths and their bytes. A [Path] holds the bytes of a name but shows them through the locale's
/// encoding, which loses some; ASCII is safe in any, and for the rest the URI has each byte.
final class RawPath {
  private static final int ASCII = 0x80;

  /// Of a byte in a URI: a percent sign and two digits.
  private static final int ESCAPE_LENGTH = 3;

  private RawPath() {}

  /// The relative path with these bytes, which hold no empty part.
  static Path of(byte[] bytes) {
    boolean ascii = true;
    for (byte each : bytes) {
      ascii &= each >= 0;
    }
    if (ascii) {
      return Path.of(new String(bytes, StandardCharsets.US_ASCII));
    }
    StringBuilder uri = new StringBuilder("file:///");
    for (byte each : bytes) {
      uri.append(each == '/' ? "/" : String.format(Locale.ROOT, "%%%02X", each));
    }
    Path absolute = Path.of(URI.create(uri.toString()));
    return absolute.subpath(0, absolute.getNameCount());
  }

  /// The relative path as UTF-8 has it; what is not UTF-8 in it becomes U+FFFD.
  static String text(Path relative) {
    String shown = relative.toString();
    if (shown.chars().allMatch(letter -> letter < ASCII)) {
      return shown;
    }
    String uri = Path.of("/").resolve(relative).toUri().getRawPath().substring(1);
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int index = 0; index < uri.length(); index++) {
      if (uri.charAt(index) == '%') {
        bytes.write(HexFormat.fromHexDigits(uri, index + 1, index + ESCAPE_LENGTH));
        index += ESCAPE_LENGTH - 1;
      } else {
        bytes.write(uri.charAt(index));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }
}
