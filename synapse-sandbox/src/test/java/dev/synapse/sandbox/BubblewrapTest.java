package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
final class BubblewrapTest {
  @TempDir private Path home;

  private static SandboxProblem problem(List<String> command, KernelSettings settings) {
    return assertThrows(
            SandboxUnavailableException.class, () -> Bubblewrap.tried(command, settings))
        .problem();
  }

  private KernelSettings settings(String name, String value, String user) throws IOException {
    Path proc = home.resolve("proc");
    Path file = proc.resolve("sys").resolve(name.replace('.', '/'));
    Files.createDirectories(file.resolveSibling(""));
    Files.writeString(file, value + "\n");
    Files.createDirectories(proc.resolve("self"));
    Files.writeString(
        proc.resolve("self/status"), "Uid:\t%1$s\t%1$s\nSeccomp:\t0\n".formatted(user));
    return new KernelSettings(proc);
  }

  private String script(String text) throws IOException {
    Path file = Files.writeString(home.resolve("bwrap"), "#!/bin/sh\n" + text + "\n");
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    return file.toString();
  }

  @Test
  void anotherCommandLineServesAsWell() throws Exception {
    Bubblewrap system = Room.bubblewrap();
    Bubblewrap other =
        Bubblewrap.tried(
            List.of("/usr/bin/env", "-i", system.command().toString().replaceAll("[\\[\\]]", "")));

    assertThat(other.version()).isEqualTo(system.version());
    try (var runner =
        new SandboxRunner(other, home.resolve("scratch"), LimitMechanism.detect(), false)) {
      Room.Result result =
          Room.run(runner, new Room(home.resolve("room")).shell("echo in"), Limits.NONE);
      assertThat(result.output()).isEqualTo("in\n");
    }
  }

  /// A real refusal of the kernel: within a user namespace that allows no further ones.
  @Test
  void saysWhichSettingRefusesNamespacesAndWhatToType() throws Exception {
    Room.bubblewrap();
    for (String tool : List.of("/usr/bin/unshare", "/usr/bin/setpriv")) {
      assumeThat(Path.of(tool)).as("needed to simulate a refusal").isExecutable();
    }
    String refusing =
        script(
            """
            exec unshare -Ur /bin/sh -c 'echo 0 >/proc/sys/user/max_user_namespaces &&
              exec setpriv --bounding-set -all --inh-caps -all /usr/bin/bwrap "$@"' sh "$@"
            """);

    SandboxProblem problem =
        problem(
            List.of("/usr/bin/env", "PATH=/usr/bin:/bin", refusing),
            settings("user.max_user_namespaces", "0", "1000"));

    assertThat(problem)
        .isEqualTo(new SandboxProblem.SettingRefuses("user.max_user_namespaces", "0", "15000"));
    assertThat(problem.message())
        .isEqualTo("the kernel refuses user namespaces: user.max_user_namespaces is 0");
    assertThat(problem.hint()).startsWith("sudo sysctl -w user.max_user_namespaces=15000");
    assertThat(problem.otherBubblewrapMayHelp()).isFalse();
  }

  @Test
  void knowsTheSettingsOfDebianAndUbuntu() throws Exception {
    assertThat(settings("kernel.unprivileged_userns_clone", "0", "1000").diagnose("b", "no"))
        .isEqualTo(new SandboxProblem.SettingRefuses("kernel.unprivileged_userns_clone", "0", "1"));
    assertThat(
            settings("kernel.apparmor_restrict_unprivileged_userns", "1", "1000")
                .diagnose("b", "no"))
        .isInstanceOf(SandboxProblem.SettingRefuses.class);
  }

  @Test
  void doesNotBlameASettingThatDoesNotConcernRoot() throws Exception {
    assertThat(settings("kernel.unprivileged_userns_clone", "0", "0").diagnose("b", "no\nway"))
        .isEqualTo(new SandboxProblem.TrialFailed("b", "no"));
  }

  @Test
  void blamesTheContainerWhereProcCannotBeMounted() throws Exception {
    String detail = "bwrap: Can't mount proc on /newroot/proc: Operation not permitted";

    assertThat(settings("user.max_user_namespaces", "9", "0").diagnose("b", detail))
        .isEqualTo(new SandboxProblem.ContainerRefuses(detail));
  }

  @Test
  void refusesAnOldOne() throws Exception {
    String old = script("echo bubblewrap 0.4.1");

    assertThat(problem(List.of(old), settings("user.max_user_namespaces", "1", "0")))
        .isEqualTo(new SandboxProblem.BubblewrapTooOld(old, "0.4.1"));
  }

  @Test
  void refusesWhatIsNoBubblewrapOrNotThere() throws Exception {
    String other = script("echo something else");
    KernelSettings settings = settings("user.max_user_namespaces", "1", "0");

    assertThat(problem(List.of(other), settings))
        .isEqualTo(new SandboxProblem.TrialFailed(other, "something else"));
    assertThatThrownBy(() -> Bubblewrap.tried(List.of("/no/bwrap")))
        .isInstanceOf(SandboxUnavailableException.class)
        .hasMessageContaining("/no/bwrap");
  }

  @Test
  void isTakenFromTheFirstPlaceThatHasOne() throws Exception {
    String none = home.resolve("none").toString();
    Path standIn = Path.of(new StandIn(home.resolve("place"), "1.2.3").command().getLast());
    Files.writeString(standIn, "#!/bin/sh\n" + Files.readString(standIn));
    Files.setPosixFilePermissions(standIn, PosixFilePermissions.fromString("rwxr-xr-x"));

    Bubblewrap found = Bubblewrap.locate(List.of(Path.of(none), standIn));

    assertThat(found.version()).isEqualTo("1.2.3");
    assertThat(found.setsProgramName()).isTrue();
    assertThat(found.command()).isEqualTo(Room.words(standIn.toString()));
    assertThatThrownBy(() -> Bubblewrap.locate(List.of(Path.of(none))))
        .isInstanceOfSatisfying(
            SandboxUnavailableException.class,
            refusal ->
                assertThat(refusal.problem())
                    .isEqualTo(new SandboxProblem.NoBubblewrap(List.of(none))));
  }

  @Test
  void aTrialThatFailsIsToldInItsFirstWords() throws Exception {
    String failing =
        script("[ \"$1\" = --version ] && echo bubblewrap 0.9.0 && exit 0; echo no luck; exit 1");

    assertThat(problem(List.of(failing), settings("user.max_user_namespaces", "1", "0")))
        .isEqualTo(new SandboxProblem.TrialFailed(failing, "no luck"));
  }

  @Test
  void blamesTheContainerWhereItsFilterIsOn() throws Exception {
    KernelSettings settings = settings("user.max_user_namespaces", "9", "1000");
    Files.writeString(home.resolve("proc/self/status"), "Uid:\t1000\nSeccomp:\t2\n");

    assertThat(settings.diagnose("b", ""))
        .isEqualTo(new SandboxProblem.ContainerRefuses("it says nothing"));
  }
}
