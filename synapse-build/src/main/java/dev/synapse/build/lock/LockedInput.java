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
  /// @param coordinates what the manifest asked for
  record Artifact(
      Coordinates coordinates, String repository, boolean unpack, Hash sha256, Hash narHash)
      implements LockedInput {

    /// Refuses what is no name of a repository.
    public Artifact {
      requireNonNull(coordinates, "coordinates");
      requireNonNull(sha256, "sha256");
      requireNonNull(narHash, "narHash");
      Places.requireRepository(repository);
    }

    /// Where it is below the repository.
    public String path() {
      return coordinates.path();
    }

    @Override
    public String storeName() {
      return coordinates.fileName();
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
