package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// A store that belongs to another user.
@Timeout(180)
final class ForeignStoreTest {
  private static final int NOBODY = 65534;
  private static final String[] AS_NOBODY = {
    "setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups"
  };

  @TempDir private Path home;
  private Path tree;
  private Path store;
  private Program program;

  @BeforeEach
  void prepare() throws Exception {
    assumeThat(Files.getAttribute(home, "unix:uid")).as("only root is several users").isEqualTo(0);
    Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
    tree = Files.writeString(home.resolve("file"), "contents");
    store = home.resolve("store");
    program = Program.of(home);
  }

  private Program.Result add(Path to) throws Exception {
    return program.run("--store", to.toString(), "store", "add", tree.toString());
  }

  private Path ofNobody(String name) throws Exception {
    Path folder = Files.createDirectory(home.resolve(name));
    Files.setAttribute(folder, "unix:uid", NOBODY);
    return folder;
  }

  @Test
  void isLeftAloneAndItsOwnerNamed() throws Exception {
    assertThat(add(store).status()).isZero();
    program.by(AS_NOBODY);
    assumeThat(program.run("--version").status()).as("the program may be read by all").isZero();

    var refused = add(store);

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.error())
        .isEqualTo(
            "store folder '%s' belongs to root: choose another with --store".formatted(store));
    var elsewhere = add(ofNobody("elsewhere"));
    assertThat(elsewhere.status()).as(elsewhere.err()).isZero();
  }

  /// Else files of root would lie in it, which its owner can neither read nor remove.
  @Test
  void isLeftAloneByRootToo() throws Exception {
    Path foreign = ofNobody("foreign");

    var refused = add(foreign);

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.error()).contains("belongs to nobody");
    assertThat(foreign).isEmptyDirectory();
    assertThat(add(store).status()).isZero();
  }
}
