package dev.synapse.store.oracle;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.bytes.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Assumptions;

/// The real Nix of this machine, working on one store.
///
/// @param root the folder that the store is below
/// @param scratch where its error messages go
public record Nix(Path root, Path scratch) {
  /// What it said and how it ended.
  public record Outcome(int status, ByteString output, String errors) {
    /// The lines of its output.
    public List<String> lines() {
      return output.utf8().lines().toList();
    }
  }

  /// Skips the test where Nix is not installed.
  public static void assume() {
    Assumptions.assumeTrue(isThere(), "this machine has no nix-store");
  }

  /// Whether Nix is installed.
  public static boolean isThere() {
    boolean found = false;
    for (String directory : System.getenv("PATH").split(":", -1)) {
      found |= Files.isExecutable(Path.of(directory, "nix-store"));
    }
    return found;
  }

  /// The lines that `nix-store ARGUMENTS` prints; fails if it does.
  public List<String> store(String... arguments) throws Exception {
    return succeed(storeCommand(arguments)).lines();
  }

  /// `nix-store ARGUMENTS`, to be started.
  public ProcessBuilder storeCommand(String... arguments) {
    List<String> command = new ArrayList<>(List.of("nix-store", "--store", root.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  /// `nix ARGUMENTS`, to be started.
  public ProcessBuilder command(String... arguments) {
    List<String> command =
        new ArrayList<>(
            List.of(
                "nix", "--extra-experimental-features", "nix-command", "--store", root.toString()));
    command.addAll(List.of(arguments));
    return new ProcessBuilder(command);
  }

  /// What `nix-instantiate` makes of files with expressions, in this store.
  public List<String> instantiate(List<String> files) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "nix-instantiate",
                "--store",
                root.toString(),
                "--option",
                "experimental-features",
                "ca-derivations"));
    command.addAll(files);
    return succeed(new ProcessBuilder(command)).lines();
  }

  /// Lets whoever owns a store delete its files.
  public static void makeDeletable(Path root) throws IOException {
    Deletable.make(root);
  }

  /// Runs a command that succeeds.
  public Outcome succeed(ProcessBuilder command) throws Exception {
    Outcome outcome = run(command);
    assertThat(outcome.status).as(outcome.errors).isZero();
    return outcome;
  }

  /// Runs a command.
  public Outcome run(ProcessBuilder command) throws Exception {
    Path errors = Files.createTempFile(scratch, "nix", ".err");
    Process process = command.redirectError(errors.toFile()).start();
    byte[] output = process.getInputStream().readAllBytes();
    return new Outcome(process.waitFor(), ByteString.of(output), contents(errors));
  }

  /// Holds if Nix finds nothing wrong with the store.
  public void accepts() throws Exception {
    Outcome outcome = succeed(storeCommand("--verify", "--check-contents"));
    assertThat(outcome.lines()).isEmpty();
    assertThat(outcome.errors()).doesNotContain("disappeared", "modified", "error", "warning");
  }

  private static String contents(Path file) throws IOException {
    return Files.readString(file);
  }
}
