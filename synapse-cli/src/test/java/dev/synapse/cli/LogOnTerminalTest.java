package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `synapse log` in a terminal, which `script` makes, and in a pipe.
final class LogOnTerminalTest {
  private static final String LOG = "a\033[31mb\tc\n" + "x".repeat(100_000) + "\u009b2Jend";

  @TempDir private Path home;

  @Test
  void aTerminalGetsPlainTextAndAPipeEveryByte() throws Exception {
    assumeTrue(Files.isExecutable(Path.of("/usr/bin/script")), "script is not installed");
    StorePath derivation = StorePath.parse("/nix/store/" + "a".repeat(32) + "-demo.drv");
    Path folder = home.resolve("store");
    try (LocalStore store = LocalStore.open(folder);
        OutputStream log = store.logs().writer(derivation)) {
      log.write(LOG.getBytes(StandardCharsets.UTF_8));
    }
    Program program = Program.of(home).with("SYNAPSE_HOME", folder.toString());
    String command = Program.launcher() + " log " + derivation;

    var piped = program.run("log", derivation.toString());
    var shown = program.start(List.of("script", "-qec", command, "/dev/null")).end();

    assertThat(piped.out()).isEqualTo(LOG);
    assertThat(shown.status()).as(shown.out()).isZero();
    assertThat(shown.out().replace("\r\n", "\n"))
        .isEqualTo("ab\tc\n" + "x".repeat(100_000) + "end");
  }
}
