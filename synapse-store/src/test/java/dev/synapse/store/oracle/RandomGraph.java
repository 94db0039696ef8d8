package dev.synapse.store.oracle;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.local.BuildDirectory;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;

/// Fills a store with texts, derivations and outputs that refer to each other at random.
public final class RandomGraph {
  private static final int MOST_REFERENCES = 4;

  private final LocalStore store;
  private final Random random;
  private final List<StorePath> paths = new ArrayList<>();

  /// Fills `store`; the same `seed` gives the same.
  public RandomGraph(LocalStore store, long seed) {
    this.store = store;
    this.random = new Random(seed);
  }

  /// Everything that was made, in that order.
  public List<StorePath> paths() {
    return paths;
  }

  /// Adds until there are `size` paths, or one more.
  public void grow(int size) throws Exception {
    while (paths.size() < size) {
      if (random.nextInt(3) == 0) {
        derivation();
      } else {
        text();
      }
    }
  }

  private Set<StorePath> some() {
    Set<StorePath> some = new TreeSet<>();
    int count = paths.isEmpty() ? 0 : random.nextInt(MOST_REFERENCES);
    for (int index = 0; index < count; index++) {
      some.add(paths.get(random.nextInt(paths.size())));
    }
    return some;
  }

  private void text() throws Exception {
    Set<StorePath> references = some();
    StringBuilder text = new StringBuilder("text ").append(paths.size());
    text.append(" ".repeat(random.nextInt(5000)));
    references.forEach(text::append);
    paths.add(
        store.addText(
            text.toString().getBytes(StandardCharsets.UTF_8), "t" + paths.size(), references));
  }

  /// A derivation with two outputs, of which none, one or both are there, in a directory.
  private void derivation() throws Exception {
    var builder =
        Derivation.named("d" + paths.size())
            .system("x86_64-linux")
            .builder("/bin/sh")
            .env("n", "" + paths.size())
            .output("out")
            .output("dev");
    Set<StorePath> sources = new TreeSet<>();
    for (StorePath each : some()) {
      if (!each.isDerivation()) {
        sources.add(each);
        builder.source(each);
      }
    }
    Derivation derivation = builder.build(new DerivationHasher(store.derivations()));
    StorePath drv = store.addDerivation(derivation);
    paths.add(drv);
    for (StorePath output : derivation.outputPaths().values()) {
      if (random.nextBoolean()) {
        output(output, drv, sources);
      }
    }
  }

  private void output(StorePath path, StorePath drv, Set<StorePath> sources) throws Exception {
    Set<StorePath> references = new TreeSet<>(sources);
    references.add(path);
    try (BuildDirectory scratch = store.newBuildDirectory("graph")) {
      Path output = Files.createDirectory(scratch.path().resolve("output"));
      Path tree = Files.createDirectory(output.resolve("sub"));
      Files.writeString(tree.resolve("file"), references.toString());
      Files.writeString(tree.resolve("same"), "the same in every output");
      Files.createSymbolicLink(tree.resolve("link"), Path.of("file"));
      try (PathLocks _ = store.lock(List.of(path))) {
        store.adopt(output, path);
        store.registerOutputs(
            List.of(
                PathInfo.of(
                    path,
                    Nar.hash(store.physical(path)),
                    references,
                    PathInfo.Origin.builtBy(drv, 1_700_000_000L))));
      }
    }
    paths.add(path);
  }
}
