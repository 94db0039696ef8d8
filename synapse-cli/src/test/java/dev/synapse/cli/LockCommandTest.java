package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.maven.MavenException;
import dev.synapse.build.maven.MavenProblem;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LockCommandTest {
  @TempDir private Path temporary;
  private Session session;
  private Path data;

  @BeforeEach
  void open() throws Exception {
    session = Session.in(temporary);
    data = Files.writeString(temporary.resolve("data-1.0"), "data");
    session.write(
        "synapse.toml",
        """
        [project]
        name = "demo"
        source-date = 0

        [inputs.data]
        url = "%s"

        [inputs.library]
        artifact = "org.example:library:1.0"
        """
            .formatted(data.toUri()));
    Path library = Files.createDirectories(temporary.resolve("repository/org/example/library/1.0"));
    Files.writeString(library.resolve("library-1.0.jar"), "library");
  }

  private Session.Result lock(String... more) {
    var args = new ArrayList<>(List.of("lock"));
    args.add("--repository");
    args.add("central=" + temporary.resolve("repository"));
    args.addAll(List.of(more));
    return session.run(args.toArray(String[]::new));
  }

  @Test
  void inputsAreLockedOnceAndThenStay() throws Exception {
    var first = lock("--json");
    assertThat(first.status()).as(first.err()).isZero();
    assertThat(first.json().required("changes").size()).isEqualTo(2);
    Path lock = session.folder().resolve("synapse.lock");
    assertThat(first.json().required("lock").asString()).isEqualTo(lock.toString());
    assertThat(lock).content().contains("data-1.0", "library-1.0.jar");
    Files.writeString(data, "changed");
    assertThat(lock().err()).contains("synapse.lock is as it was");
  }

  @Test
  void anUpdateLooksUpAnewWhatIsNamed() throws Exception {
    assertThat(lock().err()).contains("input data: data-1.0", "input library: library-1.0.jar");
    Files.writeString(data, "changed");
    assertThat(lock("--update", "library").err()).contains("synapse.lock is as it was");
    assertThat(lock("--update", "data").err()).contains("input data: data-1.0");
    Files.writeString(data, "changed again");
    assertThat(lock("--update").err()).contains("input data: data-1.0");
  }

  @Test
  void namesBelongToUpdatesAndAreKnown() {
    var without = lock("data");
    assertThat(without.status()).isEqualTo(2);
    assertThat(without.err()).contains("names are for --update NAME...");
    var unknown = lock("--update", "absent");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.err()).contains("no toolchain, input or package 'absent'");
  }

  @Test
  void anInputThatCannotBeHadWritesNoLock() throws Exception {
    Files.delete(data);
    var result = lock();
    assertThat(result.status()).isNotZero().isNotEqualTo(70);
    assertThat(result.err()).contains("error: ", "data-1.0");
    assertThat(session.folder().resolve("synapse.lock")).doesNotExist();
  }

  @Test
  void aHashThatTheManifestGivesIsHeldAgainstTheFile() throws Exception {
    String manifest = Files.readString(session.folder().resolve("synapse.toml"));
    session.write(
        "synapse.toml",
        manifest.replace(
            "data-1.0\"\n",
            "data-1.0\"\nsha256 = \"sha256-AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\"\n"));
    var result = lock();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("input 'data'", "as the manifest says");
  }

  @Test
  void aRepositoryOptionIsANameAndAnAddress() {
    var result = session.run("lock", "--repository", "nonsense");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err()).contains("'nonsense' is not NAME=URL");
  }

  @Test
  void aManifestIsMadeOnceForAFolder() throws Exception {
    Files.delete(session.folder().resolve("synapse.toml"));
    session.write("pom.xml", "<project/>");
    var result = session.run("init");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out().strip()).isEqualTo(session.folder().resolve("synapse.toml").toString());
    Files.delete(session.folder().resolve("synapse.toml"));
    assertThat(session.run("init", "--json").json().required("manifest").asString())
        .isEqualTo(result.out().strip());
    assertThat(result.err()).contains("next: synapse lock");
    var again = session.run("init");
    assertThat(again.status()).isEqualTo(2);
    assertThat(again.err()).contains("is there already", "hint: remove it to start anew");
    var nowhere = session.run("init", "absent");
    assertThat(nowhere.status()).isEqualTo(2);
    assertThat(nowhere.err()).contains("is no folder");
  }

  @Test
  void anUnknownSuiteIsAWrongManifest() throws Exception {
    Path manifest = session.folder().resolve("synapse.toml");
    Files.writeString(
        manifest,
        """

        [toolchains.c]
        debian = { suite = "nosuite", packages = ["bash"] }
        """,
        StandardOpenOption.APPEND);
    Path mirror = Files.createDirectory(temporary.resolve("mirror"));
    int line = Files.readAllLines(manifest).size();

    var result = session.run("lock", "--repository", "debian=" + mirror);

    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err().strip())
        .isEqualTo(
            "error: synapse.toml:%d: toolchains.c.debian.suite: there is no suite 'nosuite' in the mirror '%s'; known: 'bookworm', 'trixie'"
                .formatted(line, mirror.toUri()));
  }

  private static String shown(MavenException problem, boolean wholeLog) throws Exception {
    var bytes = new ByteArrayOutputStream();
    var err = new PrintStream(bytes, true, StandardCharsets.UTF_8);
    try (var terminal = new Terminal(err, Map.of(), false, wholeLog)) {
      LockCommand.showWhyGoalsFailed(problem, terminal);
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  @Test
  void ofGoalsThatFailedTheEndOfTheLogIsShown() throws Exception {
    var failed = new MavenProblem.GoalsFailed(List.of("verify"), 1, List.of("one", "\033[1mtwo"));
    var unpinned = new MavenProblem.UnpinnedPlugin("g", "a");

    assertThat(shown(new MavenException(List.of(unpinned, failed)), false))
        .isEqualTo("last lines of the log:\n  one\n  two\n");
    assertThat(shown(new MavenException(List.of(unpinned)), false)).isEmpty();
    assertThat(shown(new MavenException(List.of(failed)), true))
        .as("all of it was shown already")
        .isEmpty();
  }
}
