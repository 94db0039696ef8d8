package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class DerivationCommandTest {
  private static final DerivationHasher NO_INPUTS =
      new DerivationHasher(
          path -> {
            throw new IllegalStateException("no derivation asks for " + path);
          });

  @TempDir private Path temporary;
  private Session session;

  @BeforeEach
  void open() throws Exception {
    session = Session.in(temporary);
  }

  private static DerivationBuilder demo() {
    return Derivation.named("demo")
        .system("x86_64-linux")
        .builder("/bin/sh")
        .arg("-c")
        .env("greeting", "hello");
  }

  private String write(Derivation derivation, String fileName) throws Exception {
    Files.write(session.folder().resolve(fileName), derivation.toBytes());
    return fileName;
  }

  @Test
  void aDerivationIsShownWithAllItHolds() throws Exception {
    Derivation derivation = demo().output("out").output("doc").build(NO_INPUTS);
    var result = session.run("derivation", "show", write(derivation, "demo.drv"));
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(session.run("derivation", "show", "--json", "demo.drv").out())
        .isEqualTo(result.out());
    var shown = result.json().required(derivation.storePath().toString());
    assertThat(shown.required("system").asString()).isEqualTo("x86_64-linux");
    assertThat(shown.required("builder").asString()).isEqualTo("/bin/sh");
    assertThat(shown.required("args").get(0).asString()).isEqualTo("-c");
    assertThat(shown.required("env").required("greeting").asString()).isEqualTo("hello");
    assertThat(shown.required("outputs").required("doc").required("path").asString())
        .isEqualTo(derivation.outputPath("doc").orElseThrow().toString());
    assertThat(shown.required("inputSrcs").isEmpty()).isTrue();
    assertThat(shown.required("inputDrvs").isEmpty()).isTrue();
  }

  @Test
  void anOutputThatIsKnownByItsHashIsShownWithIt() throws Exception {
    Hash hash = Hash.of(HashAlgorithm.SHA256, new byte[] {1});
    for (boolean recursive : new boolean[] {true, false}) {
      Derivation derivation = demo().fixedOutput(recursive, hash).build(NO_INPUTS);
      var out =
          session
              .run("derivation", "show", write(derivation, "demo.drv"))
              .json()
              .required(derivation.storePath().toString())
              .required("outputs")
              .required("out");
      assertThat(out.required("hashAlgo").asString()).isEqualTo(recursive ? "r:sha256" : "sha256");
      assertThat(out.required("hash").asString()).isEqualTo(hash.toHex());
    }
  }

  @Test
  void pathsAreComputedAlsoFromAFileWithItsDigestInItsName() throws Exception {
    Derivation derivation = demo().output("out").build(NO_INPUTS);
    String file = write(derivation, derivation.storePath().baseName());
    var result = session.run("derivation", "path", file);
    assertThat(Session.lines(result.out()))
        .containsExactly(
            derivation.storePath().toString(), "out " + derivation.outputPath("out").orElseThrow());
    var json = session.run("derivation", "path", "--json", file).json();
    assertThat(json.required("drvPath").asString()).isEqualTo(derivation.storePath().toString());
    assertThat(json.required("outputs").required("out").asString())
        .isEqualTo(derivation.outputPath("out").orElseThrow().toString());
  }

  @Test
  void anOutputPathThatDoesNotFollowIsAWrongCall() throws Exception {
    Derivation right = demo().output("out").build(NO_INPUTS);
    String path = right.outputPath("out").orElseThrow().toString();
    String other =
        path.replaceFirst("/nix/store/.", "/nix/store/" + (path.charAt(11) == '0' ? 1 : 0));
    session.write(
        "demo.drv", new String(right.toBytes(), StandardCharsets.UTF_8).replace(path, other));

    for (String command : new String[] {"derivation path", "store realise"}) {
      var result = session.run((command + " demo.drv").split(" ", -1));
      assertThat(result.status()).as(result.err()).isEqualTo(2);
      assertThat(Session.lines(result.err())).hasSize(1).first().asString().contains(other, path);
      assertThat(result.out()).isEmpty();
    }
  }

  @Test
  void pathsOfADerivationThatBuildsOnAnotherAreComputedWithTheStore() throws Exception {
    Derivation input = demo().output("out").build(NO_INPUTS);
    Derivation user =
        Derivation.named("user")
            .system("x86_64-linux")
            .builder("/bin/sh")
            .input(input.storePath(), "out")
            .output("out")
            .build(new DerivationHasher(_ -> input));
    String file = write(user, "user.drv");
    var before = session.run("derivation", "path", file);
    assertThat(before.status()).isEqualTo(2);
    assertThat(before.err()).contains("'" + input.storePath() + "' is not in the store");

    try (LocalStore store = session.store()) {
      store.addDerivation(input);
    }
    assertThat(Session.lines(session.run("derivation", "path", file).out()))
        .containsExactly(
            user.storePath().toString(), "out " + user.outputPath("out").orElseThrow());
  }

  @Test
  void aDerivationOfTheStoreIsReadThere() throws Exception {
    Derivation derivation = demo().output("out").build(NO_INPUTS);
    String path = derivation.storePath().toString();
    var before = session.run("derivation", "show", path);
    assertThat(before.status()).isEqualTo(1);
    assertThat(before.err()).contains("'%s' is not in the store".formatted(path));
    try (LocalStore store = session.store()) {
      store.addDerivation(derivation);
    }
    assertThat(session.run("derivation", "show", path).json().has(path)).isTrue();
    assertThat(session.run("store", "query", "--outputs", path).out().strip())
        .isEqualTo(derivation.outputPath("out").orElseThrow().toString());
  }

  @Test
  void whatIsNoDerivationIsAWrongCall() throws Exception {
    session.write("text.drv", "no derivation");
    session.write("text", "no derivation");
    for (String file : new String[] {"text.drv", "text"}) {
      var result = session.run("derivation", "show", file);
      assertThat(result.status()).isEqualTo(2);
      assertThat(Session.lines(result.err())).hasSize(1).first().asString().startsWith("error: ");
    }
  }

  @Test
  void aMissingFileIsNamed() {
    var result = session.run("derivation", "path", "absent.drv");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'absent.drv' is not there");
  }

  @Test
  void aPathBelowTheStoreThatIsNoneIsAWrongCall() {
    var result = session.run("derivation", "show", "/nix/store/demo.drv");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).startsWith("error: ");
  }
}
