package dev.synapse.store.path;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.Nix32;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/// Where store paths say they are. The directory is part of what each path is computed from, so
/// another directory gives other digests; where the files really lie does not matter.
///
/// A digest is the SHA-256 of a *fingerprint*, a line of text, folded to 20 bytes. The
/// `…Fingerprint` methods give that text, their namesakes the path.
///
/// @param directory absolute, without a slash at its end
/// @see <a href="https://nix.dev/manual/nix/latest/protocols/store-path">Nix manual, Complete Store
///   Path Calculation</a>
public record StoreDirectory(String directory) {
  /// The directory that everyone uses.
  public static final StoreDirectory NIX = new StoreDirectory("/nix/store");

  private static final int FOLDED_SIZE = 20;

  /// Refuses what is no canonical absolute path.
  public StoreDirectory {
    if (directory.length() < 2 || !directory.equals(canonical(directory))) {
      throw new IllegalArgumentException("invalid store directory '" + directory + "'");
    }
  }

  /// Reads a path that is directly below this directory. Doubled slashes, `.` components and
  /// slashes at the end do not count.
  public StorePath parse(String text) throws StorePathException {
    String path = canonical(text);
    int slash = path.lastIndexOf('/');
    if (slash < 0 || !path.substring(0, slash).equals(directory)) {
      throw new StorePathException(new StorePathProblem.NotInStore(text, directory));
    }
    return StorePath.ofBaseName(path.substring(slash + 1), text);
  }

  /// Reads a path that is somewhere inside something in the store, and gives that something.
  public StorePath parseInside(String text) throws StorePathException {
    String path = canonical(text);
    if (!path.startsWith(directory + "/")) {
      throw new StorePathException(new StorePathProblem.NotInStore(text, directory));
    }
    int start = directory.length() + 1;
    int slash = path.indexOf('/', start);
    return StorePath.ofBaseName(path.substring(start, slash < 0 ? path.length() : slash), text);
  }

  /// The text with `..` left alone: a path that needs it is not written by us and gets refused.
  private static String canonical(String text) {
    StringBuilder path = new StringBuilder();
    if (!text.startsWith("/")) {
      return text;
    }
    for (String component : text.split("/", -1)) {
      if (!component.isEmpty() && !component.equals(".")) {
        path.append('/').append(component);
      }
    }
    return path.toString();
  }

  /// The whole path.
  public String pathOf(StorePath path) {
    return directory + "/" + path.baseName();
  }

  /// The path of a text, or of the file of a derivation.
  ///
  /// @param contents SHA-256 of the bytes
  /// @param references what the text refers to, in any order
  public StorePath textPath(String name, Hash contents, Collection<StorePath> references) {
    return path(textFingerprint(name, contents, references), name);
  }

  /// The fingerprint of [#textPath].
  public String textFingerprint(String name, Hash contents, Collection<StorePath> references) {
    return fingerprint("text" + listed(references), contents, name);
  }

  /// The path of a tree that is known by its NAR.
  ///
  /// @param nar SHA-256 of the NAR, modulo the path's own digest if `self`
  /// @param references what the tree refers to, without itself, in any order
  /// @param self whether the tree refers to itself
  public StorePath sourcePath(
      String name, Hash nar, Collection<StorePath> references, boolean self) {
    return path(sourceFingerprint(name, nar, references, self), name);
  }

  /// The fingerprint of [#sourcePath].
  public String sourceFingerprint(
      String name, Hash nar, Collection<StorePath> references, boolean self) {
    return fingerprint("source" + listed(references) + (self ? ":self" : ""), nar, name);
  }

  /// The path of what has the given hash and refers to nothing.
  ///
  /// @param recursive whether `hash` is that of the NAR, else that of the file's bytes
  public StorePath fixedPath(String name, boolean recursive, Hash hash) {
    return path(fixedFingerprint(name, recursive, hash), name);
  }

  /// The path of what has the given hash. References are for NARs with a SHA-256 only.
  ///
  /// @param recursive whether `hash` is that of the NAR, else that of the file's bytes
  public StorePath fixedPath(
      String name, boolean recursive, Hash hash, Collection<StorePath> references, boolean self) {
    if (recursive && hash.algorithm() == HashAlgorithm.SHA256) {
      return sourcePath(name, hash, references, self);
    }
    if (!references.isEmpty() || self) {
      throw new IllegalArgumentException(
          "'%s' has references, which only a tree with a sha256 may have".formatted(name));
    }
    return fixedPath(name, recursive, hash);
  }

  /// The fingerprint of [#fixedPath(String, boolean, Hash)].
  public String fixedFingerprint(String name, boolean recursive, Hash hash) {
    if (recursive && hash.algorithm() == HashAlgorithm.SHA256) {
      return sourceFingerprint(name, hash, List.of(), false);
    }
    return fingerprint("output:out", sha256(fixedInner(recursive, hash)), name);
  }

  /// The text that is hashed into the fingerprint of a fixed path which is no source.
  static String fixedInner(boolean recursive, Hash hash) {
    return "fixed:out:" + (recursive ? "r:" : "") + hash.prefixedHex() + ":";
  }

  /// The path that the content address, the name and the references give.
  ///
  /// @param references without the path itself
  /// @param self whether the path refers to itself
  public StorePath pathOf(
      ContentAddress address, String name, Collection<StorePath> references, boolean self) {
    return switch (address) {
      case ContentAddress.Text(var hash) -> {
        if (self) {
          throw new IllegalArgumentException("the text '" + name + "' cannot refer to itself");
        }
        yield textPath(name, hash, references);
      }
      case ContentAddress.Fixed(var recursive, var hash) ->
          fixedPath(name, recursive, hash, references, self);
    };
  }

  /// The path of an output of a derivation.
  ///
  /// @param output the output's name, such as `out`
  /// @param modulo the derivation's hash modulo its fixed inputs, own paths masked
  /// @param derivation the derivation's name, without `.drv`
  public StorePath outputPath(String output, Hash modulo, String derivation) {
    return path(outputFingerprint(output, modulo, derivation), outputName(output, derivation));
  }

  /// The fingerprint of [#outputPath].
  public String outputFingerprint(String output, Hash modulo, String derivation) {
    return fingerprint("output:" + output, modulo, outputName(output, derivation));
  }

  /// The name of the path of an output: that of the derivation, with `-output` unless it is `out`.
  public static String outputName(String output, String derivation) {
    return output.equals("out") ? derivation : derivation + "-" + output;
  }

  private StorePath path(String fingerprint, String name) {
    return new StorePath(Nix32.encode(sha256(fingerprint).fold(FOLDED_SIZE)), name);
  }

  private String fingerprint(String type, Hash inner, String name) {
    if (inner.algorithm() != HashAlgorithm.SHA256) {
      throw new IllegalArgumentException("a store path comes from a sha256, not from " + inner);
    }
    return type + ":" + inner.prefixedHex() + ":" + directory + ":" + name;
  }

  private String listed(Collection<StorePath> references) {
    StringBuilder text = new StringBuilder();
    for (StorePath reference : new TreeSet<>(references)) {
      text.append(':').append(pathOf(reference));
    }
    return text.toString();
  }

  private static Hash sha256(String text) {
    return Hash.of(HashAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8));
  }

  /// The same as [#directory()].
  @Override
  public String toString() {
    return directory;
  }
}
