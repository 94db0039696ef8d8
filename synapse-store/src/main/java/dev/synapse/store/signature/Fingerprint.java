package dev.synapse.store.signature;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StorePath;
import java.util.Collection;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// The text that is signed for a store path: `1;PATH;sha256:NIX32;SIZE;REFERENCE,REFERENCE`, with
/// whole paths. It says nothing of where the archive lies or who built it.
///
/// @see <a href="https://nix.dev/manual/nix/latest/protocols/nix-archive">Nix manual, protocols</a>
public final class Fingerprint {
  private Fingerprint() {}

  /// The text for `path`.
  ///
  /// @param references with the path itself if it refers to itself, in any order
  public static ByteString of(StorePath path, NarHash nar, Collection<StorePath> references) {
    return ByteString.of(
        "1;%s;%s;%d;%s"
            .formatted(
                path,
                nar.hash().prefixedNix32(),
                nar.size(),
                new TreeSet<>(references)
                    .stream().map(StorePath::toString).collect(Collectors.joining(","))));
  }
}
