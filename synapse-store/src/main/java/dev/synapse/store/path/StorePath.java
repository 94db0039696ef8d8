package dev.synapse.store.path;

import dev.synapse.store.hash.Nix32;

/// A direct child of the store directory: 32 nix32 digits and a name, written `<digest>-<name>`.
/// Which directory that is, a [StoreDirectory] knows; it is `/nix/store` unless someone says
/// otherwise. The order is that of the written form.
///
/// @param digest 32 digits of nix32
/// @param name 1 to 211 of `A-Z a-z 0-9 + - . _ ? =`, not `.` or `..`, nor starting `.-` or `..-`
/// @see <a href="https://nix.dev/manual/nix/latest/store/store-path">Nix manual, Store Path</a>
public record StorePath(String digest, String name) implements Comparable<StorePath> {
  /// The number of digits before the name.
  public static final int DIGEST_LENGTH = 32;

  private static final int LONGEST_NAME = 211;
  private static final String DERIVATION_SUFFIX = ".drv";

  /// Refuses a digest or a name that no store path has.
  public StorePath {
    if (!isDigest(digest)) {
      throw new IllegalArgumentException("invalid store path digest '" + digest + "'");
    }
    if (!isName(name)) {
      throw new IllegalArgumentException("invalid store path name '" + name + "'");
    }
  }

  /// Reads a path below `/nix/store`. Doubled slashes, `.` components and slashes at the end do not
  /// count; a path further down is refused.
  public static StorePath parse(String text) throws StorePathException {
    return StoreDirectory.NIX.parse(text);
  }

  /// Reads `<digest>-<name>`.
  public static StorePath ofBaseName(String text) throws StorePathException {
    return ofBaseName(text, text);
  }

  static StorePath ofBaseName(String baseName, String whole) throws StorePathException {
    if (baseName.length() <= DIGEST_LENGTH
        || baseName.charAt(DIGEST_LENGTH) != '-'
        || !isDigest(baseName.substring(0, DIGEST_LENGTH))) {
      throw new StorePathException(new StorePathProblem.BadDigest(whole));
    }
    String name = baseName.substring(DIGEST_LENGTH + 1);
    if (!isName(name)) {
      throw new StorePathException(new StorePathProblem.BadName(whole, name));
    }
    return new StorePath(baseName.substring(0, DIGEST_LENGTH), name);
  }

  /// Whether something in the store may be called `name`.
  public static boolean isName(String name) {
    if (name.isEmpty() || name.length() > LONGEST_NAME) {
      return false;
    }
    for (int index = 0; index < name.length(); index++) {
      if (!isNameCharacter(name.charAt(index))) {
        return false;
      }
    }
    return !(name.equals(".")
        || name.equals("..")
        || name.startsWith(".-")
        || name.startsWith("..-"));
  }

  private static boolean isNameCharacter(char character) {
    return (character >= 'a' && character <= 'z')
        || (character >= 'A' && character <= 'Z')
        || (character >= '0' && character <= '9')
        || "+-._?=".indexOf(character) >= 0;
  }

  private static boolean isDigest(String digest) {
    if (digest.length() != DIGEST_LENGTH) {
      return false;
    }
    for (int index = 0; index < DIGEST_LENGTH; index++) {
      if (!Nix32.isDigit(digest.charAt(index))) {
        return false;
      }
    }
    return true;
  }

  /// The name of the file in the store directory: `<digest>-<name>`.
  public String baseName() {
    return digest + "-" + name;
  }

  /// Whether this is the file of a derivation.
  public boolean isDerivation() {
    return name.endsWith(DERIVATION_SUFFIX);
  }

  @Override
  public int compareTo(StorePath other) {
    int byDigest = digest.compareTo(other.digest);
    return byDigest != 0 ? byDigest : name.compareTo(other.name);
  }

  /// The whole path, below `/nix/store`.
  @Override
  public String toString() {
    return StoreDirectory.NIX.pathOf(this);
  }
}
