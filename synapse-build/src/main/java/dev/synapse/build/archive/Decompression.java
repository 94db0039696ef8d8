package dev.synapse.build.archive;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// Takes the compression off a stream, told by its first bytes.
public final class Decompression {
  private static final int MEMORY_KIB = 256 * 1024;
  private static final int BUFFER = 64 * 1024;

  private Decompression() {}

  /// The plain bytes of `in`, which may be gzip, xz, zstd or bzip2, or none of these.
  public static InputStream of(InputStream in) throws IOException {
    var buffered = new BufferedInputStream(in, BUFFER);
    buffered.mark(8);
    byte[] start = buffered.readNBytes(6);
    buffered.reset();
    if (starts(start, 0x1f, 0x8b)) {
      return new GZIPInputStream(buffered, BUFFER);
    } else if (starts(start, 0xfd, '7', 'z', 'X', 'Z', 0)) {
      return new XZInputStream(buffered, MEMORY_KIB);
    } else if (starts(start, 0x28, 0xb5, 0x2f, 0xfd)) {
      return new ZstdInputStream(buffered);
    } else if (starts(start, 'B', 'Z', 'h')) {
      return new BZip2CompressorInputStream(buffered, true);
    }
    return buffered;
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
