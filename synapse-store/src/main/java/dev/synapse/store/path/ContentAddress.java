package dev.synapse.store.path;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;

/// From which hash the path of something in the store was computed, for what is known by its
/// contents. Written `text:sha256:…`, `fixed:sha256:…` or `fixed:r:sha256:…` in nix32.
///
/// @see <a href="https://nix.dev/manual/nix/latest/store/store-object/content-address">Nix manual,
///   Content-Addressing Store Objects</a>
public sealed interface ContentAddress {
  /// A text or the file of a derivation.
  ///
  /// @param hash SHA-256 of the file's bytes
  record Text(Hash hash) implements ContentAddress {
    /// Refuses other algorithms.
    public Text {
      if (hash.algorithm() != HashAlgorithm.SHA256) {
        throw new IllegalArgumentException("a text is known by its sha256, not by " + hash);
      }
    }

    @Override
    public String toString() {
      return "text:" + hash.prefixedNix32();
    }
  }

  /// A source, or what was fetched or built to a hash known before.
  ///
  /// @param recursive whether the hash is that of the NAR, else that of the file's bytes
  record Fixed(boolean recursive, Hash hash) implements ContentAddress {
    @Override
    public String toString() {
      return "fixed:" + (recursive ? "r:" : "") + hash.prefixedNix32();
    }
  }

  /// The hash inside.
  Hash hash();

  /// Reads the written form; after the algorithm any encoding of the digits is taken.
  static ContentAddress parse(String text) throws StorePathException {
    try {
      if (text.startsWith("text:")) {
        return new Text(Hash.parse(prefixed(text, 5), HashAlgorithm.SHA256));
      }
      if (text.startsWith("fixed:r:")) {
        return new Fixed(true, Hash.parse(prefixed(text, 8)));
      }
      if (text.startsWith("fixed:")) {
        return new Fixed(false, Hash.parse(prefixed(text, 6)));
      }
    } catch (HashFormatException e) {
      throw new StorePathException(
          new StorePathProblem.BadContentAddress(text, e.problem().message()));
    }
    throw new StorePathException(
        new StorePathProblem.BadContentAddress(text, "it should start with 'text:' or 'fixed:'"));
  }

  private static String prefixed(String text, int start) throws StorePathException {
    String hash = text.substring(start);
    if (hash.indexOf(':') < 0) {
      throw new StorePathException(
          new StorePathProblem.BadContentAddress(text, "no algorithm before the hash"));
    }
    return hash;
  }
}
