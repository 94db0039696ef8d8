package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Builds by real Nix, beside ours.
@Timeout(300)
final class EngineTest {
  /// Nix gives the builder a terminal for its log; ours is a pipe.
  private static final String DIFFERENT =
      "if [ -t 2 ]; then kind=terminal; else kind=pipe; fi; echo $kind >$out";

  /// What the `nix.conf` of a machine would say where root has no other users to build as.
  private static final String ALONE = "build-users-group =";

  private static final String GATED =
      """
      phases.check = '''
      echo '<testsuite name="A" tests="1"><testcase classname="A" name="a"/></testsuite>' >TEST-A.xml
      '''
      """;

  @TempDir private Path home;

  @BeforeEach
  void needNix() {
    for (String program : List.of("nix", "nix-store", "nix-daemon")) {
      assumeThat(Path.of("/usr/bin", program)).as("real Nix").isExecutable();
    }
  }

  private SmallProject project(String name, String build, String... more) throws Exception {
    return SmallProject.in(Files.createDirectory(home.resolve(name))).add("demo", build, more);
  }

  private static PathInfo out(SmallProject project) throws IOException {
    try (LocalStore store = LocalStore.open(project.storeFolder())) {
      Path result = project.folder().resolve("result");
      String baseName = Files.readSymbolicLink(result).getFileName().toString();
      return store.allValid().stream()
          .filter(path -> path.baseName().equals(baseName))
          .findFirst()
          .flatMap(
              path -> {
                try {
                  return store.find(path);
                } catch (IOException e) {
                  throw new java.io.UncheckedIOException(e);
                }
              })
          .orElseThrow();
    }
  }

  private void assertBuilt(SmallProject project, Program.Result result) throws Exception {
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(project.folder().resolve("result")).hasContent("made\n");
    assertThat(project.damage()).isEmpty();
    assertThat(project.leftovers()).isEmpty();
  }

  @Test
  void bothEnginesGiveTheSameOutputsAndTheSameVerdict() throws Exception {
    String build =
        "echo said; mkdir $out; cat $src/file /usr/bin/bash >$out/file; echo $src >$out/refers";
    String[] more = {
      "outputs = [\"out\", \"report\"]", GATED, "gmp = { tests = [\"*.xml\"], coverage = [] }"
    };
    SmallProject ours = project("ours", build, more);
    SmallProject theirs = project("theirs", build, more);
    theirs.program().with("PATH", "/usr/bin");

    var byUs = ours.build();
    var byNix = theirs.build("--engine", "nix", "-L");

    assertThat(byUs.status()).as(byUs.err()).isZero();
    assertThat(byNix.status()).as(byNix.err()).isZero();
    assertThat(byNix.err())
        .contains("RELEASED", "demo-1.0> said", "demo-1.0: build", "inputs to Nix at")
        .doesNotContain("nix: warning");
    PathInfo first = out(ours);
    PathInfo second = out(theirs);
    assertThat(second.path()).isEqualTo(first.path());
    assertThat(second.narHash()).isEqualTo(first.narHash());
    assertThat(second.references()).isEqualTo(first.references()).hasSize(1);
    assertThat(second.deriver()).isEqualTo(first.deriver()).isPresent();
    assertThat(theirs.folder().resolve("result-report/report.json"))
        .hasSameBinaryContentAs(ours.folder().resolve("result-report/report.json"));
    assertThat(theirs.damage()).isEmpty();
    assertThat(theirs.leftovers()).isEmpty();
    assertThat(theirs.program().run("log", "-C", theirs.folder().toString()).out())
        .contains("said");
  }

  @Test
  void aBuildThatBothMakeAlikeIsCrossChecked() throws Exception {
    SmallProject project = project("a", "echo made >$out");

    var result = project.build("--cross-check", "--json");

    assertBuilt(project, result);
    assertThat(result.err())
        .contains("cross-checked: the engine 'nix' made the same bytes of demo")
        .doesNotContain("the engine 'synapse' made");
    assertThat(result.out())
        .contains(
            "\"engine\" : \"synapse\"",
            "\"crossChecked\" : true",
            "\"reproducible\" : null",
            "\"disposition\" : \"released\"");
    // What is there already may come from anywhere: both build.
    var again = project.build("--cross-check", "--engine", "nix", "--rebuild");
    assertBuilt(project, again);
    assertThat(again.err())
        .contains(
            "reproducible: a second build of demo made the same bytes",
            "cross-checked: the engine 'synapse' made the same bytes of demo");
    assertThat(project.build("--cross-check").err())
        .contains("the engine 'synapse' made the same", "the engine 'nix' made the same");
  }

  @Test
  void aBuildThatTheEnginesMakeDifferentlyIsRejectedUntilTheyAgree() throws Exception {
    SmallProject project = project("a", DIFFERENT);
    assertThat(project.build().status()).isZero();

    var result = project.build("--cross-check", "--json");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains(
            "cross-checked: the engine 'synapse' made the same bytes of demo",
            "the engines differ: what 'nix' made of demo is not the same",
            "  out: .: content (line 1: 'pipe', then 'terminal')",
            "rejected: no result link");
    assertThat(result.out())
        .contains(
            "\"crossChecked\" : false",
            "\"engine\" : \"nix\"",
            "\"disposition\" : \"rejected\"",
            "line 1: 'pipe', then 'terminal'");
    assertThat(project.linked()).isFalse();
    // An engine that agrees with itself proves nothing of the other.
    var rebuilt = project.build("--rebuild");
    assertThat(rebuilt.status()).isEqualTo(1);
    assertThat(rebuilt.err())
        .contains(
            "reproducible: a second build of demo made the same bytes",
            "the engines differ: when demo was built with both, out differed; build --cross-check"
                + " compares anew");
    assertThat(project.build("--json").out()).contains("\"crossChecked\" : false");
    var judgingNothing = project.build("--cross-check", "--compare", "none");
    assertThat(judgingNothing.status()).isEqualTo(2);
    assertThat(project.leftovers()).isEmpty();
  }

  @Test
  void aBuilderThatFailsIsAFailedBuild() throws Exception {
    SmallProject project = project("a", "echo going wrong; exit 3");

    var result = project.build("--engine", "nix");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.error())
        .contains("Nix: builder for '", "' failed with exit code 3 in phase 'build'");
    assertThat(result.err()).contains("  going wrong");
    assertThat(project.outputs()).isEmpty();
    assertThat(project.linked()).isFalse();
    assertThat(project.leftovers()).isEmpty();
    assertThat(project.build("--cross-check").status()).isEqualTo(1);
  }

  @Test
  void whatNixKeepsOfAFailedBuildCanBeLookedInto() throws Exception {
    SmallProject project = project("a", "echo half >made; exit 3");

    var result = project.build("--engine", "nix", "--keep-failed");

    assertThat(result.status()).isEqualTo(1);
    String said = "nix: note: keeping build directory '";
    String line =
        result
            .err()
            .lines()
            .map(String::strip)
            .filter(each -> each.contains(said))
            .findFirst()
            .orElseThrow();
    Path kept = Path.of(line.substring(line.indexOf(said) + said.length(), line.length() - 1));
    try (Stream<Path> files = Files.walk(kept)) {
      assertThat(files.filter(each -> each.endsWith("made")))
          .singleElement()
          .satisfies(made -> assertThat(made).hasContent("half\n"));
    }
    assertThat(project.build("--engine", "nix").err()).doesNotContain(said);
  }

  @Test
  void whatOnlyOneEngineCanBuildIsNotCrossChecked() throws Exception {
    SmallProject project = project("a", "[ ! -t 2 ]; echo made >$out");
    var result = project.build("--cross-check");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains("the build succeeded before and failed with the engine 'nix'");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void aBuilderThatRunsTooLongIsEndedByNix() throws Exception {
    SmallProject project =
        project("a", "while :; do sleep 1; done", "limits = { wall-time = \"2s\" }");
    var result = project.build("--engine", "nix");
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.error()).contains("timed out after 2 seconds");
  }

  @Test
  void aStoreThatIsNotThereIsNoFailedBuild() throws Exception {
    SmallProject project = project("a", "echo made >$out");
    var gone = project.build("--engine", "nix", "--nix-store", "unix://" + home + "/nobody");
    assertThat(gone.status()).isEqualTo(3);
    assertThat(gone.error())
        .contains("could not copy the inputs: cannot connect to ")
        .contains("No such file or directory");
    var unknown = project.build("--engine", "nix", "--nix-store", "ssh-ng://no-such-host.invalid");
    assertThat(unknown.status()).isEqualTo(3);
    assertThat(unknown.error()).contains("could not copy the inputs: ");
    assertThat(project.outputs()).isEmpty();
    assertThat(project.leftovers()).isEmpty();
  }

  @Test
  void aFolderOfOnesOwnMayBeNamedInEveryWay() throws Exception {
    SmallProject project = project("a", "echo made >$out");
    Path elsewhere = home.resolve("else");
    assertBuilt(project, project.build("--engine", "nix", "--nix-store", elsewhere.toString()));
    assertThat(elsewhere.resolve("nix/store")).isNotEmptyDirectory();
    assertThat(project.storeFolder().resolve("synapse/nix")).doesNotExist();
    for (String address : List.of("../else", "local?root=" + elsewhere)) {
      assertBuilt(project, project.build("--engine", "nix", "--rebuild", "--nix-store", address));
    }
    var blank =
        project.build(
            "--engine", "nix", "--rebuild", "--nix-store", home.resolve("a b").toString());
    assertThat(blank.status()).isEqualTo(3);
    assertThat(blank.error()).contains("as a sandbox path: it has blanks");
  }

  @Test
  void aDaemonBuildsForThoseWhomItTrusts() throws Exception {
    SmallProject project = project("a", "echo made >$out");
    Path root = home.resolve("daemon-root");
    String user = System.getProperty("user.name");
    Process trusting = daemon(project, root, user, "");
    try {
      assertBuilt(
          project, project.build("--engine", "nix", "--nix-store", socket() + "?root=" + root));
      assertThat(root.resolve("nix/store")).isNotEmptyDirectory();
    } finally {
      end(trusting);
    }
    Process other = daemon(project, root, "somebody-else", "");
    try {
      var refused =
          project.build("--engine", "nix", "--rebuild", "--nix-store", socket() + "?root=" + root);
      assertThat(refused.status()).isEqualTo(3);
      assertThat(refused.error())
          .contains("did not show the toolchain to the builder: executing '/usr/bin/bash'");
      assertThat(refused.err()).contains("hint: sandbox-paths is a setting", "trusted-users");
    } finally {
      end(other);
    }
  }

  @Test
  void noProgramOfTheMachineIsTakenForOneOfTheToolchain() throws Exception {
    SmallProject project = project("a", "echo made >$out");
    Path root = home.resolve("daemon-root");
    // What this daemon shows to the builders of those whom it does not trust works, and is not
    // ours.
    Process daemon = daemon(project, root, "somebody-else", "/usr /bin /lib /lib64");
    try {
      var refused = project.build("--engine", "nix", "--nix-store", socket() + "?root=" + root);
      assertThat(refused.status()).isNotZero();
      assertThat(refused.err())
          .containsPattern(
              "/usr is not that of the toolchain|did not show the toolchain to the builder");
      assertThat(project.outputs()).isEmpty();
    } finally {
      end(daemon);
    }
  }

  private String socket() {
    return "unix://" + home.resolve("socket");
  }

  private Process daemon(SmallProject project, Path root, String trusted, String sandboxPaths)
      throws Exception {
    Path socket = home.resolve("socket");
    Files.deleteIfExists(socket);
    var builder =
        new ProcessBuilder(
                "nix-daemon",
                "--store",
                "local?root=" + root,
                "--option",
                "trusted-users",
                trusted,
                "--option",
                "sandbox",
                "true",
                "--option",
                "sandbox-paths",
                sandboxPaths,
                "--option",
                "build-users-group",
                "")
            .redirectErrorStream(true)
            .redirectOutput(home.resolve("daemon.log").toFile());
    builder.environment().put("NIX_DAEMON_SOCKET_PATH", socket.toString());
    builder.environment().put("HOME", project.folder().toString());
    Process process = builder.start();
    Processes.await(
        "the daemon", Duration.ofMinutes(1), () -> Files.exists(socket) || !process.isAlive());
    assertThat(process.isAlive()).as(Files.readString(home.resolve("daemon.log"))).isTrue();
    return process;
  }

  private static void end(Process process) throws InterruptedException {
    process.destroy();
    int _ = process.waitFor();
  }

  @Test
  void theProtocolOfOtherMachinesCarriesTheToolchain() throws Exception {
    // Nix itself takes this host for a wish to do without ssh.
    SmallProject project = project("a", "echo made >$out");
    Path root = home.resolve("remote");
    String remote = "ssh-ng://localhost?remote-store=local%3Froot%3D" + root;
    project.program().with("NIX_CONFIG", ALONE);
    assertBuilt(project, project.build("--engine", "nix", "--nix-store", remote));
    assertThat(root.resolve("nix/store")).isNotEmptyDirectory();
    assertBuilt(project, project.build("--rebuild", "--engine", "nix", "--nix-store", remote));
  }

  @Test
  void anotherMachineBuildsThroughSsh() throws Exception {
    Path server = Path.of("/usr/sbin/sshd");
    assumeThat(server).as("a server of ssh").isExecutable();
    assumeThat(Path.of("/run/sshd")).as("what that server needs").isDirectory();
    SmallProject project = project("a", "echo made >$out");
    for (String key : List.of("host", "user")) {
      String file = home.resolve(key).toString();
      assertThat(
              new ProcessBuilder("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", file)
                  .start()
                  .waitFor())
          .isZero();
    }
    Files.copy(home.resolve("user.pub"), home.resolve("authorized"));
    Files.writeString(
        home.resolve("known"), "builder " + Files.readString(home.resolve("host.pub")));
    Files.writeString(
        home.resolve("server"),
        """
        HostKey %1$s/host
        AuthorizedKeysFile %1$s/authorized
        StrictModes no
        UsePAM no
        PasswordAuthentication no
        SetEnv NIX_CONFIG="%2$s"
        """
            .formatted(home, ALONE));
    Files.writeString(
        home.resolve("client"),
        """
        Host builder
          User %2$s
          ProxyCommand %3$s -i -f %1$s/server
          HostKeyAlias builder
          IdentityFile %1$s/user
          UserKnownHostsFile %1$s/known
          BatchMode yes
        """
            .formatted(home, System.getProperty("user.name"), server));
    project.program().with("NIX_SSHOPTS", "-F " + home.resolve("client"));
    Path root = home.resolve("remote");
    for (String scheme : List.of("ssh-ng", "ssh")) {
      String remote = scheme + "://builder?remote-store=local?root=" + root;
      assertBuilt(project, project.build("--rebuild", "--engine", "nix", "--nix-store", remote));
    }
    assertThat(root.resolve("nix/store")).isNotEmptyDirectory();
  }

  @Test
  void controlCEndsNixToo() throws Exception {
    SmallProject project = project("a", "echo half >$out; sleep 29 & wait; echo made >$out");
    // An interrupt that is ignored where the tests were started is ignored by their children too.
    project.program().by("env", "--default-signal=INT", "setsid");
    for (String target : List.of("-", "")) {
      var running = project.start("--engine", "nix");
      List<ProcessHandle> found = new ArrayList<>();
      Processes.await(
          "the builder",
          Duration.ofMinutes(1),
          () -> {
            found.clear();
            running.process().descendants().forEach(found::add);
            return found.stream().anyMatch(each -> Processes.commandLine(each).equals("sleep 29"))
                || !running.process().isAlive();
          });
      assertThat(running.process().isAlive()).as("%s", running.errors()).isTrue();

      Processes.signal("-INT", target + running.pid());
      var result = running.end();

      Processes.assertEnd(found);
      assertThat(result.status()).isEqualTo(130);
      assertThat(result.error()).isEqualTo("interrupted");
      assertThat(project.outputs()).isEmpty();
      assertThat(project.leftovers()).isEmpty();
    }
  }
}
