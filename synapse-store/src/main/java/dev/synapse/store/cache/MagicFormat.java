package dev.synapse.store.cache;

import com.github.luben.zstd.ZstdInputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.tukaani.xz.XZInputStream;

/// The formats of compressed data that are known by the bytes they begin with.
enum MagicFormat {
  /// RFC 8878, section 3.1.1.
  ZSTD("28b52ffd"),
  /// The .xz file format, section 2.1.1.1.
  XZ("fd377a585a00"),
  /// RFC 1952, section 2.3.1.
  GZIP("1f8b"),
  BZIP2("425a68"),
  /// The LZ4 frame format.
  LZ4("04224d18"),
  /// Known, and not read.
  LZIP("4c5a4950");

  private static final int LONGEST_MAGIC = 6;

  /// What `xz -9` needs, and half as much again.
  private static final int XZ_MEMORY_KIB = 100_000;

  /// The first bytes in hexadecimal.
  private final String magic;

  MagicFormat(String magic) {
    this.magic = magic;
  }

  /// The format of the data that come; they stay unread.
  static Optional<MagicFormat> of(BufferedInputStream in) throws IOException {
    in.mark(LONGEST_MAGIC);
    String start = HexFormat.of().formatHex(in.readNBytes(LONGEST_MAGIC));
    in.reset();
    return Arrays.stream(values()).filter(each -> start.startsWith(each.magic)).findFirst();
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
