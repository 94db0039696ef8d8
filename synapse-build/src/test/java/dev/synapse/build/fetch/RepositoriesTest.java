package dev.synapse.build.fetch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Where a repository is, is found in the documented order.
final class RepositoriesTest {
  @TempDir Path root;

  @Test
  void theOptionBeatsTheVariableBeatsTheFileBeatsTheTools() throws Exception {
    write("etc/apt/sources.list", "deb https://apt.example/debian trixie main\n");
    assertThat(bases("debian", Map.of())).containsExactly("https://apt.example/debian/");

    write("home/.config/synapse/repositories.toml", "debian = \"https://file.example/d/\"\n");
    assertThat(bases("debian", Map.of())).containsExactly("https://file.example/d/");

    var variable = Map.of("SYNAPSE_REPOSITORY_DEBIAN", "https://one.example file:///srv/two");
    assertThat(bases("debian", variable))
        .containsExactly("https://one.example/", "file:///srv/two/");

    assertThat(Repositories.find(List.of("debian=/srv/mirror"), host(variable)).bases("debian"))
        .containsExactly(URI.create("file:///srv/mirror/"));
  }

  @Test
  void aNameWithADashHasAVariableWithAnUnderscore() throws Exception {
    assertThat(
            bases(
                "debian-snapshot",
                Map.of("SYNAPSE_REPOSITORY_DEBIAN_SNAPSHOT", "https://old.example/")))
        .containsExactly("https://old.example/");
  }

  @Test
  void theConfigurationFolderMayBeElsewhereAndHoldLists() throws Exception {
    write("etc/own/synapse/repositories.toml", "x = [\"https://a.example\", \"/srv/b\"]\n");

    assertThat(bases("x", Map.of("XDG_CONFIG_HOME", root.resolve("etc/own").toString())))
        .containsExactly("https://a.example/", "file:///srv/b/");
  }

  @Test
  void aBrokenFileIsAnErrorWithItsLine() throws Exception {
    Path file = write("home/.config/synapse/repositories.toml", "ok = \"/srv\"\nx = = 1\n");

    assertThat(problem("x", Map.of()))
        .isInstanceOfSatisfying(
            FetchProblem.BadConfiguration.class,
            problem -> {
              assertThat(problem.file()).isEqualTo(file);
              assertThat(problem.reason()).startsWith("line 2");
            });
  }

  @ParameterizedTest
  @ValueSource(strings = {"ftp://a.example/", "a.example", "https://", "https://a.example/?q", "%"})
  void whatIsNoAddressIsRefused(String address) {
    assertThat(problem("x", Map.of("SYNAPSE_REPOSITORY_X", address)))
        .isEqualTo(
            new FetchProblem.BadAddress(
                "x", address, "the environment variable SYNAPSE_REPOSITORY_X"));
  }

  @Test
  void anUnknownRepositoryIsAnErrorThatNamesTheThreeWays() {
    assertThat(problem("central", Map.of()).message())
        .contains(
            "--repository central=URL",
            "SYNAPSE_REPOSITORY_CENTRAL",
            "repositories.toml",
            ".m2/settings.xml");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = ';',
      value = {
        "*;true",
        "central;true",
        "external:*;true",
        "a,central;true",
        "a;false",
        "*,!central;false",
        "external:http:*;false"
      })
  void aMirrorInMavensSettingsCountsWhenItCoversCentral(String mirrorOf, boolean counts)
      throws Exception {
    write(
        "home/.m2/settings.xml",
        """
        <settings><mirrors><mirror>
          <id>m</id><mirrorOf>%s</mirrorOf><url>https://${env.MIRROR}/maven</url>
        </mirror></mirrors></settings>
        """
            .formatted(mirrorOf));
    superPom("usr/share/maven/lib/maven-model-builder-3.x.jar");

    assertThat(bases("central", Map.of("MIRROR", "mirror.example")))
        .containsExactly(
            counts ? "https://mirror.example/maven/" : "https://built-in.example/maven2/");
  }

  @Test
  void theRepositoryBuiltIntoMavenIsFoundThroughALinkOnThePath() throws Exception {
    superPom("opt/maven/lib/maven-model-builder-3.9.9.jar");
    Path mvn = write("opt/maven/bin/mvn", "");
    assertThat(mvn.toFile().setExecutable(true)).isTrue();
    Files.createDirectories(root.resolve("bin"));
    Files.createSymbolicLink(root.resolve("bin/mvn"), mvn);

    assertThat(bases("central", Map.of("PATH", root.resolve("bin").toString())))
        .containsExactly("https://built-in.example/maven2/");
  }

  @Test
  void theRepositoryBuiltIntoMavenIsFoundInTheUsersCache() throws Exception {
    superPom(
        "home/.m2/repository/org/apache/maven/maven-model-builder/3.9.9/maven-model-builder-3.9.9.jar");

    assertThat(bases("central", Map.of())).containsExactly("https://built-in.example/maven2/");
  }

  @Test
  void ofAptsSourcesOnlyDebiansCount() throws Exception {
    write(
        "etc/apt/sources.list",
        """
        # deb https://commented.example/debian trixie main
        deb-src https://source.example/debian trixie main
        deb [arch=amd64 signed-by=/usr/share/keyrings/other.gpg] https://other.example/d trixie main
        deb https://tools.example/apt tools-bookworm main
        deb https://docker.example/linux/debian bookworm stable
        deb cdrom:[Debian]/ bookworm main
        """);
    write(
        "etc/apt/sources.list.d/debian.sources",
        """
        Types: deb deb-src
        # a comment
        URIs: https://one.example/debian
         https://two.example/debian
        Suites: bookworm bookworm-updates
        Components: main contrib
        Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg

        Types: deb
        URIs: https://security.example/debian-security
        Suites: bookworm-security
        Components: main

        Enabled: no
        Types: deb
        URIs: https://off.example/debian
        Suites: bookworm
        Components: main
        """);

    assertThat(bases("debian", Map.of()))
        .containsExactly("https://one.example/debian/", "https://two.example/debian/");
    assertThat(bases("debian-security", Map.of()))
        .containsExactly("https://security.example/debian-security/");
  }

  @Test
  void withoutAptTheMirrorListOfTheSystemServes() throws Exception {
    write(
        "usr/share/python-apt/templates/Debian.mirrors",
        "#LOC:AA\nhttp://aa.example/debian/\nhttp://bb.example/debian/\n");

    assertThat(bases("debian", Map.of()))
        .containsExactly("http://aa.example/debian/", "http://bb.example/debian/");
  }

  @Test
  void ofAListOfMirrorsThatAptNamesTheFirstThreeCount() throws Exception {
    write(
        "etc/apt/sources.list",
        """
        deb mirror+file:/etc/apt/mirrors/debian.list trixie main
        deb [trusted=yes https://broken.example/debian trixie main
        """);
    write(
        "etc/apt/mirrors/debian.list",
        """
        # the nearest first
        https://a.example/debian priority:1
        tor+http://b.example/debian
        https://c.example/debian
        https://d.example/debian
        https://e.example/debian
        """);

    assertThat(bases("debian", Map.of()))
        .containsExactly(
            "https://a.example/debian/", "https://c.example/debian/", "https://d.example/debian/");
  }

  @Test
  void withoutAMirrorListTheDefaultOfDebootstrapServes() throws Exception {
    write("usr/share/debootstrap/scripts/sid", "x\ndefault_mirror http://d.example/debian\n");

    assertThat(bases("debian", Map.of())).containsExactly("http://d.example/debian/");
  }

  @Test
  void anUnreadableSettingsFileOfMavenIsNamedAndADamagedJarPassedOver() throws Exception {
    write("opt/maven/lib/maven-model-builder-4.jar", "damaged");
    write("opt/maven/lib/maven-model-builder-4.txt", "");
    Path other = write("opt/maven/lib/maven-model-builder-3.9.jar", "");
    try (var zip = new ZipOutputStream(Files.newOutputStream(other))) {
      zip.putNextEntry(new ZipEntry("nothing"));
    }
    var home = Map.of("MAVEN_HOME", root.resolve("opt/maven").toString());
    assertThat(problem("central", home).message())
        .contains("the super POM of the Maven in '" + root.resolve("opt/maven") + "'");

    superPom("opt/maven/lib/maven-impl-4.jar");
    assertThat(bases("central", home)).containsExactly("https://built-in.example/maven2/");

    Path settings = write("home/.m2/settings.xml", "<settings>");
    assertThat(problem("central", home))
        .isInstanceOfSatisfying(
            FetchProblem.BadConfiguration.class,
            problem -> {
              assertThat(problem.file()).isEqualTo(settings);
              assertThat(problem.message()).startsWith("cannot read '" + settings + "': ");
            });
  }

  @Test
  void aMavenThatIsUnpackedBesidesIsReadToo() throws Exception {
    superPom("cache/maven/lib/maven-model-builder-3.9.jar");
    Host host = host(Map.of()).withMaven(root.resolve("cache/maven"));

    assertThat(Repositories.find(List.of(), host).bases("central"))
        .containsExactly(URI.create("https://built-in.example/maven2/"));
  }

  @Test
  void anOptionIsSoundIfItNamesAnAddressOrAFolderThatIsThere() throws Exception {
    Repositories.requireSound("x=https://a.example/");
    Repositories.requireSound("x=" + root);

    assertThat(unsound("nothing").message()).isEqualTo("'nothing' is not NAME=URL");
    assertThat(unsound("=https://a.example/")).isInstanceOf(FetchProblem.BadOption.class);
    assertThat(unsound("x=a.example").message()).contains("'a.example' is no address");
    Path missing = root.resolve("missing");
    assertThat(unsound("x=" + missing).message())
        .isEqualTo("there is no folder '%s' for the repository 'x'", missing);
  }

  private static FetchProblem unsound(String option) {
    return catchThrowableOfType(FetchException.class, () -> Repositories.requireSound(option))
        .problem();
  }

  @Test
  void whatIsKnownOfARepositoryCanBeAsked() throws Exception {
    var repositories =
        Repositories.find(
            List.of("x=/srv"), host(Map.of("SYNAPSE_REPOSITORY_BROKEN", "a.example")));

    assertThat(repositories.knows("x")).isTrue();
    assertThat(repositories.knows("y")).isFalse();
    assertThat(
            catchThrowableOfType(FetchException.class, () -> repositories.knows("broken"))
                .problem())
        .isInstanceOf(FetchProblem.BadAddress.class);
  }

  @Test
  void whatTheFileSaysOfARepositoryHasToBeAnAddressOrSome() throws Exception {
    Path file = write("home/.config/synapse/repositories.toml", "x = 3\ny = [\"a\"]\n");

    assertThat(problem("x", Map.of()))
        .isEqualTo(new FetchProblem.BadAddress("x", "3", "'" + file + "'"));
    assertThat(problem("y", Map.of()))
        .isEqualTo(new FetchProblem.BadAddress("y", "a", "'" + file + "'"));
    assertThat(problem("z", Map.of())).isInstanceOf(FetchProblem.NoRepository.class);
    Files.delete(file);
    Files.createDirectory(file);
    assertThat(problem("x", Map.of())).isInstanceOf(FetchProblem.BadConfiguration.class);
  }

  @ParameterizedTest
  @ValueSource(strings = {"../x", "/x", "a//b", "a/./b", "", "a\\b", "a\nb"})
  void aPathThatLeavesTheRepositoryIsRefused(String path) throws Exception {
    var repositories = Repositories.find(List.of("x=/srv"), host(Map.of()));

    assertThat(
            catchThrowableOfType(
                    FetchException.class, () -> repositories.addresses(Origin.of("x", path)))
                .problem())
        .isEqualTo(new FetchProblem.BadPath(path));
  }

  private List<String> bases(String name, Map<String, String> environment) throws FetchException {
    return Repositories.find(List.of(), host(environment)).bases(name).stream()
        .map(URI::toString)
        .toList();
  }

  private FetchProblem problem(String name, Map<String, String> environment) {
    return catchThrowableOfType(FetchException.class, () -> bases(name, environment)).problem();
  }

  private Host host(Map<String, String> environment) {
    return new Host(environment, root.resolve("home"), root, List.of());
  }

  private Path write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    return Files.writeString(file, text);
  }

  private void superPom(String path) throws IOException {
    Path jar = write(path, "");
    try (var zip = new ZipOutputStream(Files.newOutputStream(jar))) {
      zip.putNextEntry(new ZipEntry("org/apache/maven/model/pom-4.0.0.xml"));
      zip.write(
          """
          <project><repositories><repository>
            <id>central</id><url>https://built-in.example/maven2</url>
          </repository></repositories></project>
          """
              .getBytes(StandardCharsets.UTF_8));
    }
  }
}
