package dev.synapse.build.realise;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationOutput;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.local.Canonical;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.local.StoreProblem;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.reference.ReferenceScanner;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// Looks at what a builder left: every output is there, is what its derivation promised, becomes
/// canonical, and is searched for references (nix-store-formats, sections 9.6 to 9.8).
final class OutputScan {
  private OutputScan() {}

  /// What a builder left is not what its derivation promised; the message is one line.
  static final class BadOutput extends Exception {
    private static final long serialVersionUID = 1L;

    BadOutput(String message) {
      super(message);
    }
  }

  static List<ScannedOutput> of(
      Derivation derivation,
      Map<String, StorePath> outputs,
      Set<StorePath> closure,
      Path storeFolder)
      throws BadOutput, StoreException, IOException {
    Set<StorePath> candidates = new TreeSet<>(closure);
    candidates.addAll(outputs.values());
    List<ScannedOutput> scanned = new ArrayList<>();
    for (var output : outputs.entrySet()) {
      Path place = storeFolder.resolve(output.getValue().baseName());
      requireProduced(output.getKey(), output.getValue(), place);
      canonical(output.getKey(), output.getValue(), place);
      scanned.add(scan(derivation, output.getKey(), output.getValue(), place, candidates));
    }
    return scanned;
  }

  private static void requireProduced(String name, StorePath path, Path place)
      throws BadOutput, IOException {
    if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
      throw new BadOutput("the builder did not make output '%s' (%s)".formatted(name, path));
    }
    if (!Files.isSymbolicLink(place)) {
      Set<PosixFilePermission> mode = Files.getPosixFilePermissions(place);
      if (mode.contains(PosixFilePermission.GROUP_WRITE)
          || mode.contains(PosixFilePermission.OTHERS_WRITE)) {
        throw new BadOutput(
            "output '%s' (%s) may be written by others; suspicious".formatted(name, path));
      }
    }
  }

  /// What the builder made and no store keeps is the builder's fault; all else is not.
  private static void canonical(String name, StorePath path, Path place)
      throws BadOutput, IOException {
    try {
      Canonical.apply(place);
    } catch (StoreException e) {
      String what =
          switch (e.problem()) {
            case StoreProblem.UnsupportedType(var file) ->
                "'%s', which is neither a file, a directory nor a symbolic link"
                    .formatted(place.relativize(file));
            case StoreProblem.ForeignFile(var file, var owner) ->
                "'%s', which belongs to the user with number %d"
                    .formatted(place.relativize(file), owner);
            default -> throw e;
          };
      throw new BadOutput("output '%s' (%s) holds %s".formatted(name, path, what));
    } catch (FileSystemException e) {
      if (String.valueOf(e.getReason()).contains("File name too long")) {
        throw new BadOutput(
            "output '%s' (%s) holds folders so deep that their names are longer than a path can be"
                .formatted(name, path));
      }
      throw e;
    }
  }

  private static ScannedOutput scan(
      Derivation derivation, String name, StorePath path, Path place, Set<StorePath> candidates)
      throws BadOutput, IOException {
    ReferenceScanner scanner = new ReferenceScanner(candidates);
    NarHash nar;
    try (NarHasher hasher = new NarHasher();
        var both = new Tee(hasher, scanner)) {
      Nar.write(place, both);
      nar = hasher.finish();
    }
    SortedSet<StorePath> references = scanner.found();
    Optional<ContentAddress> address = Optional.empty();
    if (derivation.outputs().get(name) instanceof DerivationOutput.Fixed fixed) {
      address = Optional.of(requireFixed(name, fixed, place, nar, references));
    }
    return new ScannedOutput(path, nar, references, address);
  }

  private static ContentAddress requireFixed(
      String name,
      DerivationOutput.Fixed fixed,
      Path place,
      NarHash nar,
      SortedSet<StorePath> references)
      throws BadOutput, IOException {
    Hash wanted = fixed.hash();
    Hash actual;
    if (fixed.recursive()) {
      actual =
          wanted.algorithm().equals(nar.hash().algorithm()) ? nar.hash() : narHash(place, wanted);
    } else {
      if (!Files.isRegularFile(place, LinkOption.NOFOLLOW_LINKS)
          || Files.getPosixFilePermissions(place).contains(PosixFilePermission.OWNER_EXECUTE)) {
        throw new BadOutput(
            "output '%s' has a fixed flat hash and must be a file that is not executable"
                .formatted(name));
      }
      actual = flatHash(place, wanted);
    }
    if (!actual.equals(wanted)) {
      throw new BadOutput(
          "output '%s' has hash %s, not %s".formatted(name, actual.toSri(), wanted.toSri()));
    }
    if (!references.isEmpty()) {
      throw new BadOutput(
          "output '%s' has a fixed hash and must not refer to %s"
              .formatted(name, references.first()));
    }
    return new ContentAddress.Fixed(fixed.recursive(), wanted);
  }

  private static Hash narHash(Path place, Hash wanted) throws IOException {
    try (NarHasher hasher = new NarHasher(wanted.algorithm())) {
      Nar.write(place, hasher);
      return hasher.finish().hash();
    }
  }

  private static Hash flatHash(Path file, Hash wanted) throws IOException {
    MessageDigest digest = wanted.algorithm().newDigest();
    try (InputStream in = new DigestInputStream(Files.newInputStream(file), digest)) {
      in.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return Hash.ofDigest(wanted.algorithm(), digest.digest());
  }
}
