package dev.synapse.build.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class SandboxPathsTest {
  private static final String PLACE = "/nix/store/x-toolchain";

  @TempDir private Path root;

  @BeforeEach
  void lay() throws IOException {
    Files.createDirectories(root.resolve("usr/bin"));
    Files.createDirectories(root.resolve("etc"));
    Files.createDirectories(root.resolve("home"));
  }

  private void link(String name, String target) throws IOException {
    Files.createSymbolicLink(root.resolve(name), Path.of(target));
  }

  @Test
  void thePartsOfTheToolchainAreThoseOfOurOwnRoom() throws Exception {
    link("bin", "usr/bin");
    for (String name : new String[] {"passwd", "group", "hosts", "ld.so.conf"}) {
      Files.writeString(root.resolve("etc").resolve(name), "");
    }
    assertThat(SandboxPaths.of(root, PLACE))
        .containsExactly(
            "/usr=" + PLACE + "/usr",
            "/bin=" + PLACE + "/bin",
            "/etc/ld.so.conf=" + PLACE + "/etc/ld.so.conf");
  }

  @Test
  void noLinkLeadsOutOfTheToolchain() throws Exception {
    Files.writeString(root.resolve("usr/bin/rmt"), "");
    link("usr/bin/other", "/usr/bin/rmt");
    link("etc/absolute", "/usr/bin/rmt");
    link("etc/through", "../usr/bin/other");
    link("etc/relative", "../usr/bin/rmt");
    link("etc/outside", "../../outside");
    link("etc/dangling", "/absent");
    link("etc/circle", "circle");
    assertThat(SandboxPaths.of(root, PLACE))
        .containsExactly(
            "/usr=" + PLACE + "/usr",
            "/etc/absolute=" + PLACE + "/usr/bin/rmt",
            "/etc/relative=" + PLACE + "/etc/relative",
            "/etc/through=" + PLACE + "/usr/bin/rmt");
  }

  @Test
  void whatNixWouldDivideIsRefused() throws Exception {
    assertThatThrownBy(() -> SandboxPaths.of(root, "/a b"))
        .hasMessage(
            "Nix cannot be given '/usr=/a b/usr' as a sandbox path: it has blanks or signs"
                + " in it");
    for (String name : new String[] {"a=b", "a b", "a?"}) {
      Path file = Files.writeString(root.resolve("etc").resolve(name), "");
      assertThatThrownBy(() -> SandboxPaths.of(root, PLACE)).isInstanceOf(NixException.class);
      Files.delete(file);
    }
  }
}
