package dev.synapse.sandbox;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import org.junit.jupiter.api.Assumptions;

/// A room as builds have it, around programs of this machine's `/usr`.
final class Room {
  static final Path INPUT = Path.of("/nix/store/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa-input");
  static final Path OTHER = Path.of("/nix/store/bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb-other");
  static final Path OUTPUT = Path.of("/nix/store/cccccccccccccccccccccccccccccccc-out");

  /// What ended, and what it wrote.
  record Result(Outcome outcome, String output) {}

  final Path home;
  final Path store;
  final Path build;
  final Path input;
  final Path otherFile;

  private final boolean launcher;

  /// @param home an empty folder
  Room(Path home) throws IOException {
    this(home, true);
  }

  /// @param launcher whether the launcher makes the sandboxes, or else bubblewrap
  Room(Path home, boolean launcher) throws IOException {
    this.launcher = launcher;
    this.home = home;
    this.store = Files.createDirectories(home.resolve("empty-store"));
    this.build = Files.createDirectories(home.resolve("build"));
    Path real = Files.createDirectories(home.resolve("real"));
    this.input = Files.createDirectory(real.resolve(INPUT.getFileName()));
    Path other = Files.createDirectory(real.resolve(OTHER.getFileName()));
    Files.writeString(input.resolve("file"), "input");
    this.otherFile = Files.writeString(other.resolve("file"), "other");
  }

  /// Bubblewrap, or a visible skip where there is none that works.
  static Bubblewrap bubblewrap() throws InterruptedException {
    try {
      return Bubblewrap.locate();
    } catch (SandboxUnavailableException problem) {
      return Assumptions.abort("no sandbox inside this one: " + problem.getMessage());
    }
  }

  boolean hasLauncher() {
    return launcher;
  }

  SandboxRunner runner() throws IOException, InterruptedException {
    return runner(LimitMechanism.detect());
  }

  SandboxRunner runner(LimitMechanism mechanism) throws IOException, InterruptedException {
    return new SandboxRunner(bubblewrap(), home.resolve("scratch"), mechanism, launcher);
  }

  Sandbox around(String... command) {
    var mounts = new ArrayList<Mount>();
    for (String name : List.of("usr", "bin", "lib", "lib64")) {
      Path path = Path.of("/" + name);
      if (Files.exists(path)) {
        mounts.add(new Mount.ReadOnly(path, path));
      }
    }
    mounts.addAll(Sandbox.furniture());
    mounts.add(new Mount.Temporary(Path.of("/tmp"), 64L << 20));
    mounts.add(new Mount.Writable(build, Path.of("/build")));
    mounts.add(new Mount.Writable(store, Path.of("/nix/store")));
    mounts.add(new Mount.ReadOnly(input, INPUT));
    var environment = new TreeMap<RawText, RawText>();
    environment.put(RawText.of("PATH"), RawText.of("/usr/bin:/bin:/usr/sbin:/sbin"));
    return new Sandbox(mounts, words(command), environment, Path.of("/build"), Identity.BUILDER);
  }

  static List<RawText> words(String... words) {
    return List.of(words).stream().map(RawText::of).toList();
  }

  Sandbox shell(String script) {
    return around("/bin/sh", "-c", script);
  }

  Result run(String script) throws IOException, InterruptedException {
    return run(shell(script), Limits.NONE);
  }

  Result run(Sandbox sandbox, Limits limits) throws IOException, InterruptedException {
    try (var runner = runner()) {
      return run(runner, sandbox, limits);
    }
  }

  static Result run(SandboxRunner runner, Sandbox sandbox, Limits limits)
      throws IOException, InterruptedException {
    var output = new ByteArrayOutputStream();
    Outcome outcome = runner.start(sandbox, limits, output::write).waitFor();
    return new Result(outcome, output.toString(StandardCharsets.UTF_8));
  }
}
