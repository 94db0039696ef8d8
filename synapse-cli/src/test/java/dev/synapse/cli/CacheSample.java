package dev.synapse.cli;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/// What a build would have left in a store.
final class CacheSample {
  private CacheSample() {}

  /// Registers an output that refers to `reference`.
  static StorePath output(LocalStore store, Path tree, StorePath reference) throws IOException {
    StorePath path =
        StoreDirectory.NIX.outputPath(
            "out", Hash.of(HashAlgorithm.SHA256, new byte[] {1}), "output");
    Files.createDirectories(tree.resolve("bin"));
    Files.writeString(tree.resolve("bin/run"), "cat " + reference + "\n");
    store.adopt(tree, path);
    store.registerOutputs(
        List.of(
            PathInfo.of(
                path,
                Nar.hash(store.physical(path)),
                List.of(reference),
                new PathInfo.Origin(Optional.empty(), 1, true, List.of(), Optional.empty()))));
    return path;
  }
}
