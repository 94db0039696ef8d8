package dev.synapse.gmp.record;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.gmp.sign.SignException;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.SshSignature;
import dev.synapse.gmp.sign.VerifyKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// A signed statement of how long the trail is and what its last line is. One that is kept
/// elsewhere shows whether the end of the trail was cut off: the trail alone cannot.
///
/// @param seq of the last entry
/// @param hash of its line, in hexadecimal
/// @param signature of both
public record TrailHead(long seq, String hash, SshSignature signature) {
  /// The namespace of the signature.
  public static final String NAMESPACE = "synapse-trail";

  private static final Set<String> KEYS = Set.of("hash", "seq", "signature");

  /// Refuses null.
  public TrailHead {
    requireNonNull(hash, "hash");
    requireNonNull(signature, "signature");
  }

  static TrailHead sign(long seq, String hash, SignKey key) {
    return new TrailHead(seq, hash, SshSignature.sign(message(seq, hash), key, NAMESPACE));
  }

  private static byte[] message(long seq, String hash) {
    return "synapse trail head\n%d\n%s\n".formatted(seq, hash).getBytes(StandardCharsets.UTF_8);
  }

  /// The key that signed.
  public VerifyKey key() {
    return signature.key();
  }

  void verify() throws SignException {
    signature.require(message(seq, hash), NAMESPACE);
  }

  JsonNode toJson() {
    var document = new TreeMap<String, Object>();
    document.put("seq", seq);
    document.put("hash", hash);
    document.put("signature", signature.armoured());
    return CanonicalJson.node(document);
  }

  static TrailHead parse(Fields fields) throws RecordException {
    fields.require(KEYS, Set.of());
    try {
      return new TrailHead(
          fields.count("seq"), fields.text("hash"), SshSignature.parse(fields.text("signature")));
    } catch (SignException e) {
      throw RecordException.malformed(fields.what(), e.problem().message());
    }
  }

  /// Reads a head that was kept in a file.
  public static TrailHead read(Path file) throws IOException, RecordException {
    String what = "the head '%s'".formatted(file);
    try {
      return parse(Fields.of(what, CanonicalJson.parse(Files.readAllBytes(file))));
    } catch (NotCanonicalException e) {
      throw RecordException.malformed(what, String.valueOf(e.getMessage()));
    }
  }
}
