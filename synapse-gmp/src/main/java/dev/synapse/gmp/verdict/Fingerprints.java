package dev.synapse.gmp.verdict;

import dev.synapse.gmp.policy.Metric;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;

/// Names findings by what they are, not by their line, so that an edit above leaves the name. Equal
/// findings are told apart by their number.
final class Fingerprints {
  private static final int BYTES = 8;

  private final Map<String, Integer> seen = new HashMap<>();

  /// Sixteen hexadecimal digits.
  String of(Metric metric, String... parts) {
    String text = metric.id() + '\0' + String.join("\0", parts);
    int number = seen.merge(text, 1, Integer::sum);
    byte[] digest = sha256().digest((text + '\0' + number).getBytes(StandardCharsets.UTF_8));
    return HexFormat.of().formatHex(digest, 0, BYTES);
  }

  private static MessageDigest sha256() {
    try {
      return MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
