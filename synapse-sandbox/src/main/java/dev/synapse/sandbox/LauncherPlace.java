package dev.synapse.sandbox;

import java.io.FileInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/// A launcher in a folder of its own, which made a sandbox a moment ago.
final class LauncherPlace implements AutoCloseable {
  private static final int TRIAL_MILLIS = 20_000;
  private static final long TRIAL_SHARED_MEMORY_BYTES = 1L << 20;
  private static final int LONGEST_NUMBER = 32;

  private final Path folder;
  private final Launcher launcher;
  private final RoomTape.Machine machine;

  private LauncherPlace(Path folder, Launcher launcher, RoomTape.Machine machine) {
    this.folder = folder;
    this.launcher = launcher;
    this.machine = machine;
  }

  /// Starts a launcher and tries it out.
  ///
  /// @param folder an empty folder, deleted when it is closed
  /// @param filter the system call filter
  /// @throws IOException if it can't make a sandbox on this machine
  static LauncherPlace open(Path folder, byte[] filter) throws IOException, InterruptedException {
    Path program =
        Files.createFile(
            folder.resolve("launcher"),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    Files.write(program, LauncherProgram.bytes());
    var machine =
        new RoomTape.Machine(
            Files.createDirectory(folder.resolve("stage")),
            Files.createFile(folder.resolve("nothing")),
            lastCapability(),
            Kernel.user(),
            Kernel.group(),
            ByteBuffer.wrap(filter).asReadOnlyBuffer());
    var place = new LauncherPlace(folder, Launcher.start(program), machine);
    boolean works = false;
    try {
      place.tryOut(program);
      works = true;
      return place;
    } finally {
      if (!works) {
        place.close();
      }
    }
  }

  /// Such a file of the kernel's tells all of it in one read, and nothing in a second.
  private static int lastCapability() throws IOException {
    var text = new byte[LONGEST_NUMBER];
    try (var file = new FileInputStream("/proc/sys/kernel/cap_last_cap")) {
      int length = file.read(text);
      return Integer.parseInt(new String(text, 0, length, StandardCharsets.US_ASCII).strip());
    }
  }

  /// A sandbox around the launcher itself, which ends as there are no orders.
  private void tryOut(Path program) throws IOException, InterruptedException {
    Path inside = Path.of("/launcher");
    List<Mount> mounts =
        List.of(
            new Mount.Proc(Path.of("/proc")),
            new Mount.Dev(Path.of("/dev"), TRIAL_SHARED_MEMORY_BYTES),
            new Mount.ReadOnly(program, inside));
    var sandbox =
        new Sandbox(
            mounts, List.of(RawText.of(inside)), new TreeMap<>(), Path.of("/"), Identity.BUILDER);
    Run run = run(sandbox, List.of(), List.of(), Optional.empty()).orElseThrow();
    try {
      long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(TRIAL_MILLIS);
      while (!run.await(TRIAL_MILLIS)) {
        if (System.nanoTime() > deadline) {
          run.kill();
          throw new IOException("the launcher's trial does not end");
        }
      }
      if (run.exitCode().orElse(-1) != 0) {
        throw new IOException(
            "the launcher made no sandbox: " + run.problem().orElse("it says nothing"));
      }
    } finally {
      run.close();
      run.output().close();
    }
  }

  /// Starts `sandbox`, if its mounts are such as the launcher makes.
  Optional<Run> run(
      Sandbox sandbox, List<Path> join, List<HardLimit> limits, Optional<BitSet> processors)
      throws IOException {
    if (!new Places(sandbox.mounts()).arePlain()) {
      return Optional.empty();
    }
    return Optional.of(
        launcher.run(
            files ->
                RoomTape.of(
                    machine, sandbox, new RoomTape.Surroundings(files, join, limits, processors))));
  }

  boolean isAlive() {
    return launcher.isAlive();
  }

  @Override
  public void close() throws IOException {
    launcher.close();
    SandboxRunner.deleteTree(folder);
  }
}
