package dev.synapse.build.maven;

import java.io.IOException;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.List;

/// Runs the goals that a lock records, once, where they see no network but the proxy.
///
/// It adds what [MavenOptions#recording] says to the goals, with an empty local repository, and the
/// environment that the build's own phases get.
@FunctionalInterface
public interface MavenRun {
  /// Runs `mvn` to its end.
  ///
  /// @param settings a file for `--settings`, to be shown to Maven as it is
  /// @param proxy where the recording proxy listens: a Unix domain socket, to which the port of the
  ///   settings must lead, or the loopback address that the settings name
  /// @throws IOException if it could not be started
  Outcome run(Path settings, SocketAddress proxy) throws IOException, InterruptedException;

  /// How it ended.
  ///
  /// @param lastLines of its log, for the user, at most some dozens
  record Outcome(int exitCode, List<String> lastLines) {
    public Outcome {
      lastLines = List.copyOf(lastLines);
    }
  }
}
