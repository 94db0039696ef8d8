package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.build.debian.OwnBubblewrap;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Where the system gives no sandbox, Synapse takes its own, or builds nothing and says why.
@Timeout(300)
final class NoSandboxTest {
  /// A device is no program: so it is as if there were no bubblewrap.
  private static final String HIDE =
      "for each in /usr/bin/bwrap /usr/local/bin/bwrap; do"
          + " [ ! -e $each ] || mount --bind /dev/null $each || exit; done";

  @TempDir private Path home;
  private SmallProject project;

  @BeforeEach
  void prepare() throws Exception {
    project = SmallProject.in(home).add("demo", "echo made >$out");
  }

  private void assertNothingWasBuiltAndTheNextRunDoes() throws Exception {
    assertThat(project.outputs()).isEmpty();
    assertThat(project.linked()).isFalse();
    assertThat(project.leftovers()).isEmpty();
    project.program().by();
    var next = project.build();
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(project.folder().resolve("result")).hasContent("made\n");
  }

  @Test
  void aKernelWithoutUserNamespacesIsToldByTheSettingAndWhatToType() throws Exception {
    project.program().by(Namespaces.withoutUserNamespaces());

    var refused = project.build();

    assertThat(refused.status()).isEqualTo(3);
    assertThat(refused.error())
        .isEqualTo("the kernel refuses user namespaces: user.max_user_namespaces is 0");
    assertThat(refused.err())
        .contains("hint: sudo sysctl -w user.max_user_namespaces=15000")
        .as("another bubblewrap would not help")
        .doesNotContain("own bubblewrap");
    assertNothingWasBuiltAndTheNextRunDoes();
  }

  @Test
  void withoutBubblewrapAndWithoutTheMeansToFetchItNothingIsBuilt() throws Exception {
    try (var mirror = new OneAnswer()) {
      mirror.give("403 Forbidden", "");
      project.program().by(Namespaces.withMounts(HIDE));

      var refused = project.build("--repository", "debian=" + mirror.address());

      assertThat(refused.status()).isEqualTo(3);
      assertThat(refused.error())
          .startsWith("no sandbox, and '" + mirror.address())
          .contains("was refused with HTTP status 403");
      assertThat(refused.err())
          .contains("synapse: no bubblewrap: there is no bwrap in /usr/bin/bwrap")
          .contains("hint: install bubblewrap");
      assertNothingWasBuiltAndTheNextRunDoes();
    }
  }

  /// With Debian's real packages, from where this machine has Debian from.
  @Test
  void withoutBubblewrapItsOwnIsFetchedOnceAndUsed() throws Exception {
    assumeThat(OwnBubblewrap.runsHere()).as("a machine for its own bubblewrap").isTrue();
    project.program().by(Namespaces.withMounts(HIDE));

    var built = project.build();

    assumeThat(built.err())
        .as("Debian's mirror cannot be reached")
        .doesNotContainPattern(
            "error: no sandbox, and .*(could not be fetched|no address is known)");
    assertThat(built.status()).as(built.err()).isZero();
    assertThat(built.err()).contains("synapse: taking Synapse's own bubblewrap");
    assertThat(project.folder().resolve("result")).hasContent("made\n");
    Files.delete(project.folder().resolve("result"));

    // Also where the system has one, and from now on without a mirror.
    project.program().by().with("SYNAPSE_OWN_BUBBLEWRAP", "1");
    var again = project.build("--rebuild", "--repository", "debian=" + home);
    assertThat(again.status()).as(again.err()).isZero();
    assertThat(List.of(again.err().split("\n", -1)))
        .contains("reproducible: a second build of demo made the same bytes");
    assertThat(project.leftovers()).isEmpty();
  }
}
