package dev.synapse.build.maven;

import dev.synapse.build.fetch.UnfinishedFile;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.Optional;

/// A folder of files, each named by the SHA-256 of its content.
///
/// A file is written beside its place and renamed, so another process, or the next run after a
/// kill, never takes half a file for a whole one. Content is hashed again whenever it is used: a
/// damaged file is removed and counts as absent.
public final class ArtifactCache {
  private static final int BUFFER = 1 << 16;

  private final Path folder;

  /// Makes the folder if need be, and removes what killed processes left unfinished in it.
  public ArtifactCache(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
    UnfinishedFile.removeLeftovers(folder);
  }

  /// A file of the cache.
  ///
  /// @param sha1 for Maven, whose checksum files hold it
  /// @param size in bytes
  public record Entry(Path file, Hash sha256, Hash sha1, long size) {}

  /// The content with that hash, read and found intact.
  public Optional<Entry> find(Hash sha256) throws IOException {
    Path file = folder.resolve(sha256.toHex());
    try (InputStream in = Files.newInputStream(file)) {
      Entry found = copy(in, OutputStream.nullOutputStream(), file);
      if (found.sha256().equals(sha256)) {
        return Optional.of(found);
      }
    } catch (NoSuchFileException e) {
      return Optional.empty();
    }
    Files.deleteIfExists(file);
    return Optional.empty();
  }

  /// Reads the stream to its end and keeps what it held. Nothing is kept if reading fails.
  public Entry add(InputStream content) throws IOException {
    Path part = UnfinishedFile.in(folder);
    try {
      Entry added;
      try (OutputStream out = Files.newOutputStream(part)) {
        added = copy(content, out, part);
      }
      Path file = folder.resolve(added.sha256().toHex());
      Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
      return new Entry(file, added.sha256(), added.sha1(), added.size());
    } finally {
      Files.deleteIfExists(part);
    }
  }

  /// Hashes what it copies.
  static Entry copy(InputStream in, OutputStream out, Path file) throws IOException {
    MessageDigest sha256 = HashAlgorithm.SHA256.newDigest();
    MessageDigest sha1 = HashAlgorithm.SHA1.newDigest();
    byte[] buffer = new byte[BUFFER];
    long size = 0;
    for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
      sha256.update(buffer, 0, read);
      sha1.update(buffer, 0, read);
      out.write(buffer, 0, read);
      size += read;
    }
    return new Entry(
        file,
        Hash.ofDigest(HashAlgorithm.SHA256, sha256.digest()),
        Hash.ofDigest(HashAlgorithm.SHA1, sha1.digest()),
        size);
  }

  /// The hash of a file's content.
  static Hash hash(HashAlgorithm algorithm, Path file) throws IOException {
    MessageDigest digest = algorithm.newDigest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(OutputStream.nullOutputStream());
    }
    return Hash.ofDigest(algorithm, digest.digest());
  }
}
