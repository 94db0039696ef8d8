package dev.synapse.sandbox;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// A sandbox that bubblewrap made, started by [LaunchScript].
final class BubblewrapRun implements Run {
  private static final Duration END_PATIENCE = Duration.ofSeconds(10);
  private static final int SIGNAL_BASE = 128;
  private static final Pattern CHILD = Pattern.compile("\"child-pid\": (\\d+)");

  /// Bubblewrap's last words where only the program is missing, and the launch script's where it
  /// cannot even hand it on.
  private static final Pattern NO_PROGRAM =
      Pattern.compile("(?:bwrap: execvp |exec: /usr/bin/env: (?=Argument list too long))(.*)");

  private static final Pattern EXIT_CODE = Pattern.compile("\"exit-code\": (\\d+)");

  private final Process process;
  private final Path folder;
  private ProcessTable.@Nullable Entry init;

  /// @param folder of the script, deleted after the end
  BubblewrapRun(Process process, Path folder) {
    this.process = process;
    this.folder = folder;
  }

  @Override
  public InputStream output() {
    return process.getInputStream();
  }

  @Override
  public boolean await(int millis) throws IOException, InterruptedException {
    boolean ended = process.waitFor(millis, TimeUnit.MILLISECONDS);
    findInit();
    if (ended) {
      awaitInit();
    }
    return ended;
  }

  /// The first process of the sandbox: all others end with it.
  private void findInit() throws IOException {
    if (init == null) {
      OptionalLong pid = number(CHILD);
      if (pid.isPresent()) {
        init = ProcessTable.find(pid.getAsLong()).orElse(null);
      }
    }
  }

  /// The kernel lets the first process go only after all others of its namespace.
  private void awaitInit() throws InterruptedException {
    ProcessTable.Entry first = init;
    if (first == null) {
      return;
    }
    long deadline = System.nanoTime() + END_PATIENCE.toNanos();
    while (isThere(first)) {
      if (System.nanoTime() > deadline) {
        throw new IllegalStateException("process " + first.pid() + " of a sandbox does not end");
      }
      ProcessTable.kill(first);
      Thread.sleep(1);
    }
  }

  private static boolean isThere(ProcessTable.Entry process) {
    return ProcessTable.find(process.pid())
        .filter(now -> now.start() == process.start() && !now.isDead())
        .isPresent();
  }

  @Override
  public OptionalLong first() throws IOException {
    return number(CHILD);
  }

  @Override
  public OptionalInt exitCode() throws IOException {
    OptionalLong code = number(EXIT_CODE);
    int own = process.exitValue();
    if (code.isPresent()) {
      return OptionalInt.of((int) code.getAsLong());
    }
    return own > SIGNAL_BASE ? OptionalInt.of(own) : OptionalInt.empty();
  }

  private OptionalLong number(Pattern pattern) throws IOException {
    Matcher matcher = pattern.matcher(status());
    return matcher.find()
        ? OptionalLong.of(Long.parseLong(matcher.group(1)))
        : OptionalLong.empty();
  }

  private String status() throws IOException {
    Path file = folder.resolve(LaunchScript.STATUS);
    return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
  }

  @Override
  public Optional<String> problem() {
    return Optional.empty();
  }

  @Override
  public Optional<String> notStarted(String lastWords) {
    Matcher program = NO_PROGRAM.matcher(lastWords);
    return program.find() ? Optional.of(program.group(1)) : Optional.empty();
  }

  @Override
  public void kill() {
    if (!process.isAlive()) {
      return; // to look for children takes a look at every process of the machine
    }
    // Bubblewrap's child is tied to it only some moments after its start.
    List<ProcessHandle> children = process.descendants().toList();
    // Not process.destroyForcibly(): that would throw away what it last wrote.
    process.toHandle().destroyForcibly();
    children.forEach(ProcessHandle::destroyForcibly);
  }

  @Override
  public void close() throws IOException {
    SandboxRunner.deleteTree(folder);
  }
}
