package dev.synapse.build.debian;

import dev.synapse.store.local.Deletion;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.UUID;

/// A folder made beside its place, then renamed: nobody ever sees half of it.
final class Staging implements AutoCloseable {
  private final Path target;
  private final Path beside;

  Staging(Path target) {
    if (Files.exists(target, LinkOption.NOFOLLOW_LINKS)) {
      throw new IllegalArgumentException("'" + target + "' is there already");
    }
    this.target = target;
    this.beside =
        target.resolveSibling("." + target.getFileName() + "-" + UUID.randomUUID() + ".partial");
  }

  Path path() {
    return beside;
  }

  void commit() throws IOException {
    Files.move(beside, target, StandardCopyOption.ATOMIC_MOVE);
  }

  @Override
  public void close() throws IOException {
    Deletion.delete(beside);
  }
}
