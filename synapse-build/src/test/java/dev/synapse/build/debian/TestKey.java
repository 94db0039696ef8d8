package dev.synapse.build.debian;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.bcpg.ArmoredOutputStream;
import org.bouncycastle.bcpg.HashAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyAlgorithmTags;
import org.bouncycastle.bcpg.PublicKeyPacket;
import org.bouncycastle.crypto.generators.Ed25519KeyPairGenerator;
import org.bouncycastle.crypto.params.Ed25519KeyGenerationParameters;
import org.bouncycastle.openpgp.PGPException;
import org.bouncycastle.openpgp.PGPPublicKeyRing;
import org.bouncycastle.openpgp.PGPPublicKeyRingCollection;
import org.bouncycastle.openpgp.PGPSignature;
import org.bouncycastle.openpgp.PGPSignatureGenerator;
import org.bouncycastle.openpgp.operator.bc.BcKeyFingerprintCalculator;
import org.bouncycastle.openpgp.operator.bc.BcPGPContentSignerBuilder;
import org.bouncycastle.openpgp.operator.bc.BcPGPKeyPair;

/// A key made for a test, which signs as the archive does.
final class TestKey {
  private final BcPGPKeyPair pair;

  TestKey() throws PGPException {
    var generator = new Ed25519KeyPairGenerator();
    generator.init(new Ed25519KeyGenerationParameters(new SecureRandom()));
    pair =
        new BcPGPKeyPair(
            PublicKeyPacket.VERSION_4,
            PublicKeyAlgorithmTags.EDDSA_LEGACY,
            generator.generateKeyPair(),
            Date.from(Instant.now()));
  }

  PGPPublicKeyRingCollection keys() throws IOException, PGPException {
    var ring =
        new PGPPublicKeyRing(pair.getPublicKey().getEncoded(), new BcKeyFingerprintCalculator());
    return new PGPPublicKeyRingCollection(ring.getEncoded(), new BcKeyFingerprintCalculator());
  }

  byte[] sign(String text) throws IOException, PGPException {
    return sign(text, HashAlgorithmTags.SHA256);
  }

  byte[] sign(String text, int hash) throws IOException, PGPException {
    var generator =
        new PGPSignatureGenerator(
            new BcPGPContentSignerBuilder(pair.getPublicKey().getAlgorithm(), hash),
            pair.getPublicKey());
    generator.init(PGPSignature.CANONICAL_TEXT_DOCUMENT, pair.getPrivateKey());
    String covered = text.stripTrailing().replace("\n", "\r\n");
    generator.update(covered.getBytes(StandardCharsets.UTF_8));
    var armoured = new ByteArrayOutputStream();
    try (var out = ArmoredOutputStream.builder().build(armoured)) {
      generator.generate().encode(out);
    }
    String signed =
        "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n"
            + text.stripTrailing().replaceAll("(?m)^-", "- -")
            + "\n"
            + armoured.toString(StandardCharsets.US_ASCII);
    return signed.getBytes(StandardCharsets.UTF_8);
  }
}
