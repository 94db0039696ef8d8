package dev.synapse.build.archive;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// Takes the compression off a stream, told by its first bytes.
public final class Decompression {
  private static final int MEMORY_KIB = 256 * 1024;
  private static final int BUFFER = 64 * 1024;

  /// What is taken off.
  public enum Format {
    /// RFC 1952.
    GZIP("\u001f\u008b"),
    /// The .xz file format.
    XZ("\u00fd7zXZ\0"),
    /// RFC 8878.
    ZSTD("(\u00b5/\u00fd"),
    /// bzip2.
    BZIP2("BZh");

    private final String start;

    /// @param start the first bytes, each a character
    Format(String start) {
      this.start = start;
    }
  }

  /// As long as the longest start of a format.
  private static final int LONGEST_START = 6;

  private Decompression() {}

  /// The plain bytes of `in`, which may be gzip, xz, zstd or bzip2, or none of these.
  public static InputStream of(InputStream in) throws IOException {
    var buffered = new BufferedInputStream(in, BUFFER);
    buffered.mark(LONGEST_START);
    byte[] start = buffered.readNBytes(LONGEST_START);
    buffered.reset();
    return switch (format(start).orElse(null)) {
      case GZIP -> new GZIPInputStream(buffered, BUFFER);
      case XZ -> new XZInputStream(buffered, MEMORY_KIB);
      case ZSTD -> new ZstdInputStream(buffered);
      case BZIP2 -> new BZip2CompressorInputStream(buffered, true);
      case null -> buffered;
    };
  }

  /// How a file that begins with these bytes, at least six, is compressed, if it is.
  public static Optional<Format> format(byte[] start) {
    String text = new String(start, StandardCharsets.ISO_8859_1);
    return Arrays.stream(Format.values()).filter(each -> text.startsWith(each.start)).findFirst();
  }
}
