package dev.synapse.store.transfer;

import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Reads a stream as [StoreExport] and `nix-store --export` write it, one store object after the
/// other. Whether any of it is to be believed is for the caller to say.
public final class ExportReader {
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_TEXT = 4096;

  private final InputStream in;

  /// Reads `in`, no further than to the end of the export, but for what a buffer takes.
  public ExportReader(InputStream in) {
    this.in = new BufferedInputStream(in, BUFFER);
  }

  /// One store object.
  ///
  /// @param nar hash and size of the archive that was read
  public record Entry(
      StorePath path, NarHash nar, SortedSet<StorePath> references, Optional<StorePath> deriver) {}

  /// Restores the next object to `tree`, where nothing is; empty at the end of the stream.
  ///
  /// @throws TransferException when the stream is not one, damaged, or cut
  public Optional<Entry> next(Path tree) throws IOException {
    long more = number();
    if (more == 0) {
      return Optional.empty();
    }
    if (more != 1) {
      throw new TransferException(new TransferProblem.NoRecord(more));
    }
    NarHash nar = Nar.restoreHashing(in, tree);
    long magic = number();
    if (magic != StoreExport.MAGIC) {
      throw new TransferException(new TransferProblem.NoTrailer(magic));
    }
    StorePath path = path(text());
    SortedSet<StorePath> references = new TreeSet<>();
    for (long left = number(); left != 0; left--) {
      references.add(path(text()));
    }
    String deriver = text();
    if (number() == 1) {
      String _ = text(); // a signature of a kind that nobody reads any more
    }
    return Optional.of(
        new Entry(
            path,
            nar,
            references,
            deriver.isEmpty() ? Optional.empty() : Optional.of(path(deriver))));
  }

  private static StorePath path(String text) throws TransferException {
    try {
      return StorePath.parse(text);
    } catch (StorePathException e) {
      throw new TransferException(new TransferProblem.BadPath(text, e.problem().message()));
    }
  }

  private byte[] bytes(int length) throws IOException {
    byte[] bytes;
    try {
      bytes = in.readNBytes(length);
    } catch (EOFException _) {
      throw new TransferException(new TransferProblem.Truncated());
    }
    if (bytes.length < length) {
      throw new TransferException(new TransferProblem.Truncated());
    }
    return bytes;
  }

  private long number() throws IOException {
    return ByteBuffer.wrap(bytes(StoreExport.WORD)).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private String text() throws IOException {
    long length = number();
    if (length < 0 || length > LONGEST_TEXT) {
      throw new TransferException(new TransferProblem.BadText(length));
    }
    String text = new String(bytes((int) length), StandardCharsets.UTF_8);
    for (byte each : bytes((int) -length & (StoreExport.WORD - 1))) {
      if (each != 0) {
        throw new TransferException(new TransferProblem.BadText(length));
      }
    }
    return text;
  }
}
