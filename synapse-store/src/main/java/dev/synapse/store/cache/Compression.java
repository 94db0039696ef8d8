package dev.synapse.store.cache;

import com.github.luben.zstd.ZstdOutputStreamNoFinalizer;
import java.io.BufferedInputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;
import org.apache.commons.compress.compressors.brotli.BrotliCompressorInputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// How archives are compressed when they are written into a cache. Reading knows more: see
/// [#decompress].
public enum Compression {
  /// Not at all.
  NONE("none", "", 0, 0, 0),
  /// Zstandard, by several threads.
  ZSTD("zstd", ".zst", 19, 1, 3),
  /// LZMA2 in xz files: smaller, and much slower.
  XZ("xz", ".xz", 9, 6, 6);

  private static final int BUFFER = 1 << 16;

  private final String label;
  private final String suffix;
  private final int highest;
  private final int nearby;
  private final int faraway;

  Compression(String label, String suffix, int highest, int nearby, int faraway) {
    this.label = label;
    this.suffix = suffix;
    this.highest = highest;
    this.nearby = nearby;
    this.faraway = faraway;
  }

  /// The method that is written `label`; lower case only.
  public static Optional<Compression> ofLabel(String label) {
    return Arrays.stream(values()).filter(each -> each.label.equals(label)).findFirst();
  }

  /// The name in narinfo: `none`, `zstd`, `xz`.
  public String label() {
    return label;
  }

  /// What the names of compressed files end with.
  public String suffix() {
    return suffix;
  }

  /// The highest level: the smallest files, after the longest time. The lowest is 1, and 0 where
  /// there is nothing to choose.
  public int highestLevel() {
    return highest;
  }

  /// The level for files that go to a cache. A disk takes them faster than processors make them
  /// small, so there the least work wins; a line does not.
  ///
  /// @param near whether the cache is on this machine
  public int level(boolean near) {
    return near ? nearby : faraway;
  }

  /// Compresses what is written to the result into `out`, which stays open when that is closed.
  ///
  /// @param level 1 to [#highestLevel()]; more takes longer and gives smaller files
  /// @param threads how many compress besides the one that writes; 0 to let that one do it. The
  ///   result does not depend on the number as long as it is above 0
  public OutputStream compress(OutputStream out, int level, int threads) throws IOException {
    OutputStream kept = new KeptOpen(out);
    return switch (this) {
      case NONE -> kept;
      case ZSTD ->
          new ZstdOutputStreamNoFinalizer(kept, level).setChecksum(true).setWorkers(threads);
      case XZ -> new XZOutputStream(kept, new LZMA2Options(level));
    };
  }

  /// Reads what was compressed. As in Nix, the name only tells whether anything was done at all:
  /// except for `none` and `br` the data themselves say how.
  ///
  /// @param method as a narinfo has it
  /// @return empty for `lzip`, which cannot be read
  /// @throws IOException also if the data are compressed in no known way
  static Optional<InputStream> decompress(String method, InputStream in) throws IOException {
    BufferedInputStream buffered = new BufferedInputStream(in, BUFFER);
    if (method.equals(NONE.label) || method.isEmpty()) {
      return Optional.of(buffered);
    }
    if (method.toLowerCase(Locale.ROOT).equals("br")) {
      return Optional.of(new BrotliCompressorInputStream(buffered)); // it says nothing of itself
    }
    return MagicFormat.of(buffered)
        .orElseThrow(() -> new IOException("it is compressed in no known way"))
        .decompress(buffered);
  }

  private static final class KeptOpen extends FilterOutputStream {
    KeptOpen(OutputStream out) {
      super(out);
    }

    @Override
    public void write(byte[] bytes, int from, int length) throws IOException {
      out.write(bytes, from, length);
    }

    @Override
    public void close() throws IOException {
      out.flush();
    }
  }
}
