package dev.synapse.build.debian;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKey;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureList;
import org.bouncycastle.openpgp.PGPUtil;
import org.bouncycastle.openpgp.bc.BcPGPObjectFactory;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentVerifierBuilderProvider;

/// Reads a clear-signed text and gives only what the signature covers.
///
/// One good signature by a known key is needed, and none by a known key may be bad. Only SHA-256
/// and longer hashes count. Nothing may stand before or after the signed part.
///
/// @see <a href="https://www.rfc-editor.org/rfc/rfc9580#section-7">RFC 9580, section 7</a>
final class SignedText {
  private static final String BEGIN = "-----BEGIN PGP SIGNED MESSAGE-----";
  private static final String SIGNATURE = "-----BEGIN PGP SIGNATURE-----";
  private static final String END = "-----END PGP SIGNATURE-----";
  private static final String ESCAPE = "- ";
  private static final Set<Integer> STRONG =
      Set.of(HashAlgorithmTags.SHA256, HashAlgorithmTags.SHA384, HashAlgorithmTags.SHA512);
  private static final Set<Integer> OF_TEXT =
      Set.of(PGPSignature.CANONICAL_TEXT_DOCUMENT, PGPSignature.BINARY_DOCUMENT);

  private SignedText() {}

  /// The signed text, its lines ended by line feeds.
  ///
  /// @throws DebianException when it is not signed as it must be
  static String verify(byte[] file, PGPPublicKeyRingCollection keys, String place, Instant now)
      throws IOException {
    List<String> lines = List.of(new String(file, StandardCharsets.ISO_8859_1).split("\n", -1));
    List<String> stripped = lines.stream().map(SignedText::stripEnd).toList();
    int signature = stripped.indexOf(SIGNATURE);
    int end = stripped.indexOf(END);
    int headersEnd = stripped.indexOf("");
    if (!stripped.getFirst().equals(BEGIN)
        || !(0 <= headersEnd && headersEnd <= signature && signature <= end)
        || !stripped.subList(end + 1, stripped.size()).stream().allMatch(String::isEmpty)) {
      throw bad(place, "it is not a clear-signed text and nothing else");
    }
    List<String> text = new ArrayList<>();
    for (String line : stripped.subList(headersEnd + 1, signature)) {
      text.add(unescaped(line, place));
    }
    byte[] covered = String.join("\r\n", text).getBytes(StandardCharsets.ISO_8859_1);
    String armoured = String.join("\n", stripped.subList(signature, end + 1)) + "\n";
    check(covered, signatures(armoured, place), keys, place, now);
    return new String(
        (String.join("\n", text) + "\n").getBytes(StandardCharsets.ISO_8859_1),
        StandardCharsets.UTF_8);
  }

  private static String unescaped(String line, String place) throws DebianException {
    if (line.startsWith(ESCAPE)) {
      return line.substring(ESCAPE.length());
    }
    if (line.startsWith("-")) {
      throw bad(place, "a line of the signed text is not escaped");
    }
    return line;
  }

  private static void check(
      byte[] covered,
      List<PGPSignature> signatures,
      PGPPublicKeyRingCollection keys,
      String place,
      Instant now)
      throws DebianException {
    var unknown = new ArrayList<String>();
    for (PGPSignature signature : signatures) {
      PGPPublicKey key = keys.getPublicKey(signature.getKeyID());
      if (key == null) {
        unknown.add(idOf(signature));
      } else {
        check(covered, signature, key, place, now);
      }
    }
    if (signatures.isEmpty()) {
      throw bad(place, "there is no signature");
    }
    if (unknown.size() == signatures.size()) {
      throw bad(place, "it is signed by unknown keys only: " + String.join(", ", unknown));
    }
  }

  private static String idOf(PGPSignature signature) {
    return Long.toHexString(signature.getKeyID()).toUpperCase(Locale.ROOT);
  }

  private static void check(
      byte[] covered, PGPSignature signature, PGPPublicKey key, String place, Instant now)
      throws DebianException {
    String id = idOf(signature);
    if (!STRONG.contains(signature.getHashAlgorithm())) {
      throw bad(place, "the signature of key " + id + " uses a weak hash");
    }
    if (!OF_TEXT.contains(signature.getSignatureType())) {
      throw bad(place, "the signature of key " + id + " is not one of a text");
    }
    long valid = key.getValidSeconds();
    if (valid > 0 && now.isAfter(key.getCreationTime().toInstant().plusSeconds(valid))) {
      throw bad(place, "key " + id + " has expired");
    }
    try {
      signature.init(new BcPGPContentVerifierBuilderProvider(), key);
      signature.update(covered);
      if (!signature.verify()) {
        throw bad(place, "the text does not fit the signature of key " + id);
      }
    } catch (PGPException e) {
      throw bad(place, "the signature cannot be checked: " + e.getMessage());
    }
  }

  private static List<PGPSignature> signatures(String armoured, String place) throws IOException {
    var signatures = new ArrayList<PGPSignature>();
    try (InputStream in =
        PGPUtil.getDecoderStream(
            new ByteArrayInputStream(armoured.getBytes(StandardCharsets.ISO_8859_1)))) {
      var objects = new BcPGPObjectFactory(in);
      for (Object object = objects.nextObject(); object != null; object = objects.nextObject()) {
        if (object instanceof PGPSignatureList list) {
          list.forEach(signatures::add);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw bad(place, "the signature is malformed: " + e.getMessage());
    }
    return signatures;
  }

  /// The keys in armoured files, together.
  static PGPPublicKeyRingCollection keys(List<InputStream> files) throws IOException {
    var rings = new ByteArrayOutputStream();
    for (InputStream file : files) {
      try (InputStream in = PGPUtil.getDecoderStream(file)) {
        in.transferTo(rings);
      }
    }
    try {
      return new PGPPublicKeyRingCollection(rings.toByteArray(), new BcKeyFingerprintCalculator());
    } catch (PGPException e) {
      throw new IOException("cannot read the Debian archive keys: " + e.getMessage(), e);
    }
  }

  /// What ends a line is not signed.
  private static String stripEnd(String line) {
    int end = line.length();
    while (end > 0 && " \t\r".indexOf(line.charAt(end - 1)) >= 0) {
      end--;
    }
    return line.substring(0, end);
  }

  private static DebianException bad(String place, String reason) {
    return new DebianException(new DebianProblem.BadSignature(place, reason));
  }
}
