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
  /// What the address of a text begins with.
  String TEXT = "text:";

  /// What an address of a file's bytes begins with.
  String FLAT = "fixed:";

  /// What an address of an archive begins with.
  String RECURSIVE = FLAT + "r:";

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
      return TEXT + hash.prefixedNix32();
    }
  }

  /// A source, or what was fetched or built to a hash known before.
  ///
  /// @param recursive whether the hash is that of the NAR, else that of the file's bytes
  record Fixed(boolean recursive, Hash hash) implements ContentAddress {
    @Override
    public String toString() {
      return (recursive ? RECURSIVE : FLAT) + hash.prefixedNix32();
    }
  }

  /// The hash inside.
  Hash hash();

  /// Reads the written form; after the algorithm any encoding of the digits is taken.
  static ContentAddress parse(String text) throws StorePathException {
    try {
      if (text.startsWith(TEXT)) {
        return new Text(Hash.parse(hashAfter(TEXT, text), HashAlgorithm.SHA256));
      }
      if (text.startsWith(RECURSIVE)) {
        return new Fixed(true, Hash.parse(hashAfter(RECURSIVE, text)));
      }
      if (text.startsWith(FLAT)) {
        return new Fixed(false, Hash.parse(hashAfter(FLAT, text)));
      }
    } catch (HashFormatException e) {
      throw new StorePathException(
          new StorePathProblem.BadContentAddress(text, e.problem().message()));
    }
    throw new StorePathException(
        new StorePathProblem.BadContentAddress(text, "it should start with 'text:' or 'fixed:'"));
  }

  private static String hashAfter(String method, String text) throws StorePathException {
    String hash = text.substring(method.length());
    if (hash.indexOf(':') < 0) {
      throw new StorePathException(
          new StorePathProblem.BadContentAddress(text, "no algorithm before the hash"));
    }
    return hash;
  }
}
