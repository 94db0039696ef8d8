package dev.synapse.gmp.record;

import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// An id that counts and that says what it is about: `batch_000042_a1b2c3d4`.
///
/// @param type lower-case letters
/// @param sequence from 1 on
/// @param hash the first 8 hexadecimal digits of the SHA-256 of what it is about
public record CompoundId(String type, long sequence, String hash) {
  private static final int HASH_DIGITS = 8;
  private static final int LEAST_DIGITS = 6;
  private static final Pattern TYPE = Pattern.compile("[a-z]+");
  private static final Pattern HASH = Pattern.compile("[0-9a-f]{" + HASH_DIGITS + "}");
  private static final Pattern WRITTEN =
      Pattern.compile(
          "(?<type>[a-z]+)_(?<sequence>[0-9]{6}|[1-9][0-9]{6,17})_(?<hash>[0-9a-f]{8})");

  /// Refuses what could not be read back.
  public CompoundId {
    if (!TYPE.matcher(type).matches() || !HASH.matcher(hash).matches() || sequence < 1) {
      throw new IllegalArgumentException("no id: %s, %d, %s".formatted(type, sequence, hash));
    }
  }

  /// The id of `content`, hashed as UTF-8.
  public static CompoundId of(String type, long sequence, String content) {
    byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
    return ofHash(type, sequence, Hash.of(HashAlgorithm.SHA256, bytes).toHex());
  }

  /// The id of what has that SHA-256, in hexadecimal.
  static CompoundId ofHash(String type, long sequence, String hex) {
    return new CompoundId(type, sequence, hex.substring(0, Math.min(HASH_DIGITS, hex.length())));
  }

  /// Reads the written form; empty for anything else.
  public static Optional<CompoundId> parse(String text) {
    Matcher written = WRITTEN.matcher(text);
    if (!written.matches()) {
      return Optional.empty();
    }
    long sequence = Long.parseLong(written.group("sequence"));
    return sequence == 0
        ? Optional.empty()
        : Optional.of(new CompoundId(written.group("type"), sequence, written.group("hash")));
  }

  @Override
  public String toString() {
    String digits = Long.toString(sequence); // a trail has many: no format is parsed for each
    return type
        + "_"
        + "0".repeat(Math.max(0, LEAST_DIGITS - digits.length()))
        + digits
        + "_"
        + hash;
  }
}
