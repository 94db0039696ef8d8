package dev.synapse.store.cache;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.NarHash;
import dev.synapse.store.path.ContentAddress;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import dev.synapse.store.signature.Fingerprint;
import dev.synapse.store.signature.SigningKey;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;
import java.util.stream.Collectors;

/// What a cache says of one path: the file `DIGEST.narinfo`.
///
/// Reading is strict: what Nix writes is taken, and so is what it tolerates where only one meaning
/// is possible. Repeated fields and numbers with a sign are refused.
///
/// @param info the path; its registration time is 0, for caches do not know any
/// @param file where the archive is
/// @param system an old field that nobody uses
/// @see <a href="https://nix.dev/manual/nix/latest/package-management/binary-cache-substituter">Nix
///   manual, Serving a Nix store via HTTP</a>
public record NarInfo(PathInfo info, NarFile file, Optional<String> system) {
  /// The longest text that is read, in bytes.
  public static final int LIMIT = 4 << 20;

  /// The end of the names of these files.
  public static final String SUFFIX = ".narinfo";

  private static final String UNKNOWN_DERIVER = "unknown-deriver";

  /// What a missing `Compression` means.
  private static final String DEFAULT_COMPRESSION = "bzip2";

  /// The name of the file that speaks of `path`.
  public static String fileOf(StorePath path) {
    return path.digest() + SUFFIX;
  }

  /// The path.
  public StorePath path() {
    return info.path();
  }

  /// Reads the text.
  public static NarInfo parse(byte[] bytes) throws NarInfoException {
    InfoFields fields = InfoFields.parse(bytes, LIMIT);
    StorePath path = path(fields.require("StorePath"));
    long size = InfoFields.number("NarSize", fields.require("NarSize"));
    if (size == 0) {
      throw InfoFields.bad("NarSize", "0", "no archive has it");
    }
    NarHash nar = new NarHash(hash("NarHash", fields.require("NarHash")), size);
    if (nar.hash().algorithm() != HashAlgorithm.SHA256) {
      throw InfoFields.bad("NarHash", nar.hash().toString(), "it should be a sha256");
    }
    TreeSet<StorePath> references = new TreeSet<>();
    for (String each : fields.find("References").orElse("").split(" ", -1)) {
      if (!each.isEmpty()) {
        references.add(baseName("References", each));
      }
    }
    Optional<String> deriver = fields.find("Deriver").filter(text -> !text.equals(UNKNOWN_DERIVER));
    PathInfo.Origin origin =
        new PathInfo.Origin(
            deriver.isPresent()
                ? Optional.of(baseName("Deriver", deriver.get()))
                : Optional.empty(),
            0,
            false,
            fields.all("Sig").stream().distinct().sorted().toList(),
            address(fields.find("CA").filter(text -> !text.isEmpty())));
    return new NarInfo(
        PathInfo.of(path, nar, references, origin), file(fields), fields.find("System"));
  }

  private static NarFile file(InfoFields fields) throws NarInfoException {
    String url = fields.require("URL");
    if (!NarFile.isInside(url)) {
      throw InfoFields.bad("URL", url, "it leads out of the cache");
    }
    Optional<String> hash = fields.find("FileHash");
    Optional<String> size = fields.find("FileSize");
    return new NarFile(
        url,
        fields.find("Compression").filter(text -> !text.isEmpty()).orElse(DEFAULT_COMPRESSION),
        hash.isPresent() ? Optional.of(hash("FileHash", hash.get())) : Optional.empty(),
        size.isPresent()
            ? OptionalLong.of(InfoFields.number("FileSize", size.get()))
            : OptionalLong.empty());
  }

  private static StorePath path(String text) throws NarInfoException {
    try {
      return StorePath.parse(text);
    } catch (StorePathException e) {
      throw InfoFields.bad("StorePath", text, e.problem().message());
    }
  }

  private static StorePath baseName(String field, String text) throws NarInfoException {
    try {
      return StorePath.ofBaseName(text);
    } catch (StorePathException e) {
      throw InfoFields.bad(field, text, e.problem().message());
    }
  }

  private static Hash hash(String field, String text) throws NarInfoException {
    try {
      return Hash.parse(text);
    } catch (HashFormatException e) {
      throw InfoFields.bad(field, text, e.problem().message());
    }
  }

  private static Optional<ContentAddress> address(Optional<String> text) throws NarInfoException {
    if (text.isEmpty()) {
      return Optional.empty();
    }
    try {
      return Optional.of(ContentAddress.parse(text.get()));
    } catch (StorePathException e) {
      throw InfoFields.bad("CA", text.get(), e.problem().message());
    }
  }

  /// The text that signatures are of.
  public ByteString fingerprint() {
    return Fingerprint.of(path(), info.nar(), info.references());
  }

  /// The same with one more signature.
  public NarInfo signedBy(SigningKey key) {
    TreeSet<String> signatures = new TreeSet<>(info.signatures());
    signatures.add(key.sign(fingerprint()).toString());
    return withSignatures(signatures);
  }

  /// The same with these signatures and no others.
  public NarInfo withSignatures(Collection<String> signatures) {
    PathInfo.Origin old = info.origin();
    PathInfo.Origin origin =
        new PathInfo.Origin(
            old.deriver(),
            0,
            false,
            signatures.stream().distinct().sorted().toList(),
            old.address());
    return new NarInfo(new PathInfo(path(), info.nar(), info.references(), origin), file, system);
  }

  /// The text, as Nix writes it.
  public byte[] toBytes() {
    StringBuilder text = new StringBuilder();
    line(text, "StorePath", path().toString());
    line(text, "URL", file.url());
    line(text, "Compression", file.compression());
    file.hash().ifPresent(hash -> line(text, "FileHash", hash.prefixedNix32()));
    file.size().ifPresent(size -> line(text, "FileSize", Long.toString(size)));
    line(text, "NarHash", info.narHash().prefixedNix32());
    line(text, "NarSize", Long.toString(info.narSize()));
    line(
        text,
        "References",
        info.references().stream().map(StorePath::baseName).collect(Collectors.joining(" ")));
    info.deriver().ifPresent(deriver -> line(text, "Deriver", deriver.baseName()));
    system.ifPresent(name -> line(text, "System", name));
    info.signatures().forEach(signature -> line(text, "Sig", signature));
    info.contentAddress().ifPresent(address -> line(text, "CA", address.toString()));
    return text.toString().getBytes(StandardCharsets.ISO_8859_1);
  }

  private static void line(StringBuilder text, String field, String value) {
    text.append(field).append(": ").append(value).append('\n');
  }
}
