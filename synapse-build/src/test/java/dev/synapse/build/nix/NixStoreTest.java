package dev.synapse.build.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.List;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class NixStoreTest {
  private static NixStore parse(String address) throws NixException {
    return NixStore.parse(address, Path.of("/here"));
  }

  @ParameterizedTest
  @CsvSource({
    "/a/store, /a/store/nix/store",
    "a, /here/a/nix/store",
    "local?root=/a, /a/nix/store",
    "local?root=/a/, /a/nix/store",
    "local?root=/a%20b, /a b/nix/store",
    "local?root=/a+b, /a+b/nix/store",
    "local?real=/other&root=/a, /other",
    "local, /nix/store",
    "auto, /nix/store",
    "daemon, /nix/store",
    "unix:///run/socket?root=/a, /a/nix/store",
    "ssh-ng://host, /nix/store",
    "ssh://me@host, /nix/store",
    "ssh-ng://host?remote-store=/a, /a/nix/store",
    "ssh-ng://host?remote-store=local%3Froot%3D/a, /a/nix/store",
    "ssh-ng://host?remote-store=local?root=/a, /a/nix/store",
    "ssh-ng://host?root=/not/here, /nix/store",
  })
  void theToolchainIsNamedWhereTheMachineThatBuildsHasIt(String address, String objects)
      throws Exception {
    assertThat(parse(address).objects()).isEqualTo(objects);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "https://cache.example.org",
        "file:///a",
        "s3://bucket",
        "ssh-ng://",
        "ssh://",
        "a?root=b",
        "daemon?",
        "local?root",
        "local?=a",
        "local?root=%zz",
      })
  void whatIsNoStoreToBuildInIsRefused(String address) {
    assertThatThrownBy(() -> parse(address))
        .asInstanceOf(InstanceOfAssertFactories.type(NixException.class))
        .extracting(NixException::problem)
        .isEqualTo(new NixProblem.NotABuilder(address));
  }

  @Test
  void aRemoteStoreThatIsNoneIsRefusedToo() throws Exception {
    NixStore store = parse("ssh-ng://host?remote-store=https://cache.example.org");
    assertThatThrownBy(store::objects).isInstanceOf(NixException.class);
  }

  @Test
  void theOlderProtocolIsReplacedByTheNewerOne() throws Exception {
    NixStore store = parse("ssh://me@host?ssh-key=/key");
    assertThat(store.reach()).isEqualTo(NixStore.Reach.SSH);
    assertThat(store.toUrl(List.of("--option", "sandbox", "true")))
        .isEqualTo(
            "ssh-ng://me@host?ssh-key=/key&remote-program=nix-daemon%20--option%20sandbox%20true");
    assertThatThrownBy(() -> parse("ssh://host?remote-program=/bin/nix-store"))
        .asInstanceOf(InstanceOfAssertFactories.type(NixException.class))
        .extracting(NixException::problem)
        .isEqualTo(new NixProblem.OlderProgram("ssh://host?remote-program=/bin/nix-store"));
  }

  @Test
  void optionsGoToTheProgramOfTheOtherMachineAndOnlyThere() throws Exception {
    assertThat(parse("ssh-ng://host?remote-program=/opt/nix-daemon").toUrl(List.of("--a", "b=c")))
        .isEqualTo("ssh-ng://host?remote-program=/opt/nix-daemon%20--a%20b%3Dc");
    assertThat(parse("daemon").toUrl(List.of("--a"))).isEqualTo("daemon");
    assertThat(parse("/a b").toUrl(List.of("--a"))).isEqualTo("local?root=/a%20b");
    assertThat(parse("unix:///s?root=/a").toUrl(List.of())).isEqualTo("unix:///s?root=/a");
  }

  @ParameterizedTest
  @CsvSource({
    "/a, true",
    "local, false",
    "local?real=/a, true",
    "daemon, false",
    "unix:///s?root=/a, false",
    "ssh-ng://host, false",
    "ssh-ng://host?remote-store=/a, false",
  })
  void onlyAFolderOfOnesOwnHasNoUsersToBuildAs(String address, boolean isPrivate) throws Exception {
    assertThat(parse(address).isPrivate()).isEqualTo(isPrivate);
  }

  @Test
  void everyByteThatMeansSomethingInAnAddressIsEncoded() {
    assertThat(NixStore.encoded("a-b_c.d/e f&g?h=i%j'kü"))
        .isEqualTo("a-b_c.d/e%20f%26g%3Fh%3Di%25j%27k%C3%BC");
  }
}
