package dev.synapse.store.local;

import dev.synapse.store.path.StorePath;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;

/// What builders said, one compressed file for each derivation, where `nix log` looks.
public final class BuildLogs {
  private static final int FOLDER_LENGTH = 2;

  /// The bytes of a block, by which its size is counted.
  private static final long BLOCK_UNIT = 100_000;

  private final Path folder;

  BuildLogs(Path folder) {
    this.folder = folder;
  }

  /// Where the log of `derivation` is, or would be.
  public Path path(StorePath derivation) {
    String name = derivation.baseName();
    return folder
        .resolve(name.substring(0, FOLDER_LENGTH))
        .resolve(name.substring(FOLDER_LENGTH) + ".bz2");
  }

  /// Takes what the builder of `derivation` says, uncompressed. The log replaces the one before
  /// when it is closed; of a process that dies no log stays.
  public OutputStream writer(StorePath derivation) throws IOException {
    return writer(derivation, BZip2CompressorOutputStream.MAX_BLOCKSIZE * BLOCK_UNIT);
  }

  /// The same.
  ///
  /// @param size how many bytes it says; the compressor takes some times as much memory
  public OutputStream writer(StorePath derivation, long size) throws IOException {
    int blocks =
        Math.clamp(
            Math.ceilDiv(size, BLOCK_UNIT),
            BZip2CompressorOutputStream.MIN_BLOCKSIZE,
            BZip2CompressorOutputStream.MAX_BLOCKSIZE);
    Path log = path(derivation);
    Files.createDirectories(log.getParent());
    Path unfinished = Files.createTempFile(log.getParent(), ".log", null);
    OutputStream compressed =
        new BZip2CompressorOutputStream(
            new BufferedOutputStream(Files.newOutputStream(unfinished)), blocks);
    return new FilterOutputStream(compressed) {
      private boolean open = true;

      @Override
      public void write(byte[] bytes, int from, int length) throws IOException {
        out.write(bytes, from, length);
      }

      @Override
      public void close() throws IOException {
        if (open) {
          open = false;
          super.close();
          SystemCalls.changeMode(unfinished, Mode.PUBLIC_FILE);
          Files.move(unfinished, log, StandardCopyOption.ATOMIC_MOVE);
        }
      }
    };
  }

  /// The log of `derivation`, uncompressed; empty if there is none.
  public Optional<InputStream> reader(StorePath derivation) throws IOException {
    try {
      return Optional.of(
          new BZip2CompressorInputStream(
              new BufferedInputStream(Files.newInputStream(path(derivation))), true));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }
}
