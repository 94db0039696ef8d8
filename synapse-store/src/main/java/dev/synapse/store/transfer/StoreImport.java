package dev.synapse.store.transfer;

import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  private final LocalStore store;
  private final ExportReader reader;
  private final Clock clock;
  private final Consumer<StorePath> imported;
  private final Map<StorePath, LocalStore.Restored> waiting = new LinkedHashMap<>();
  private final List<StorePath> seen = new ArrayList<>();

  private StoreImport(LocalStore store, InputStream in, Clock clock, Consumer<StorePath> imported) {
    this.store = store;
    this.reader = new ExportReader(in);
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
    new StoreImport(store, in, clock, imported).all();
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
    Path tree = scratch.path().resolve("tree" + count);
    Optional<ExportReader.Entry> read = reader.next(tree);
    if (read.isEmpty()) {
      return false;
    }
    ExportReader.Entry entry = read.get();
    StorePath path = entry.path();
    for (StorePath reference : entry.references()) {
      if (!reference.equals(path) && !waiting.containsKey(reference) && !store.isValid(reference)) {
        throw new StoreException(new StoreProblem.InvalidReference(path, reference));
      }
    }
    PathInfo.Origin origin =
        new PathInfo.Origin(
            entry.deriver(), clock.instant().getEpochSecond(), false, List.of(), Optional.empty());
    store.addTemporaryRoot(path);
    PathInfo info = PathInfo.of(path, entry.nar(), entry.references(), origin);
    LocalStore.Restored _ = waiting.putIfAbsent(path, new LocalStore.Restored(info, tree));
    seen.add(path);
    return true;
  }
}
