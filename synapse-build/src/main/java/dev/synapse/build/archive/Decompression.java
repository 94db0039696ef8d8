package dev.synapse.build.archive;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
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
    GZIP,
    /// The .xz file format.
    XZ,
    /// RFC 8878.
    ZSTD,
    /// bzip2.
    BZIP2
  }

  private Decompression() {}

  /// The plain bytes of `in`, which may be gzip, xz, zstd or bzip2, or none of these.
  public static InputStream of(InputStream in) throws IOException {
    var buffered = new BufferedInputStream(in, BUFFER);
    buffered.mark(8);
    byte[] start = buffered.readNBytes(6);
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
    if (starts(start, 0x1f, 0x8b)) {
      return Optional.of(Format.GZIP);
    } else if (starts(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return Optional.of(Format.XZ);
    } else if (starts(start, 0x28, 0xb5, 0x2f, 0xfd)) {
      return Optional.of(Format.ZSTD);
    } else if (starts(start, 'B', 'Z', 'h')) {
      return Optional.of(Format.BZIP2);
    }
    return Optional.empty();
  }

  private static boolean starts(byte[] bytes, int... expected) {
    if (bytes.length < expected.length) {
      return false;
    }
    for (int i = 0; i < expected.length; i++) {
      if ((bytes[i] & 0xff) != expected[i]) {
        return false;
      }
    }
    return true;
  }
}
