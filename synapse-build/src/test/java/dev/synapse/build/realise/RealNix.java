package dev.synapse.build.realise;

import dev.synapse.sandbox.Bubblewrap;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.SandboxUnavailableException;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/// The Nix of this machine, building in its sandbox with the same files of the machine that ours
/// shows; and what both are given to build.
final class RealNix {
  private static final List<String> HOST = List.of("/usr", "/bin", "/lib", "/lib64");
  private static final int PATIENCE_MINUTES = 10;

  private final Path log;

  /// @param folder gets what Nix says
  RealNix(Path folder) {
    log = folder.resolve("nix.log");
  }

  /// Folders of this machine that builders see.
  static List<String> host() {
    return HOST.stream()
        .filter(each -> Files.exists(Path.of(each), LinkOption.NOFOLLOW_LINKS))
        .toList();
  }

  /// The same for our sandbox.
  static List<Mount> hostMounts() {
    List<Mount> mounts = new ArrayList<>();
    for (String each : host()) {
      mounts.add(new Mount.ReadOnly(Path.of(each), Path.of(each)));
    }
    return mounts;
  }

  /// The sandbox of this machine; a test without one is skipped.
  static Bubblewrap bubblewrap() throws InterruptedException {
    try {
      return Bubblewrap.locate();
    } catch (SandboxUnavailableException e) {
      return Assumptions.abort("no sandbox here: " + e.getMessage());
    }
  }

  /// Skips a test where Nix is not there or cannot build.
  ///
  /// @param store an empty folder
  void assumeBuilds(Path store) throws Exception {
    StorePath trivial;
    try (LocalStore theirs = LocalStore.open(store)) {
      trivial = add(theirs, shell("trivial", "echo > $out").output("out"));
    }
    Assumptions.assumeTrue(
        realise(store, List.of(trivial)) == 0, "no nix-store here that can build");
  }

  /// A derivation that runs the shell of this machine.
  static DerivationBuilder shell(String name, String script) {
    return Derivation.named(name)
        .system("x86_64-linux")
        .builder("/bin/sh")
        .arg("-ec")
        .arg(script)
        .env("PATH", "/usr/bin:/bin");
  }

  static StorePath add(LocalStore store, DerivationBuilder builder) throws Exception {
    return store.addDerivation(builder.build(new DerivationHasher(store.derivations())));
  }

  /// Starts Nix; its standard output are the output paths.
  Process start(Path store, Collection<StorePath> derivations, String... options)
      throws IOException {
    List<String> command =
        new ArrayList<>(List.of("nix-store", "--store", store.toString(), "--realise"));
    for (List<String> option :
        List.of(
            List.of("sandbox", "true"),
            List.of("build-users-group", ""),
            List.of("sandbox-paths", String.join(" ", host())),
            List.of("substitute", "false"))) {
      command.add("--option");
      command.addAll(option);
    }
    command.addAll(List.of(options));
    derivations.forEach(derivation -> command.add(derivation.toString()));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(log.toFile())
        .start();
  }

  /// Lets Nix build, and gives its exit status; -1 if there is none.
  int realise(Path store, Collection<StorePath> derivations, String... options) throws Exception {
    Process process;
    try {
      process = start(store, derivations, options);
    } catch (IOException _) {
      return -1;
    }
    if (!process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)) {
      process.destroyForcibly();
      throw new IllegalStateException("Nix does not end");
    }
    return process.exitValue();
  }

  /// What Nix said last.
  String said() throws IOException {
    return Files.readString(log);
  }
}
