package dev.synapse.store.cache;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/// A store with something to push: a text, a tree that refers to it, and an output, which does not
/// follow from its contents, that refers to both and to itself.
record Sample(StorePath text, StorePath other, StorePath output) {
  static final int PATHS = 3;
  static final int LARGE = 3_000_000;

  static Sample fill(LocalStore store, Path scratch) throws IOException {
    StorePath text = store.addText("text\n".getBytes(StandardCharsets.UTF_8), "text", Set.of());
    StorePath other =
        store.addText((text + "\n").getBytes(StandardCharsets.UTF_8), "other", Set.of(text));
    StorePath path =
        StoreDirectory.NIX.outputPath(
            "out", Hash.of(HashAlgorithm.SHA256, new byte[] {1}), "output");
    Path tree = Files.createDirectories(scratch.resolve("output-tree"));
    Files.createDirectories(tree.resolve("bin"));
    Files.writeString(tree.resolve("bin/run"), "#!/bin/sh\necho " + path + " " + other + "\n");
    Files.createSymbolicLink(tree.resolve("link"), Path.of("bin/run"));
    byte[] large = new byte[LARGE];
    new Random(7).nextBytes(large);
    java.util.Arrays.fill(large, LARGE / 3, LARGE, (byte) 'x');
    Files.write(tree.resolve("large"), large);
    store.adopt(tree, path);
    NarHash nar = Nar.hash(store.physical(path));
    store.registerOutputs(
        List.of(
            PathInfo.of(
                path,
                nar,
                List.of(path, other, text),
                new PathInfo.Origin(
                    Optional.of(new StorePath("0".repeat(32), "output.drv")),
                    1,
                    true,
                    List.of(),
                    Optional.empty()))));
    return new Sample(text, other, path);
  }
}
