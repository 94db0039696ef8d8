package dev.synapse.store.transfer;

import dev.synapse.store.bytes.TeeStream;
import dev.synapse.store.graph.DependencyOrder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.SortedSet;

/// Writes paths of a store as one stream that `nix-store --import` reads, the same bytes as
/// `nix-store --export` writes: for each the number 1, its archive, `NIXE`, the path, its
/// references, its deriver or nothing, and 0; then 0. Numbers are of 8 bytes, the lowest first;
/// texts and archives are filled up to multiples of 8.
public final class StoreExport {
  static final long MAGIC = 0x4558494e;
  static final int WORD = Long.BYTES;

  private final LocalStore store;
  private final OutputStream out;

  private StoreExport(LocalStore store, OutputStream out) {
    this.store = store;
    this.out = out;
  }

  /// Writes exactly these valid paths, each after those of them that it refers to. Fails when one
  /// turns out to be modified, when it has been written already: nobody should take such a stream
  /// as whole, and it has no end.
  public static void write(LocalStore store, Collection<StorePath> paths, OutputStream out)
      throws IOException {
    StoreExport export = new StoreExport(store, out);
    for (StorePath path : DependencyOrder.of(paths, store::references)) {
      export.record(path);
    }
    export.number(0);
    out.flush();
  }

  private void record(StorePath path) throws IOException {
    PathInfo info =
        store.find(path).orElseThrow(() -> new StoreException(new StoreProblem.NotValid(path)));
    number(1);
    try (NarHasher hasher = new NarHasher()) {
      Nar.write(store.physical(path), new TeeStream(out, hasher));
      NarHash actual = hasher.finish();
      if (!actual.hash().equals(info.narHash())) {
        throw new TransferException(
            new TransferProblem.Modified(path, info.narHash(), actual.hash()));
      }
    }
    number(MAGIC);
    text(path.toString());
    SortedSet<StorePath> references = info.references();
    number(references.size());
    for (StorePath reference : references) {
      text(reference.toString());
    }
    text(info.deriver().map(StorePath::toString).orElse(""));
    number(0);
  }

  private void number(long value) throws IOException {
    out.write(ByteBuffer.allocate(WORD).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
  }

  private void text(String text) throws IOException {
    byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
    number(bytes.length);
    out.write(bytes);
    out.write(new byte[-bytes.length & (WORD - 1)]);
  }
}
