package dev.synapse.cli;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Which outputs of a derivation another build of it has shown not to be repeatable: kept in the
/// store, so that the next plain build does not release what was rejected. One output's name a
/// line.
record RebuildRecord(Path file) {
  private static final String AGREED = ".none";

  /// What was compared. Each has a record of its own: that one engine agrees with itself does not
  /// make two engines agree.
  enum Kind {
    /// Two builds of one engine.
    AGAIN(".differs"),
    /// A build of each engine.
    OTHER_ENGINE(".engines-differ");

    private final String suffix;

    Kind(String suffix) {
      this.suffix = suffix;
    }

    /// What a difference is in a batch record.
    String deviation() {
      return switch (this) {
        case AGAIN -> "not reproducible: built again, outputs differ";
        case OTHER_ENGINE -> "the engines differ: built by both, outputs differ";
      };
    }

    /// What an earlier comparison found, for people.
    String earlier(String packageName, Set<String> outputs) {
      return (switch (this) {
            case AGAIN ->
                "not reproducible: when %s was built again, %s differed; build --rebuild compares"
                    + " anew";
            case OTHER_ENGINE ->
                "the engines differ: when %s was built with both, %s differed; build --cross-check"
                    + " compares anew";
          })
          .formatted(packageName, String.join(", ", outputs));
    }
  }

  static RebuildRecord of(LocalStore store, StorePath derivation, Kind kind) {
    return new RebuildRecord(
        store.root().resolve("synapse/rebuilds").resolve(derivation.baseName() + kind.suffix));
  }

  /// The outputs that differed when this was last compared, of those that were judged.
  SortedSet<String> differing() throws IOException {
    return Files.exists(file) ? new TreeSet<>(Files.readAllLines(file)) : new TreeSet<>();
  }

  /// Whether another build gave the same outputs; empty when none was compared yet.
  Optional<Boolean> agrees() throws IOException {
    if (!differing().isEmpty()) {
      return Optional.of(false);
    }
    return Files.exists(agreement()) ? Optional.of(true) : Optional.empty();
  }

  private Path agreement() {
    return file.resolveSibling(file.getFileName() + AGREED);
  }

  /// Notes a rebuild in place of the one before.
  ///
  /// @param differed the outputs that were to be judged and were not the same
  void note(Set<String> differed) throws IOException {
    Path folder = requireNonNull(file.getParent());
    Files.createDirectories(folder);
    if (differed.isEmpty()) {
      Files.deleteIfExists(file);
      Files.write(agreement(), new byte[0]);
      return;
    }
    Files.deleteIfExists(agreement());
    Path part = Files.createTempFile(folder, "rebuild-", ".part");
    Files.write(part, new TreeSet<>(differed));
    Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
  }
}
