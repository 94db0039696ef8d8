package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ToolchainRootTest {
  @Test
  void mountsTheSystemAndAllOfEtcButUsersAndHosts(@TempDir Path root) throws Exception {
    Files.createDirectories(root.resolve("usr/bin"));
    Files.createSymbolicLink(root.resolve("bin"), Path.of("usr/bin"));
    Files.createDirectories(root.resolve("home"));
    Path etc = Files.createDirectory(root.resolve("etc"));
    for (String name : new String[] {"ssl", "passwd", "group", "hosts", "alternatives"}) {
      Files.createFile(etc.resolve(name));
    }

    assertThat(ToolchainRoot.mounts(root))
        .containsExactly(
            new Mount.ReadOnly(root.resolve("usr"), Path.of("/usr")),
            new Mount.ReadOnly(root.resolve("bin"), Path.of("/bin")),
            new Mount.ReadOnly(etc.resolve("alternatives"), Path.of("/etc/alternatives")),
            new Mount.ReadOnly(etc.resolve("ssl"), Path.of("/etc/ssl")));
  }
}
