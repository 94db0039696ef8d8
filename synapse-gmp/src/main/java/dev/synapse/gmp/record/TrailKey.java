package dev.synapse.gmp.record;

import dev.synapse.gmp.sign.KeyKind;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.VerifyKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/// The key of this machine's trail, and of what it attests: made when it is first needed, readable
/// by its owner alone.
public final class TrailKey {
  private static final String NAME = "trail";
  private static final String PUBLIC = NAME + ".pub";
  private static final String PUBLIC_PEM = NAME + ".pem";

  private final Path folder;

  /// @param folder where keys lie
  public TrailKey(Path folder) {
    this.folder = folder;
  }

  /// The key, made if there is none.
  public SignKey get() throws IOException, RecordException {
    Path file = folder.resolve(NAME);
    if (!Files.exists(file)) {
      make(file);
    }
    try {
      return SignKey.parse(Files.readString(file));
    } catch (SignException e) {
      throw RecordException.malformed("'%s'".formatted(file), e.problem().message());
    }
  }

  /// The public half; empty when there is no key yet.
  public Optional<VerifyKey> verifyKey() throws IOException, RecordException {
    return Files.exists(folder.resolve(NAME)) ? Optional.of(get().verifyKey()) : Optional.empty();
  }

  /// Whole or not at all: whoever is first makes it, all others take that one.
  private void make(Path file) throws IOException {
    Files.createDirectories(folder);
    SignKey key = SignKey.generate(KeyKind.ED25519);
    Path part =
        Files.createTempFile(
            folder,
            NAME,
            ".part",
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    try {
      Files.writeString(part, key.toOpenSsh("synapse trail"));
      Files.createLink(file, part);
      replace(PUBLIC, key.verifyKey().line() + " synapse trail\n");
      replace(PUBLIC_PEM, key.verifyKey().pem());
    } catch (java.nio.file.FileAlreadyExistsException _) {
      // Another process was first.
    } finally {
      Files.deleteIfExists(part);
    }
  }

  private void replace(String name, String text) throws IOException {
    Path part = Files.createTempFile(folder, name, ".part");
    Files.writeString(part, text);
    Files.move(part, folder.resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }
}
