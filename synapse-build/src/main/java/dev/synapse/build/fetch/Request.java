package dev.synapse.build.fetch;

import dev.synapse.store.hash.Hash;
import java.net.URI;
import java.util.OptionalLong;

/// One file that is wanted, and how to know it.
///
/// @param origin where it can be had
/// @param sha256 the SHA-256 of its bytes
/// @param size its length in bytes, when known; a longer answer is cut off at once
public record Request(Origin origin, Hash sha256, OptionalLong size) {
  /// A file whose length is not known.
  public static Request of(URI address, Hash sha256) {
    return new Request(Origin.of(address), sha256, OptionalLong.empty());
  }

  /// A file of a named repository.
  public static Request of(String repository, String path, Hash sha256, long size) {
    return new Request(Origin.of(repository, path), sha256, OptionalLong.of(size));
  }
}
