package dev.synapse.build.nix;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/// One run of a program of Nix. It has ended when [#run] returns or throws.
///
/// Nix runs in the caller's environment and process group, with an empty input: Ctrl-C reaches it
/// too. It is told to end when the calling thread is interrupted, and takes its builders with it.
final class NixProcess {
  private static final long END_SECONDS = 5;

  private NixProcess() {}

  /// Takes what a program writes to its output.
  interface Output {
    void read(InputStream out) throws IOException;
  }

  /// Runs a command and answers its status.
  ///
  /// @param output is given all of the standard output; the program is told to end when it fails
  /// @param log takes the lines of the error stream
  static int run(List<String> command, Map<String, String> environment, Output output, NixLog log)
      throws IOException, InterruptedException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(Path.of("/").toFile())
            .redirectInput(Path.of("/dev/null").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    Process process = builder.start();
    ExecutorService readers = Executors.newVirtualThreadPerTaskExecutor();
    try {
      Future<?> errors = readers.submit(() -> lines(process, log));
      Future<?> data = readers.submit(() -> read(process, output));
      await(data);
      await(errors);
      return process.waitFor();
    } finally {
      // Nothing happens to one that has ended.
      process.destroy();
      readers.shutdown();
      awaitEnd(process, readers);
      process.destroyForcibly();
    }
  }

  private static Void lines(Process process, NixLog log) throws IOException {
    try (BufferedReader reader =
        new BufferedReader(
            new InputStreamReader(process.getErrorStream(), StandardCharsets.UTF_8))) {
      for (String line = reader.readLine(); line != null; line = reader.readLine()) {
        log.accept(line);
      }
    }
    return null;
  }

  private static Void read(Process process, Output output) throws IOException {
    try (InputStream out = process.getInputStream()) {
      output.read(out);
      out.transferTo(java.io.OutputStream.nullOutputStream());
    }
    return null;
  }

  private static void await(Future<?> reader) throws IOException, InterruptedException {
    try {
      var _ = reader.get();
    } catch (ExecutionException e) {
      switch (e.getCause()) {
        case IOException cause -> throw cause;
        case RuntimeException cause -> throw cause;
        case Error cause -> throw cause;
        case null, default -> throw new IllegalStateException(e);
      }
    }
  }

  /// An interrupt does not shorten it: nothing may run on unseen, and its end is near.
  private static void awaitEnd(Process process, ExecutorService readers) {
    boolean interrupted = Thread.interrupted();
    try {
      boolean _ = process.waitFor(END_SECONDS, TimeUnit.SECONDS);
      boolean _ = readers.awaitTermination(END_SECONDS, TimeUnit.SECONDS);
    } catch (InterruptedException _) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
