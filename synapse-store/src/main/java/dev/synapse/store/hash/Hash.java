package dev.synapse.store.hash;

import dev.synapse.store.bytes.ByteString;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;

/// A digest and the algorithm it was made with.
///
/// @param digest as many bytes as the algorithm gives
public record Hash(HashAlgorithm algorithm, ByteString digest) {
  private static final HexFormat HEX = HexFormat.of();
  private static final int BASE64_BYTES = 3;
  private static final int BASE64_DIGITS = 4;

  /// Refuses a digest of another size than the algorithm's.
  public Hash {
    if (digest.length() != algorithm.size()) {
      throw new IllegalArgumentException(
          "a %s has %d bytes, not %d"
              .formatted(algorithm.label(), algorithm.size(), digest.length()));
    }
  }

  /// The hash of `contents`.
  public static Hash of(HashAlgorithm algorithm, byte[] contents) {
    return ofDigest(algorithm, algorithm.newDigest().digest(contents));
  }

  /// The hash whose digest is already there.
  public static Hash ofDigest(HashAlgorithm algorithm, byte[] digest) {
    return new Hash(algorithm, ByteString.of(digest));
  }

  /// Reads any written form that names its algorithm: `sha256:` and nix32, hex or base 64, or
  /// `sha256-` and base 64.
  public static Hash parse(String text) throws HashFormatException {
    return parse(text, Optional.empty());
  }

  /// Reads any written form, with or without the algorithm, which has to be `expected`.
  public static Hash parse(String text, HashAlgorithm expected) throws HashFormatException {
    return parse(text, Optional.of(expected));
  }

  private static Hash parse(String text, Optional<HashAlgorithm> expected)
      throws HashFormatException {
    int colon = text.indexOf(':');
    int end = colon >= 0 ? colon : text.indexOf('-');
    if (end < 0) {
      HashAlgorithm algorithm =
          expected.orElseThrow(() -> new HashFormatException(new HashProblem.NoAlgorithm(text)));
      return parseDigits(text, algorithm, false);
    }
    String label = text.substring(0, end);
    HashAlgorithm algorithm =
        HashAlgorithm.ofLabel(label)
            .orElseThrow(
                () -> new HashFormatException(new HashProblem.UnknownAlgorithm(text, label)));
    if (expected.isPresent() && expected.get() != algorithm) {
      throw new HashFormatException(new HashProblem.OtherAlgorithm(text, expected.get()));
    }
    return parseDigits(text.substring(end + 1), algorithm, colon < 0);
  }

  private static Hash parseDigits(String digits, HashAlgorithm algorithm, boolean sri)
      throws HashFormatException {
    int size = algorithm.size();
    byte[] digest;
    if (!sri && digits.length() == 2 * size) {
      digest = decodeHex(digits);
    } else if (!sri && digits.length() == Nix32.lengthOf(size)) {
      digest = Nix32.decode(digits);
    } else if (sri || digits.length() == base64Length(size)) {
      digest = decodeBase64(digits);
    } else {
      throw new HashFormatException(new HashProblem.WrongLength(digits, algorithm));
    }
    if (digest.length != size) {
      throw new HashFormatException(new HashProblem.WrongLength(digits, algorithm));
    }
    return ofDigest(algorithm, digest);
  }

  /// RFC 4648, section 4: four digits for each three bytes, padded.
  private static int base64Length(int size) {
    return Math.ceilDiv(size, BASE64_BYTES) * BASE64_DIGITS;
  }

  private static byte[] decodeHex(String digits) throws HashFormatException {
    try {
      return HEX.parseHex(digits);
    } catch (IllegalArgumentException _) {
      throw new HashFormatException(new HashProblem.BadDigits(digits, "hexadecimal"));
    }
  }

  /// As Nix reads it: what follows the first `=` does not count, nor do line ends.
  private static byte[] decodeBase64(String digits) throws HashFormatException {
    int padding = digits.indexOf('=');
    String counted = (padding < 0 ? digits : digits.substring(0, padding)).replace("\n", "");
    try {
      return Base64.getDecoder().decode(counted);
    } catch (IllegalArgumentException _) {
      throw new HashFormatException(new HashProblem.BadDigits(digits, "base 64"));
    }
  }

  /// A copy of the digest's bytes.
  public byte[] bytes() {
    return digest.toByteArray();
  }

  /// The digits in nix32.
  public String toNix32() {
    return Nix32.encode(digest.toByteArray());
  }

  /// The digits in lower-case hexadecimal.
  public String toHex() {
    return HEX.formatHex(digest.toByteArray());
  }

  /// The digits in padded base 64.
  public String toBase64() {
    return Base64.getEncoder().encodeToString(digest.toByteArray());
  }

  /// The form for people and for JSON: `sha256-` and base 64.
  public String toSri() {
    return algorithm.label() + "-" + toBase64();
  }

  /// The form of narinfo files and content addresses: `sha256:` and nix32.
  public String prefixedNix32() {
    return algorithm.label() + ":" + toNix32();
  }

  /// The form of the database: `sha256:` and hexadecimal.
  public String prefixedHex() {
    return algorithm.label() + ":" + toHex();
  }

  /// The digest brought to `size` bytes: byte number i is xored onto byte i mod `size`.
  public byte[] fold(int size) {
    byte[] folded = new byte[size];
    for (int index = 0; index < digest.length(); index++) {
      folded[index % size] ^= digest.byteAt(index);
    }
    return folded;
  }

  /// The same as [#toSri()].
  @Override
  public String toString() {
    return toSri();
  }
}
