package dev.synapse.cli;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// What the start-up cache is made from: the launcher runs this once, and the JVM writes down which
/// classes were loaded and how. It does what commands do, in a folder of its own.
public final class WarmUp {
  private static final String MANIFEST =
      """
      [project]
      name = "warm-up"
      version = "1"
      source-date = 0

      [toolchains.tools]
      debian = { suite = "trixie", packages = ["make"] }

      [inputs.archive]
      artifact = "org.example:archive:1:tar.gz:bin"
      unpack = true

      [packages.warm-up]
      source = { include = ["**"] }
      toolchain = "tools"
      inputs = ["archive"]
      outputs = ["out", "report"]

      [packages.warm-up.gmp]
      stage = "bootstrap"
      mode = "warn"
      tests = ["*.xml"]
      """;

  private static final String LOCK =
      """
      {"for": {"inputs": {}, "maven": {}, "toolchains": {}},
       "inputs": {}, "maven": {}, "toolchains": {}, "version": 1}
      """;

  private WarmUp() {}

  /// Runs the commands; what they print is thrown away, and some of them fail on purpose.
  public static void main(String[] args) throws IOException {
    Path folder = Files.createTempDirectory("synapse-warm-up-");
    try {
      Path project = Files.createDirectory(folder.resolve("project"));
      Files.writeString(project.resolve("synapse.toml"), MANIFEST);
      Files.writeString(project.resolve("synapse.lock"), LOCK);
      Files.writeString(project.resolve("file"), "contents");
      String store = folder.resolve("store").toString();
      PrintStream nowhere =
          new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
      for (List<String> command :
          List.of(
              List.of("--version"),
              List.of("store", "add", project.toString()),
              List.of("store", "hash", project.toString()),
              List.of("store", "path-info", "--all", "--json"),
              List.of("build", "--help"),
              List.of("build", "--json"))) {
        Main.run(
            Stream.concat(Stream.of("-C", project.toString(), "--store", store), command.stream())
                .toArray(String[]::new),
            Map.of(),
            nowhere,
            nowhere);
      }
    } finally {
      delete(folder);
    }
  }

  private static void delete(Path folder) throws IOException {
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path path : below.toList()) {
        if (Files.isDirectory(path, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
          Files.setPosixFilePermissions(
              path, java.nio.file.attribute.PosixFilePermissions.fromString("rwx------"));
        }
      }
    }
    try (Stream<Path> below = Files.walk(folder)) {
      for (Path path : below.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(path);
      }
    }
  }
}
