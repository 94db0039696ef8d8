package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// The Nix of this machine, working on a store; it asks no cache, and builds in its sandbox with
/// the machine's programs.
///
/// @param scratch where it writes what it prints
record RealNix(Path store, Path scratch) {
  private static final List<String> HOST = List.of("/usr", "/bin", "/lib", "/lib64");

  /// Folders of this machine that builders see.
  static List<String> host() {
    return HOST.stream().filter(each -> Files.exists(Path.of(each))).toList();
  }

  /// Skips a test where Nix is not installed.
  static void assume() {
    Assumptions.assumeTrue(
        Arrays.stream(System.getenv("PATH").split(":", -1))
            .anyMatch(folder -> Files.isExecutable(Path.of(folder, "nix-store"))),
        "this machine has no nix-store");
  }

  /// Skips a test where Nix cannot build.
  void assumeBuilds() throws Exception {
    assume();
    RealNix other = new RealNix(scratch.resolve("can-it-build"), scratch);
    Path expression =
        Files.writeString(
            scratch.resolve("can-it-build.nix"),
            "derivation { name = \"x\"; system = \"x86_64-linux\"; builder = \"/bin/sh\";"
                + " args = [ \"-c\" \"echo > $out\" ]; }");
    String drv = other.lines("nix-instantiate", expression.toString()).getFirst();
    Program.Result result = other.end(other.start("nix-store", "--realise", drv));
    other.makeDeletable();
    Assumptions.assumeTrue(result.status() == 0, "this Nix cannot build: " + result.err());
  }

  /// Starts a program of Nix.
  Program.Running start(String program, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of(program));
    if (program.equals("nix")) {
      command.addAll(List.of("--extra-experimental-features", "nix-command", "--offline"));
    }
    command.addAll(List.of("--store", store.toString()));
    for (List<String> option :
        List.of(
            List.of("substitute", "false"),
            List.of("sandbox", "true"),
            List.of("sandbox-paths", String.join(" ", host())),
            List.of("build-users-group", ""))) {
      command.add("--option");
      command.addAll(option);
    }
    command.addAll(List.of(arguments));
    Path out = Files.createTempFile(scratch, "nix", ".out");
    Path err = Files.createTempFile(scratch, "nix", ".err");
    Process process =
        new ProcessBuilder(command)
            .redirectOutput(out.toFile())
            .redirectError(err.toFile())
            .start();
    return new Program.Running(process, out, err);
  }

  /// What it printed and how it ended.
  Program.Result end(Program.Running running) throws Exception {
    return running.end();
  }

  /// What a program of Nix prints, which must succeed.
  String output(String program, String... arguments) throws Exception {
    Program.Result result = end(start(program, arguments));
    assertThat(result.status())
        .as("%s %s: %s", program, Arrays.toString(arguments), result.err())
        .isZero();
    return result.out();
  }

  /// The same, by lines.
  List<String> lines(String program, String... arguments) throws Exception {
    return output(program, arguments).lines().toList();
  }

  /// Holds if Nix finds nothing wrong with the store.
  void accepts() throws Exception {
    Program.Result result = end(start("nix-store", "--verify", "--check-contents"));
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).doesNotContain("disappeared", "modified", "error", "warning");
  }

  /// Lets whoever owns the store delete its files.
  void makeDeletable() throws IOException {
    if (Files.exists(store)) {
      Files.walkFileTree(
          store,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path folder, BasicFileAttributes attributes)
                throws IOException {
              Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
              return FileVisitResult.CONTINUE;
            }
          });
    }
  }
}
