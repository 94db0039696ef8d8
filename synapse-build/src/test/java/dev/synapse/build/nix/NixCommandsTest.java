package dev.synapse.build.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.sandbox.Limits;
import dev.synapse.store.path.StorePath;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class NixCommandsTest {
  private static final NixPrograms PROGRAMS =
      new NixPrograms(Path.of("/bin/nix"), Path.of("/bin/nix-store"), Map.of());
  private static final String DIGEST = "/nix/store/q06x3jll2yfzckz2bzqak089p43ixkkq-";
  private StorePath derivation;
  private StorePath output;

  @BeforeEach
  void parse() throws Exception {
    derivation = StorePath.parse(DIGEST + "demo.drv");
    output = StorePath.parse(DIGEST + "demo");
  }

  private static NixCommands commands(String address, String... sandboxPaths) throws NixException {
    return new NixCommands(PROGRAMS, NixStore.parse(address, Path.of("/")), List.of(sandboxPaths));
  }

  private static String line(List<String> command) {
    return String.join(
        " ",
        command.stream()
            .map(word -> word.contains(" ") || word.isEmpty() ? "'" + word + "'" : word)
            .toList());
  }

  @Test
  void aDerivationIsBuiltInTheSandboxOfNixAndNowhereElse() throws Exception {
    Limits limits =
        Limits.NONE.withWallTime(Duration.ofMinutes(2)).withSilence(Duration.ofMillis(5));
    assertThat(
            line(
                commands("/s", "/usr=/s/t/usr", "/bin=/s/t/bin")
                    .realise(derivation, false, 3, limits)))
        .isEqualTo(
            "/bin/nix-store --store local?root=/s --realise "
                + derivation
                + " --no-gc-warning --log-format internal-json --option substitute false --option"
                + " builders '' --option build-users-group '' --max-jobs 1 --cores 3 --timeout 120"
                + " --max-silent-time 1 --option sandbox true --option sandbox-fallback false"
                + " --option sandbox-paths '/usr=/s/t/usr /bin=/s/t/bin'");
  }

  @Test
  void aDaemonKeepsItsUsersAndIsAskedToBuildOnceMore() throws Exception {
    assertThat(line(commands("daemon", "/usr=/t/usr").realise(derivation, true, 1, Limits.NONE)))
        .isEqualTo(
            "/bin/nix-store --store daemon --realise "
                + derivation
                + " --no-gc-warning --log-format internal-json --option substitute false --option"
                + " builders '' --check --max-jobs 1 --cores 1 --option sandbox true --option"
                + " sandbox-fallback false --option sandbox-paths /usr=/t/usr");
  }

  @Test
  void anotherMachineIsToldOfTheSandboxWhenItsNixIsStarted() throws Exception {
    List<String> command =
        commands("ssh-ng://host?remote-store=/s", "/usr=/s/usr", "/bin=/s/bin")
            .realise(derivation, false, 1, Limits.NONE);
    assertThat(command).doesNotContain("sandbox", "sandbox-paths");
    assertThat(URLDecoder.decode(command.get(2), StandardCharsets.UTF_8))
        .isEqualTo(
            "ssh-ng://host?remote-store=/s&remote-program=nix-daemon --option sandbox true --option"
                + " sandbox-fallback false --option substitute false --option builders @/dev/null"
                + " --option sandbox-paths /usr=/s/usr --option extra-sandbox-paths /bin=/s/bin");
  }

  @Test
  void noShellOfAnotherMachineIsGivenWhatItWouldTakeForACommand() throws Exception {
    for (String path : List.of("/etc/a;b=/t", "/etc/$(a)=/t", "/etc/a b=/t", "/etc/'a=/t")) {
      NixCommands remote = commands("ssh-ng://host", path);
      assertThatThrownBy(() -> remote.export(List.of(output)))
          .isInstanceOf(NixException.class)
          .hasMessageContaining(path);
    }
  }

  @Test
  void inputsAreCopiedAndOutputsSent() throws Exception {
    NixCommands commands = commands("daemon");
    String common = " --log-format internal-json --option substitute false --option builders ''";
    assertThat(line(commands.copy(Path.of("/my store"), List.of(derivation))))
        .isEqualTo(
            "/bin/nix --extra-experimental-features nix-command copy --derivation --no-check-sigs"
                + " --from local?root=/my%20store --to daemon"
                + common
                + " "
                + derivation);
    assertThat(line(commands.copy(Path.of("/s"), List.of(output))))
        .doesNotContain("--derivation")
        .endsWith(" " + output);
    assertThat(line(commands.export(List.of(output))))
        .isEqualTo("/bin/nix-store --store daemon --export" + common + " " + output);
    assertThat(line(commands.printInvalid(List.of(output))))
        .isEqualTo(
            "/bin/nix-store --store daemon --check-validity --print-invalid"
                + common
                + " "
                + output);
  }
}
