package dev.synapse.store.cache;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// The formats of compressed data that are known by the bytes they begin with.
enum MagicFormat {
  /// RFC 8878, section 3.1.1.
  ZSTD(0x28, 0xb5, 0x2f, 0xfd),
  /// The .xz file format, section 2.1.1.1.
  XZ(0xfd, '7', 'z', 'X', 'Z', 0),
  /// RFC 1952, section 2.3.1.
  GZIP(0x1f, 0x8b),
  BZIP2('B', 'Z', 'h'),
  /// The LZ4 frame format.
  LZ4(0x04, 0x22, 0x4d, 0x18),
  /// Known, and not read.
  LZIP('L', 'Z', 'I', 'P');

  private static final int LONGEST_MAGIC = 6;

  /// What `xz -9` needs, and half as much again.
  private static final int XZ_MEMORY_KIB = 100_000;

  private final byte[] magic;

  MagicFormat(int... magic) {
    this.magic = new byte[magic.length];
    for (int index = 0; index < magic.length; index++) {
      this.magic[index] = (byte) magic[index];
    }
  }

  /// The format of the data that come; they stay unread.
  static Optional<MagicFormat> of(BufferedInputStream in) throws IOException {
    in.mark(LONGEST_MAGIC);
    byte[] start = in.readNBytes(LONGEST_MAGIC);
    in.reset();
    return Arrays.stream(values()).filter(each -> each.begins(start)).findFirst();
  }

  private boolean begins(byte[] start) {
    return start.length >= magic.length
        && Arrays.equals(start, 0, magic.length, magic, 0, magic.length);
  }

  /// Reads the data; empty if that is not supported.
  Optional<InputStream> decompress(InputStream in) throws IOException {
    return switch (this) {
      case ZSTD -> Optional.of(new ZstdInputStreamNoFinalizer(in));
      case XZ -> Optional.of(new XZInputStream(in, XZ_MEMORY_KIB));
      case GZIP ->
          Optional.of(
              GzipCompressorInputStream.builder()
                  .setInputStream(in)
                  .setDecompressConcatenated(true)
                  .get());
      case BZIP2 -> Optional.of(new BZip2CompressorInputStream(in, true));
      case LZ4 -> Optional.of(new FramedLZ4CompressorInputStream(in, true));
      case LZIP -> Optional.empty();
    };
  }
}
