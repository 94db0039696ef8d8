package dev.synapse.build.lock;

import static java.util.Objects.requireNonNull;

import dev.synapse.build.manifest.Coordinates;
import dev.synapse.store.hash.Hash;
import java.util.List;

/// What an input is, to the byte.
public sealed interface LockedInput {
  /// Whether the store holds the unpacked archive; otherwise the file.
  boolean unpack();

  /// The hash of the file that is fetched.
  Hash sha256();

  /// The hash of what lies in the store: that of the unpacked tree, or of the file as an archive.
  Hash narHash();

  /// The last part of its name in the store.
  String storeName();

  /// A file of a Maven repository.
  ///
  /// @param asked what the manifest asked for; its version may be a pattern
  /// @param path where the file is below the repository
  record Artifact(
      Coordinates asked, String repository, String path, boolean unpack, Hash sha256, Hash narHash)
      implements LockedInput {

    /// Refuses a path that leaves the repository.
    public Artifact {
      requireNonNull(asked, "asked");
      requireNonNull(sha256, "sha256");
      requireNonNull(narHash, "narHash");
      Places.requireRepository(repository);
      Places.requirePath(path);
    }

    @Override
    public String storeName() {
      return path.substring(path.lastIndexOf('/') + 1);
    }
  }

  /// A file at the addresses that the manifest has.
  ///
  /// @param storeName a valid name of a store object
  record Url(List<String> urls, String storeName, boolean unpack, Hash sha256, Hash narHash)
      implements LockedInput {

    /// Refuses an input without address.
    public Url {
      requireNonNull(storeName, "storeName");
      requireNonNull(sha256, "sha256");
      requireNonNull(narHash, "narHash");
      urls = List.copyOf(urls);
      if (urls.isEmpty()) {
        throw new IllegalArgumentException("no url for " + storeName);
      }
    }
  }
}
