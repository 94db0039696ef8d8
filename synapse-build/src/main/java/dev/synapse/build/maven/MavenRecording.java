package dev.synapse.build.maven;

import dev.synapse.build.lock.LockedFile;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/// Finds out what a Maven build reads, by doing it once.
///
/// No static analysis knows it: Surefire chooses its provider by the tests it finds, plugins
/// resolve more while they run. So the goals really run, tests included, and each file that Maven
/// was given becomes a line of the lock.
public final class MavenRecording {
  /// The port at which Maven in the sandbox reaches the proxy behind a Unix domain socket.
  public static final int SANDBOX_PORT = 8081;

  /// The repository that stands for all others.
  public static final String REPOSITORY = "central";

  private final ArtifactSource upstream;
  private final ArtifactCache cache;

  public MavenRecording(ArtifactSource upstream, ArtifactCache cache) {
    this.upstream = upstream;
    this.cache = cache;
  }

  /// What to record, and where.
  ///
  /// @param goals for messages: what the run is told to do
  /// @param folder an existing private folder for the settings
  /// @param address where the proxy listens: a Unix domain socket not yet there, or a loopback
  ///   address
  /// @param known what the previous lock holds, empty to forget it; these files come from the cache
  ///   where they can, and are held to their hashes where they can't
  public record Request(
      List<String> goals, Path folder, SocketAddress address, Collection<LockedFile> known) {
    public Request {
      goals = List.copyOf(goals);
      known = List.copyOf(known);
    }
  }

  /// Every file that the goals need, sorted: the same list whenever nothing changed.
  ///
  /// @throws MavenException with everything found wrong: what has no fixed version, what could not
  ///   be had, and last how Maven failed
  public List<LockedFile> record(Request request, MavenRun run)
      throws MavenException, IOException, InterruptedException {
    Files.createDirectories(request.folder());
    Set<MavenProblem> problems = new LinkedHashSet<>();
    Attempt first = attempt(request, run, RecordingProxy.Metadata.REFUSED);
    if (first.outcome().exitCode() == 0 && first.failed().isEmpty()) {
      return first.artifacts();
    }
    problems.addAll(first.unfixed());
    problems.addAll(first.failed());
    if (first.outcome().exitCode() != 0) {
      if (!first.unfixed().isEmpty()) {
        // Maven stops at the first: let it go on, to name the others as well.
        problems.addAll(attempt(request, run, RecordingProxy.Metadata.SURVEYED).unfixed());
      }
      problems.addAll(first.missing());
      problems.add(
          new MavenProblem.GoalsFailed(
              request.goals(), first.outcome().exitCode(), first.outcome().lastLines()));
    }
    throw new MavenException(List.copyOf(problems));
  }

  private record Attempt(
      MavenRun.Outcome outcome,
      List<LockedFile> artifacts,
      List<MavenProblem> unfixed,
      List<MavenProblem> missing,
      List<MavenProblem> failed) {}

  private Attempt attempt(Request request, MavenRun run, RecordingProxy.Metadata metadata)
      throws IOException, InterruptedException {
    try (RecordingProxy proxy =
        RecordingProxy.start(request.address(), upstream, cache, request.known(), metadata)) {
      int port = proxy.address() instanceof InetSocketAddress inet ? inet.getPort() : SANDBOX_PORT;
      Path settings =
          MavenSettings.write(request.folder(), MavenSettings.recording(port, REPOSITORY));
      MavenRun.Outcome outcome = run.run(settings, proxy.address());
      return new Attempt(
          outcome, proxy.artifacts(), proxy.unfixed(), proxy.missing(), proxy.failed());
    }
  }
}
