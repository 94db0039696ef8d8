package dev.synapse.gmp.attest;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.sign.VerifyKey;
import dev.synapse.store.bytes.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// A payload and who signed it. The signature covers the payload's type too, and no reader has to
/// bring JSON into a form before it checks.
///
/// @param type of the payload
/// @param signatures over [#signed()]
/// @see <a href="https://github.com/secure-systems-lab/dsse/blob/master/protocol.md">DSSE 1.0</a>
/// @see <a href="https://github.com/sigstore/protobuf-specs">Sigstore bundle 0.3</a>
public record Envelope(String type, ByteString payload, List<Signature> signatures) {
  /// The type of in-toto statements.
  public static final String IN_TOTO = "application/vnd.in-toto+json";

  private static final String BUNDLE = "application/vnd.dev.sigstore.bundle.v0.3+json";
  private static final String WHAT = "the attestation";

  /// A signature.
  ///
  /// @param key the fingerprint of the key: a hint, not a proof
  public record Signature(String key, ByteString bytes) {}

  /// Copies the list.
  public Envelope {
    requireNonNull(type, "type");
    requireNonNull(payload, "payload");
    signatures = List.copyOf(signatures);
  }

  /// Signs a statement.
  public static Envelope sign(byte[] statement, SignKey key) {
    Envelope unsigned = new Envelope(IN_TOTO, ByteString.of(statement), List.of());
    byte[] signature = key.sign(unsigned.signed());
    return new Envelope(
        IN_TOTO,
        unsigned.payload,
        List.of(new Signature(key.verifyKey().fingerprint(), ByteString.of(signature))));
  }

  /// What is signed: the pre-authentication encoding.
  public byte[] signed() {
    byte[] typeBytes = type.getBytes(StandardCharsets.UTF_8);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes("DSSEv1 %d ".formatted(typeBytes.length).getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(typeBytes);
    out.writeBytes(" %d ".formatted(payload.length()).getBytes(StandardCharsets.US_ASCII));
    out.writeBytes(payload.toByteArray());
    return out.toByteArray();
  }

  private static String base64(ByteString bytes) {
    return Base64.getEncoder().encodeToString(bytes.toByteArray());
  }

  private Map<String, Object> document() {
    List<Map<String, String>> signed =
        signatures.stream()
            .map(each -> Map.of("keyid", each.key(), "sig", base64(each.bytes())))
            .toList();
    return Map.of("payloadType", type, "payload", base64(payload), "signatures", signed);
  }

  /// The envelope as JSON.
  public String toJson() {
    return CanonicalJson.of(document()) + "\n";
  }

  /// The envelope as a Sigstore bundle whose key the reader knows already.
  public String toBundle() {
    String hint = signatures.isEmpty() ? "" : signatures.getFirst().key();
    return CanonicalJson.of(
            Map.of(
                "mediaType",
                BUNDLE,
                "verificationMaterial",
                Map.of("publicKey", Map.of("hint", hint), "tlogEntries", List.of()),
                "dsseEnvelope",
                document()))
        + "\n";
  }

  /// Reads an envelope, or the one in a bundle.
  public static Envelope parse(byte[] bytes) throws AttestException {
    try {
      JsonNode document = CanonicalJson.parse(bytes);
      if (document.has("mediaType")) {
        String media = text(document, "mediaType");
        if (!media.equals(BUNDLE)) {
          throw new AttestException(WHAT, "'%s' is not a bundle that is known".formatted(media));
        }
        document = document.path("dsseEnvelope");
      }
      List<Signature> signatures = new ArrayList<>();
      for (JsonNode each : document.path("signatures").values()) {
        String key = each.has("keyid") ? text(each, "keyid") : "";
        signatures.add(new Signature(key, decoded(each, "sig")));
      }
      return new Envelope(text(document, "payloadType"), decoded(document, "payload"), signatures);
    } catch (NotCanonicalException e) {
      throw new AttestException(WHAT, String.valueOf(e.getMessage()));
    }
  }

  private static String text(JsonNode node, String name) throws AttestException {
    JsonNode value = node.path(name);
    if (!value.isString()) {
      throw new AttestException(WHAT, "'%s' is not a text".formatted(name));
    }
    return value.stringValue();
  }

  private static ByteString decoded(JsonNode node, String name) throws AttestException {
    try {
      return ByteString.of(Base64.getDecoder().decode(text(node, name)));
    } catch (IllegalArgumentException _) {
      throw new AttestException(WHAT, "'%s' is not base 64".formatted(name));
    }
  }

  /// The statement, if this key signed it.
  public JsonNode verify(VerifyKey key) throws AttestException {
    byte[] signed = signed();
    boolean good =
        signatures.stream().anyMatch(each -> key.verifies(signed, each.bytes().toByteArray()));
    if (!good) {
      throw new AttestException(WHAT, "not signed by the key " + key.fingerprint());
    }
    if (!type.equals(IN_TOTO)) {
      throw new AttestException(WHAT, "holds '%s', not an in-toto statement".formatted(type));
    }
    try {
      JsonNode statement = CanonicalJson.parse(payload.toByteArray());
      if (!text(statement, "_type").equals(Statements.TYPE)) {
        throw new AttestException(WHAT, "is no in-toto statement of version 1");
      }
      return statement;
    } catch (NotCanonicalException e) {
      throw new AttestException(WHAT, String.valueOf(e.getMessage()));
    }
  }
}
