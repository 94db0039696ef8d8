package dev.synapse.build.debian;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Only what a known key has signed is read.
final class SignedTextTest {
  private static final String TEXT = "Suite: x\n- dash\nlast: line\n";
  private TestKey key;
  private PGPPublicKeyRingCollection keys;

  @BeforeEach
  void makeKey() throws Exception {
    key = new TestKey();
    keys = key.keys();
  }

  @Test
  void aSignedTextIsRead() throws Exception {
    assertThat(verify(key.sign(TEXT))).isEqualTo(TEXT);
  }

  @Test
  void aChangedTextIsRefused() throws Exception {
    String signed = text(key.sign(TEXT));

    assertThat(refusal(signed.replace("Suite: x", "Suite: y")))
        .startsWith("the text does not fit the signature of key ");
    assertThat(refusal(signed.replace("last: line", "last: line\nmore: lines")))
        .startsWith("the text does not fit");
  }

  @Test
  void anUnknownKeyIsRefused() throws Exception {
    assertThat(refusal(text(new TestKey().sign(TEXT))))
        .startsWith("it is signed by unknown keys only: ");
  }

  @Test
  void aWeakHashIsRefused() throws Exception {
    assertThat(refusal(text(key.sign(TEXT, HashAlgorithmTags.SHA1)))).contains("weak hash");
  }

  @Test
  void whatStandsBeforeOrAfterTheSignedPartIsRefused() throws Exception {
    String signed = text(key.sign(TEXT));

    for (String wrapped : List.of("Suite: y\n" + signed, signed + "Suite: y\n", TEXT, "")) {
      assertThat(refusal(wrapped)).isEqualTo("it is not a clear-signed text and nothing else");
    }
  }

  @Test
  void aSignatureThatIsGarbageIsRefused() throws Exception {
    String signed = text(key.sign(TEXT));
    int body = signed.indexOf("-----BEGIN PGP SIGNATURE-----");

    assertThat(refusal(signed.substring(0, body + 40) + "AAAA\n-----END PGP SIGNATURE-----\n"))
        .isNotEmpty();
    assertThat(
            refusal(
                signed.substring(0, body)
                    + "-----BEGIN PGP SIGNATURE-----\n\n-----END PGP SIGNATURE-----\n"))
        .isNotEmpty();
  }

  @Test
  void theKeysOfTheArchiveAreThoseTheReadMeLists() throws Exception {
    String readMe;
    try (InputStream in = DebianToolchain.class.getResourceAsStream("keys/README.md")) {
      assertThat(in).isNotNull();
      readMe = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    }
    var fingerprints = new TreeSet<String>();
    for (var ring : DebianToolchain.archiveKeys()) {
      fingerprints.add(
          HexFormat.of().formatHex(ring.getPublicKey().getFingerprint()).toUpperCase(Locale.ROOT));
    }
    assertThat(fingerprints).hasSize(6).allMatch(readMe::contains);
  }

  private String verify(byte[] signed) throws Exception {
    return SignedText.verify(signed, keys, "place", Instant.now());
  }

  private String refusal(String signed) {
    var thrown =
        catchThrowableOfType(
            DebianException.class, () -> verify(signed.getBytes(StandardCharsets.UTF_8)));
    assertThat(thrown).isNotNull();
    return ((DebianProblem.BadSignature) thrown.problem()).reason();
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }
}
