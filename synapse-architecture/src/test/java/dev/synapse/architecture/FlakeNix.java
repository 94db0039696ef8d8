package dev.synapse.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Assumptions;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The Nix of this machine, in pure mode and without a network, with a store, a home and settings
/// of its own.
final class FlakeNix {
  /// What builders see of the machine; its shell is what they run.
  private static final List<String> MACHINE = List.of("/usr", "/bin", "/lib", "/lib64");

  private static final String STORE = "/nix/store/";

  private final Path folder;
  private boolean builds;

  /// @param folder where all of that goes
  FlakeNix(Path folder) throws IOException {
    this.folder = folder;
    Files.createDirectories(folder.resolve("home"));
    Files.createDirectories(folder.resolve("settings"));
    Files.createDirectories(folder.resolve("mirrors"));
  }

  /// How a run ended.
  record Result(int status, String out, String err) {
    JsonNode json() {
      return JsonMapper.shared().readTree(out);
    }

    Result succeeded() {
      assertThat(status).as(err).isZero();
      return this;
    }

    /// Holds if it failed and said all of this.
    void failedWith(String... said) {
      assertThat(status).as(out + err).isNotZero();
      assertThat(err).contains(said);
    }
  }

  /// Skips the tests where there is no Nix.
  static void assumeThere() {
    boolean there =
        Stream.of(System.getenv().getOrDefault("PATH", "").split(":", -1))
            .anyMatch(each -> Files.isExecutable(Path.of(each, "nix")));
    Assumptions.assumeTrue(there, "this machine has no nix");
  }

  /// Skips a test where Nix cannot build: its sandbox needs user namespaces.
  void assumeBuilds() throws Exception {
    if (builds) {
      return;
    }
    Result trivial =
        run(
            building(
                List.of(
                    "build",
                    "--impure",
                    "--no-link",
                    "--expr",
                    "derivation { name = \"trivial\"; system = \"x86_64-linux\";"
                        + " builder = \"/bin/bash\"; args = [ \"-c\" \"echo >$out; :\" ]; }")));
    Assumptions.assumeTrue(trivial.status() == 0, "nix cannot build here: " + trivial.err());
    builds = true;
  }

  /// `nix ARGUMENTS`.
  Result run(List<String> arguments) throws Exception {
    List<String> command =
        new ArrayList<>(
            List.of(
                "nix",
                "--extra-experimental-features",
                "nix-command flakes",
                "--offline",
                "--option",
                "substitute",
                "false",
                "--store",
                folder.resolve("store").toString()));
    command.addAll(arguments);
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    Map<String, String> environment = builder.environment();
    environment.keySet().removeIf(name -> name.startsWith("NIX_") || name.startsWith("XDG_"));
    environment.put("HOME", folder.resolve("home").toString());
    environment.put("NIX_CONF_DIR", folder.resolve("settings").toString());
    environment.put("NIX_CONFIG", "build-users-group =");
    Path errors = Files.createTempFile(folder, "nix", ".err");
    Process process = builder.redirectError(errors.toFile()).start();
    process.getOutputStream().close();
    byte[] out = process.getInputStream().readAllBytes();
    return new Result(
        process.waitFor(), new String(out, StandardCharsets.UTF_8), Files.readString(errors));
  }

  /// The arguments of a command that builds, with what its sandbox shows.
  List<String> building(List<String> arguments) {
    List<String> shown = new ArrayList<>();
    MACHINE.stream().filter(each -> Files.exists(Path.of(each))).forEach(shown::add);
    shown.add("/mirrors=" + folder.resolve("mirrors"));
    List<String> all = new ArrayList<>(arguments);
    all.addAll(
        List.of(
            "--option", "sandbox", "true", "--option", "sandbox-paths", String.join(" ", shown)));
    return all;
  }

  /// Where the stand-in for the repositories that nixpkgs knows is, `mirror://NAME/` in `NAME`.
  Path mirrors() {
    return folder.resolve("mirrors");
  }

  /// The file of the machine that a logical store path stands for.
  Path file(String storePath) {
    assertThat(storePath).startsWith(STORE);
    return folder.resolve("store").resolve(storePath.substring(1));
  }

  /// What is in a store is read-only, and links lead out of it: JUnit would warn of each.
  void deleteStore() throws Exception {
    Path store = folder.resolve("store");
    if (Files.exists(store)) {
      for (List<String> command :
          List.of(
              List.of("chmod", "-R", "u+w", store.toString()),
              List.of("rm", "-rf", store.toString()))) {
        assertThat(new ProcessBuilder(command).inheritIO().start().waitFor()).isZero();
      }
    }
  }
}
