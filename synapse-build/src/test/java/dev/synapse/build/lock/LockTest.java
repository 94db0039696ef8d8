package dev.synapse.build.lock;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.synapse.build.document.Problem;
import dev.synapse.build.manifest.Manifest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class LockTest {
  private static final String MANIFEST =
      """
      [project]
      name = "p"
      [toolchains.java]
      debian = { suite = "trixie", packages = ["bash", "coreutils"] }
      links = { "/usr/bin/awk" = "/usr/bin/mawk" }
      [inputs.maven]
      artifact = "org.apache.maven:apache-maven:3.9.x:tar.gz:bin"
      unpack = true
      [inputs.data]
      urls = ["https://example.org/data-1.0", "https://example.com/data-1.0"]
      [packages.core]
      toolchain = "java"
      maven.record = ["verify"]
      """;

  @TempDir private Path folder;
  private Path file;

  @org.junit.jupiter.api.BeforeEach
  void nameTheFile() {
    file = folder.resolve(Lock.FILE_NAME);
  }

  @Test
  void isWrittenWithSortedKeysAndOneArtifactALine() throws Exception {
    LockSamples.full().write(file);

    String golden =
        new String(
            getClass().getResourceAsStream("full.lock").readAllBytes(),
            java.nio.charset.StandardCharsets.UTF_8);
    assertThat(Files.readString(file)).isEqualTo(golden);
  }

  @Test
  void readsBackWhatItWrote() throws Exception {
    LockSamples.full().write(file);

    assertThat(Lock.read(file)).isEqualTo(LockSamples.full());
  }

  @Test
  void anEmptyLockReadsBack() throws Exception {
    Lock.empty().write(file);

    assertThat(Lock.read(file)).isEqualTo(Lock.empty());
  }

  @Test
  void writingTheSameAgainLeavesTheFileAlone() throws Exception {
    LockSamples.full().write(file);
    FileTime longAgo = FileTime.fromMillis(1_000_000);
    Files.setLastModifiedTime(file, longAgo);

    LockSamples.full().write(file);

    assertThat(Files.getLastModifiedTime(file)).isEqualTo(longAgo);
  }

  @Test
  void writingLeavesNothingElseAndClearsWhatAKilledProcessLeft() throws Exception {
    Files.writeString(folder.resolve(".synapse.lock.999999999999999999"), "half");
    Files.writeString(folder.resolve(".synapse.lock.mine"), "kept");

    LockSamples.full().write(file);

    assertThat(names()).containsExactlyInAnyOrder(Lock.FILE_NAME, ".synapse.lock.mine");
  }

  private List<String> names() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files.map(each -> each.getFileName().toString()).toList();
    }
  }

  @Test
  void everyViolationIsSaidWithItsPlace() throws Exception {
    for (String name : List.of("violations", "merge", "truncated", "other-version", "twice")) {
      Files.write(file, getClass().getResourceAsStream(name + ".lock").readAllBytes());

      var thrown = catchThrowableOfType(LockException.class, () -> Lock.read(file));

      assertThat(thrown.getMessage() + "\n")
          .as(name)
          .isEqualTo(
              new String(
                  getClass().getResourceAsStream(name + ".messages").readAllBytes(),
                  java.nio.charset.StandardCharsets.UTF_8));
    }
  }

  @Test
  void everyTruncationIsRefusedInOneLine() throws Exception {
    LockSamples.full().write(file);
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length - 2; length += 3) {
      Files.write(file, java.util.Arrays.copyOf(whole, length));

      var thrown = catchThrowableOfType(LockException.class, () -> Lock.read(file));

      assertThat(thrown).as("cut to " + length + " bytes").isNotNull();
      assertThat(thrown.getMessage()).doesNotContain("\n").startsWith("synapse.lock");
    }
  }

  @Test
  void aMissingLockNamesTheCommandThatWritesIt() {
    var thrown = catchThrowableOfType(LockException.class, () -> Lock.read(file));

    assertThat(thrown.getMessage()).isEqualTo("synapse.lock: not found; `synapse lock` writes it");
  }

  @Test
  void answersTheManifestItWasMadeFor() throws Exception {
    assertThat(LockSamples.full().check(Manifest.parse(MANIFEST))).isEmpty();
  }

  @Test
  void namesEachEntryThatAnEmptyLockLacks() throws Exception {
    assertThat(Lock.empty().check(Manifest.parse(MANIFEST)).stream().map(Problem::key))
        .containsExactlyInAnyOrder("inputs.maven", "inputs.data", "toolchains.java", "maven.core");
  }

  @Test
  void namesWhatOfTheManifestHasChanged() throws Exception {
    assertThat(changed("\"bash\", ", "\"gawk\", "))
        .containsExactly(
            "synapse.lock: toolchains.java: lacks 'gawk'; run `synapse lock`",
            "synapse.lock: toolchains.java: was locked with 'bash', which the manifest does not ask"
                + " for; run `synapse lock`");
    assertThat(changed("/usr/bin/mawk", "/usr/bin/gawk"))
        .contains(
            "synapse.lock: toolchains.java: lacks '/usr/bin/awk -> /usr/bin/gawk'; run"
                + " `synapse lock`");
    assertThat(changed("trixie", "sid"))
        .containsExactly(
            "synapse.lock: toolchains.java: is for 'trixie', the manifest asks for 'sid'; run"
                + " `synapse lock`");
    assertThat(changed("3.9.x", "3.9.9"))
        .containsExactly(
            "synapse.lock: inputs.maven: is for 'org.apache.maven:apache-maven:3.9.x:tar.gz:bin',"
                + " the manifest asks for 'org.apache.maven:apache-maven:3.9.9:tar.gz:bin'; run"
                + " `synapse lock`");
    assertThat(changed("unpack = true", "unpack = false"))
        .containsExactly("synapse.lock: inputs.maven: is locked unpacked; run `synapse lock`");
    assertThat(changed("[\"verify\"]", "[\"package\"]"))
        .containsExactly(
            "synapse.lock: maven.core: is for 'verify', the manifest asks for 'package'; run"
                + " `synapse lock`");
    assertThat(changed("https://example.com/", "https://example.net/")).hasSize(1);
    assertThat(
            changed(
                "[packages.core]",
                "sha256 = \"" + LockSamples.hash("other").toHex() + "\"\n[packages.core]"))
        .hasSize(1);
  }

  private static List<String> changed(String from, String to) throws Exception {
    assertThat(MANIFEST).contains(from);
    return LockSamples.full().check(Manifest.parse(MANIFEST.replace(from, to))).stream()
        .map(Problem::message)
        .toList();
  }

  @Test
  void aNewVersionWithTheOldContentIsStale() {
    Lock before =
        LockSamples.withInput("x", LockSamples.url("same", "https://a.example/x-1.0.tar"));

    assertThat(
            before.staleSources(
                LockSamples.withInput("x", LockSamples.url("same", "https://a.example/x-1.1.tar"))))
        .extracting(Problem::key)
        .containsExactly("inputs.x");
    assertThat(
            before.staleSources(
                LockSamples.withInput("x", LockSamples.url("new", "https://a.example/x-1.1.tar"))))
        .isEmpty();
    assertThat(
            before.staleSources(
                LockSamples.withInput(
                    "x", LockSamples.url("same", "https://b.example/old/x-1.0.tar"))))
        .as("the same version from elsewhere")
        .isEmpty();
    assertThat(
            before.staleSources(
                LockSamples.withInput("y", LockSamples.url("same", "https://a.example/y-1.1.tar"))))
        .as("another input")
        .isEmpty();
  }

  @Test
  void aNewVersionWithTheOldHashIsFoundBeforeAnythingIsFetched() throws Exception {
    Lock before =
        LockSamples.withInput("x", LockSamples.url("same", "https://a.example/x-1.0.tar"));
    String manifest =
        """
        project = { name = "p" }
        [inputs.x]
        url = "https://a.example/x-2.0.tar"
        sha256 = "%s"
        """;

    assertThat(
            before.staleSources(
                Manifest.parse(manifest.formatted(LockSamples.hash("same").toHex()))))
        .hasSize(1);
    assertThat(
            before.staleSources(
                Manifest.parse(manifest.formatted(LockSamples.hash("new").toHex()))))
        .isEmpty();
  }

  @Test
  void anArtifactOfANewVersionWithTheOldContentIsStale() {
    Lock before =
        LockSamples.withInput("x", LockSamples.artifact("g:a:1.0", "g/a/1.0/a-1.0.jar", "same"));

    assertThat(
            before.staleSources(
                LockSamples.withInput(
                    "x", LockSamples.artifact("g:a:1.1", "g/a/1.1/a-1.1.jar", "same"))))
        .hasSize(1);
  }
}
