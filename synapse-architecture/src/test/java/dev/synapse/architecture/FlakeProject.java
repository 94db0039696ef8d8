package dev.synapse.architecture;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/// A project that the flakes build as they build Synapse, with programs in place of Maven and
/// Synapse that tell how they were started.
final class FlakeProject {
  private static final String ARTIFACT = "org/example/a/1/a-1.pom";
  private static final String MAVEN = "org/example/maven/1/maven-1-bin.tar.gz";

  private static final String MANIFEST =
      """
      [project]
      name = "synapse-core"
      version = "1.2.3"
      description = "Tells how it is built"
      license = "MIT"
      source-date = 1700000000

      [toolchains.java]
      debian = { suite = "trixie", packages = ["openjdk-25-jdk-headless"] }
      env = { JAVA_HOME = "/nowhere" }

      [inputs.maven]
      artifact = "org.example:maven:1:tar.gz:bin"
      unpack = true

      [packages.synapse-core]
      toolchain = "java"
      inputs = ["maven"]
      maven.record = ["verify"]
      outputs = ["out", "report"]
      env = { MAVEN_OPTS = "-Xmx64m" }
      phases.build = "mvn build; LOST=1; export LOST"
      phases.check = "mvn check"
      phases.install = 'mvn install; mkdir -p "$out/share/synapse"; cp -r synapse-cli/target/dist/bin log "$out/"'

      [packages.synapse-core.gmp]
      stage = "growth"
      mode = "strict"
      tests = ["**/TEST-*.xml", "more/*.xml"]
      coverage = ["**/jacoco.xml"]
      """;

  /// Maven's place: says what it was told. A file of the sources lets one of its phases fail.
  private static final String MVN =
      """
      #!/bin/bash
      set -eu
      {
        printf 'mvn %s\\n' "$*"
        for name in HOME JAVA_HOME LANG LC_ALL LOST MAVEN_ARGS MAVEN_OPTS SOURCE_DATE_EPOCH TZ maven mavenRepository; do
          printf '%s %s=%s\\n' "$1" "$name" "${!name-}"
        done
        printf '%s umask=%s\\n' "$1" "$(umask)"
        printf '%s artifact=%s\\n' "$1" "$(cat "$mavenRepository/org/example/a/1/a-1.pom")"
      } >>log
      if [ "$1" = build ]; then
        mkdir -p synapse-cli/target/dist/bin
        cp synapse.sh synapse-cli/target/dist/bin/synapse
        chmod +x synapse-cli/target/dist/bin/synapse
      fi
      if [ -e "$1-fails" ]; then
        echo "[ERROR] the test said no"
        exit 1
      fi
      """;

  private static final String SYNAPSE =
      """
      #!/bin/bash
      set -eu
      case ${1-} in
        --version) echo "synapse 1.2.3, JDK ${SYNAPSE_JAVA_HOME##*-}" ;;
        gmp)
          printf '<%s>' "$@" >>log
          echo >>log
          if [ -e gate-rejects ]; then
            echo "REJECTED: not compliant"
            exit 1
          fi
          ;;
        store) echo "sha256-" ;;
        path) echo "$PATH" ;;
        *) exit 2 ;;
      esac
      """;

  private final Path folder;
  private final Path mirrors;

  /// @param folder where to write the sources
  /// @param mirrors what the flakes can fetch from, see [FlakeNix#mirrors()]
  FlakeProject(Path folder, Path mirrors) throws Exception {
    this.folder = Files.createDirectories(folder);
    this.mirrors = mirrors;
    write(folder.resolve("synapse.toml"), MANIFEST);
    write(folder.resolve("synapse.sh"), SYNAPSE);
    write(folder.resolve("LICENSE"), "MIT\n");
    write(mirror(ARTIFACT), "<project/>\n");
    packMaven();
    Map<String, String> values = new TreeMap<>();
    values.put("ARTIFACT", ARTIFACT);
    values.put("MAVEN", MAVEN);
    values.put("HASH_A", hash(mirror(ARTIFACT)));
    values.put("HASH_M", hash(mirror(MAVEN)));
    String lock =
        """
        {
          "for": {"inputs": {}, "maven": {"synapse-core": ["verify"]}, "toolchains": {}},
          "inputs": {"maven": {"path": "MAVEN", "repository": "central", "sha256": "HASH_M", "unpack": true}},
          "maven": {"synapse-core": [{"path": "ARTIFACT", "repository": "central", "sha256": "HASH_A", "size": 11}]},
          "toolchains": {},
          "version": 1
        }
        """;
    for (Map.Entry<String, String> value : values.entrySet()) {
      lock = lock.replace("\"" + value.getKey() + "\"", "\"" + value.getValue() + "\"");
    }
    write(folder.resolve("synapse.lock"), lock);
  }

  Path folder() {
    return folder;
  }

  /// Adds or replaces a file of the sources.
  void write(String name, String text) throws IOException {
    write(folder.resolve(name), text);
  }

  /// Replaces text of a file of the sources.
  void replace(String name, String old, String by) throws IOException {
    String text = Files.readString(folder.resolve(name));
    if (!text.contains(old)) {
      throw new IllegalArgumentException("'" + name + "' does not hold '" + old + "'");
    }
    write(name, text.replace(old, by));
  }

  /// Lets the repository give other bytes than those of the lock.
  void damageArtifact() throws IOException {
    write(mirror(ARTIFACT), "<project>other</project>\n");
  }

  private Path mirror(String path) {
    return mirrors.resolve("maven").resolve(path);
  }

  private void packMaven() throws Exception {
    Path program = folder.resolveSibling("maven-1").resolve("bin/mvn");
    write(program, MVN);
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createDirectories(mirror(MAVEN).getParent());
    Process tar =
        new ProcessBuilder(
                "tar",
                "-czf",
                mirror(MAVEN).toString(),
                "-C",
                program.getParent().getParent().getParent().toString(),
                "maven-1")
            .inheritIO()
            .start();
    if (tar.waitFor() != 0) {
      throw new IOException("tar failed");
    }
  }

  private static void write(Path file, String text) throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }

  private static String hash(Path file) throws Exception {
    byte[] digest = MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file));
    return "sha256-" + new String(Base64.getEncoder().encode(digest), StandardCharsets.US_ASCII);
  }
}
