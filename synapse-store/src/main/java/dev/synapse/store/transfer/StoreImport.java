package dev.synapse.store.transfer;

import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
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
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Consumer;

/// Reads a stream as [StoreExport] and `nix-store --export` write it, and makes its paths valid.
///
/// Such a stream says nothing of the hashes of what it holds, and no signature covers it: it is to
/// be trusted as whoever gave it is. What can be checked is: the form of archives, that references
/// are valid, that derivations have the output paths that follow from them.
///
/// Paths become valid some dozens at a time, which spares waiting for the disk, in the order of the
/// stream; when it is damaged those before the damage stay, as with Nix.
public final class StoreImport {
  private static final int TOGETHER = 64;
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_TEXT = 4096;

  private final LocalStore store;
  private final InputStream in;
  private final Clock clock;
  private final Consumer<StorePath> imported;
  private final Map<StorePath, LocalStore.Restored> waiting = new LinkedHashMap<>();
  private final List<StorePath> seen = new ArrayList<>();

  private StoreImport(LocalStore store, InputStream in, Clock clock, Consumer<StorePath> imported) {
    this.store = store;
    this.in = in;
    this.clock = clock;
    this.imported = imported;
  }

  /// Makes all paths of the stream valid, up to its end; what follows that is not used.
  ///
  /// @param clock what says when they became valid
  /// @param imported is told each path of the stream, in its order, when it is valid
  public static void read(
      LocalStore store, InputStream in, Clock clock, Consumer<StorePath> imported)
      throws IOException {
    new StoreImport(store, new BufferedInputStream(in, BUFFER), clock, imported).all();
  }

  private void all() throws IOException {
    try (BuildDirectory scratch = store.newBuildDirectory("import")) {
      try {
        for (int count = 0; record(scratch, count); count++) {
          if (waiting.size() == TOGETHER) {
            adopt();
          }
        }
      } catch (IOException e) {
        try {
          adopt();
        } catch (IOException second) {
          e.addSuppressed(second);
        }
        throw e;
      }
      adopt();
    }
  }

  private void adopt() throws IOException {
    try {
      store.adoptRestored(waiting);
      seen.forEach(imported);
    } finally {
      waiting.clear();
      seen.clear();
    }
  }

  private boolean record(BuildDirectory scratch, int count) throws IOException {
    long more = number();
    if (more == 0) {
      return false;
    }
    if (more != 1) {
      throw new TransferException(new TransferProblem.NoRecord(more));
    }
    var tree = scratch.path().resolve("tree" + count);
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
    for (StorePath reference : references) {
      if (!reference.equals(path) && !waiting.containsKey(reference) && !store.isValid(reference)) {
        throw new StoreException(new StoreProblem.InvalidReference(path, reference));
      }
    }
    String deriver = text();
    if (number() == 1) {
      String _ = text(); // a signature of a kind that nobody reads any more
    }
    PathInfo.Origin origin =
        new PathInfo.Origin(
            deriver.isEmpty() ? Optional.empty() : Optional.of(path(deriver)),
            clock.instant().getEpochSecond(),
            false,
            List.of(),
            Optional.empty());
    store.addTemporaryRoot(path);
    LocalStore.Restored _ =
        waiting.putIfAbsent(
            path, new LocalStore.Restored(PathInfo.of(path, nar, references, origin), tree));
    seen.add(path);
    return true;
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
