package dev.synapse.build.rebuild;

import dev.synapse.build.archive.Archive;
import dev.synapse.build.archive.Decompression;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;

/// What a file is, as far as it can be looked into; told by its first bytes, not by its name.
enum Format {
  ZIP,
  TAR,
  AR,
  /// gzip, xz, zstd or bzip2.
  COMPRESSED,
  /// Nothing of these.
  PLAIN;

  private static final byte[] AR_START = "!<arch>\n".getBytes(StandardCharsets.US_ASCII);

  static Format of(Path file) throws IOException {
    byte[] start;
    try (InputStream in = Files.newInputStream(file)) {
      start = in.readNBytes(Archive.TAR_BLOCK);
    }
    if (Archive.startsZip(start)) {
      return ZIP;
    }
    if (start.length >= AR_START.length
        && Arrays.equals(start, 0, AR_START.length, AR_START, 0, AR_START.length)) {
      return AR;
    }
    if (Decompression.format(start).isPresent()) {
      return COMPRESSED;
    }
    return Archive.startsTar(start) ? TAR : PLAIN;
  }

  /// Opens a file of this format, which is one that has entries.
  OpenArchive open(Path file) throws IOException {
    return switch (this) {
      case ZIP -> new ZipContents(file);
      case TAR -> new TarContents(file);
      case AR -> new ArContents(file);
      case COMPRESSED, PLAIN -> throw new IllegalStateException(this + " has no entries");
    };
  }
}
