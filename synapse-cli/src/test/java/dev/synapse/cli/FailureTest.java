package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.maven.MavenException;
import dev.synapse.build.maven.MavenProblem;
import dev.synapse.build.realise.RealiseException;
import dev.synapse.sandbox.SandboxProblem;
import dev.synapse.sandbox.SandboxUnavailableException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.channels.ClosedByInterruptException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Whose fault it was, and what is said of it.
final class FailureTest {
  private static void check(
      Exception problem, ExitCode exitCode, List<String> errors, Optional<String> hint) {
    Failure failure = Failure.of(problem).orElseThrow();
    assertThat(failure.exitCode()).isEqualTo(exitCode);
    assertThat(failure.errors()).isEqualTo(errors);
    assertThat(failure.hint()).isEqualTo(hint);
  }

  @Test
  void theWorkSaysNo() {
    check(
        new RealiseException("no such output"),
        ExitCode.REFUSED,
        List.of("no such output"),
        Optional.empty());
    check(
        new MavenException(
            List.of(
                new MavenProblem.UnpinnedPlugin("g", "a"),
                new MavenProblem.GoalsFailed(List.of("verify"), 1, List.of("[ERROR] no")))),
        ExitCode.REFUSED,
        List.of(
            "plugin 'g:a' has no fixed version: pin the version of the plugin in the POM",
            "'mvn verify' failed with code 1 while recording what it reads"),
        Optional.empty());
  }

  static List<Exception> interruptions() {
    return List.of(
        new InterruptedException(),
        new InterruptedIOException("timeout"),
        new ClosedByInterruptException());
  }

  @ParameterizedTest
  @MethodSource("interruptions")
  void anInterruptionIsNoFaultOfTheSurroundings(Exception problem) {
    check(problem, ExitCode.REFUSED, List.of("interrupted"), Optional.empty());
  }

  @Test
  void theCallIsWrong() {
    check(
        new CommandException(ExitCode.USAGE, "names are for --update", "leave them out"),
        ExitCode.USAGE,
        List.of("names are for --update"),
        Optional.of("leave them out"));
  }

  @Test
  void theSurroundingsLackSomething() {
    var problem = new SandboxProblem.UnsupportedMachine("aarch64");
    check(
        new SandboxUnavailableException(problem),
        ExitCode.ENVIRONMENT,
        List.of(problem.message()),
        Optional.of("build on an x86_64 machine"));
  }

  @Test
  void filesAreNamedWithWhatIsWrongWithThem() {
    check(
        new NoSuchFileException("a"),
        ExitCode.ENVIRONMENT,
        List.of("'a' is not there"),
        Optional.empty());
    check(
        new AccessDeniedException("a"),
        ExitCode.ENVIRONMENT,
        List.of("'a' may not be read or written"),
        Optional.empty());
    check(
        new FileSystemException("a", null, "No space left on device"),
        ExitCode.ENVIRONMENT,
        List.of("'a': No space left on device"),
        Optional.empty());
    check(new IOException(), ExitCode.ENVIRONMENT, List.of("IOException"), Optional.empty());
    check(
        new IOException("first line\nsecond line"),
        ExitCode.ENVIRONMENT,
        List.of("first line"),
        Optional.empty());
  }

  @Test
  void allElseIsABug() {
    assertThat(Failure.of(new IllegalStateException("unexpected"))).isEmpty();
    assertThat(Failure.of(new Exception("unexpected"))).isEmpty();
  }
}
