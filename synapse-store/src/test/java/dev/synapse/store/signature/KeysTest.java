package dev.synapse.store.signature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.vectors.Vectors;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/// Keys and signatures are those of Nix.
final class KeysTest {
  private static final int KEYS = 3;
  private static final ByteString MESSAGE = ByteString.of("1;/nix/store/x;sha256:y;1;");

  @Test
  void keysOfNixAreReadAndWrittenBack() throws Exception {
    int seen = 0;
    for (Map.Entry<String, JsonNode> each :
        Vectors.json("narinfo/index.json").get("keys").properties()) {
      String secret = each.getValue().get("secret").asString();
      SigningKey key = SigningKey.parse(secret);
      assertThat(key.secret()).isEqualTo(secret);
      assertThat(key.name()).isEqualTo(each.getKey());
      assertThat(key.verificationKey())
          .hasToString(each.getValue().get("public").asString())
          .isEqualTo(VerificationKey.parse(each.getValue().get("public").asString()));
      assertThat(HexFormat.of().formatHex(key.verificationKey().bytes().toByteArray()))
          .isEqualTo(each.getValue().get("public_hex").asString());
      assertThat(SigningKey.parse(secret + "\n").secret()).isEqualTo(secret);
      String file =
          ByteString.of(Vectors.bytes("narinfo/keys/" + each.getKey() + ".secret")).utf8();
      assertThat(file).isEqualTo(secret);
      seen++;
    }
    assertThat(seen).isEqualTo(KEYS);
  }

  @Test
  void aNewKeySignsAndIsReadBack() throws Exception {
    for (int round = 0; round < 20; round++) {
      SigningKey key = SigningKey.generate("cache-1");
      SigningKey read = SigningKey.parse(key.secret());
      assertThat(read.verificationKey()).isEqualTo(key.verificationKey());
      assertThat(read.sign(MESSAGE)).isEqualTo(key.sign(MESSAGE));
      assertThat(key.verificationKey().verifies(MESSAGE, read.sign(MESSAGE))).isTrue();
      assertThat(key.verificationKey().verifies(ByteString.of("other"), read.sign(MESSAGE)))
          .isFalse();
    }
  }

  @Test
  void aSecretShowsItsNameAlone() throws Exception {
    SigningKey key = SigningKey.generate("cache-1");

    assertThat(key).hasToString("secret key 'cache-1'");
  }

  @Test
  void whatIsNoKeyIsRefused() throws Exception {
    String secret = SigningKey.generate("k").secret();
    byte[] halves = Base64.getDecoder().decode(secret.substring(2));
    byte[] other = SigningKey.generate("k").verificationKey().bytes().toByteArray();
    System.arraycopy(other, 0, halves, other.length, other.length);
    String swapped = "k:" + Base64.getEncoder().encodeToString(halves);
    assertProblem(() -> SigningKey.parse(swapped), new KeyProblem.HalvesDiffer("k"));
    byte[] beyond = new byte[32];
    Arrays.fill(beyond, (byte) 0xff);
    assertProblem(
        () -> VerificationKey.of("k", ByteString.of(beyond)), new KeyProblem.NoPoint("k"));
    assertProblem(() -> SigningKey.parse("nothing"), new KeyProblem.NoName("a secret key"));
    assertProblem(() -> SigningKey.parse(":" + secret), new KeyProblem.NoName("a secret key"));
    assertProblem(() -> SigningKey.parse("k:!!"), new KeyProblem.NotBase64("a secret key", "k"));
    assertProblem(
        () -> SigningKey.parse("k:AAAA"), new KeyProblem.WrongSize("a secret key", "k", 3, 64));
    assertProblem(
        () -> VerificationKey.parse("k:AAAA"),
        new KeyProblem.WrongSize("a public key", "k", 3, 32));
    assertProblem(() -> SigningKey.generate("a b"), new KeyProblem.BadName("a b"));
    assertProblem(() -> SigningKey.generate(""), new KeyProblem.BadName(""));
  }

  private static void assertProblem(
      org.assertj.core.api.ThrowableAssert.ThrowingCallable call, KeyProblem problem) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            KeyException.class, e -> assertThat(e.problem()).isEqualTo(problem));
  }

  @Test
  void onlySignaturesByTheNameOfATrustedKeyCount() throws Exception {
    SigningKey trusted = SigningKey.generate("a");
    SigningKey other = SigningKey.generate("b");
    TrustedKeys keys = TrustedKeys.parse(" " + trusted.verificationKey() + "\n");
    String good = trusted.sign(MESSAGE).toString();
    String foreign = other.sign(MESSAGE).toString();
    String renamed = "a" + foreign.substring(1);

    assertThat(keys.verifyAny(MESSAGE, List.of(good))).isTrue();
    assertThat(keys.verifyAny(MESSAGE, List.of(foreign, renamed, good))).isTrue();
    assertThat(keys.verifyAny(MESSAGE, List.of(foreign))).isFalse();
    assertThat(keys.verifyAny(MESSAGE, List.of(renamed))).isFalse();
    assertThat(keys.verifyAny(MESSAGE, List.of("b:junk", good))).isTrue();
    assertThat(TrustedKeys.NONE.verifyAny(MESSAGE, List.of(good))).isFalse();
    assertThatThrownBy(() -> keys.verifyAny(MESSAGE, List.of(good, "a:junk")))
        .isInstanceOf(KeyException.class);
    assertThat(keys.names()).containsExactly("a");
  }
}
