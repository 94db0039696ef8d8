package dev.synapse.build.maven;

import java.io.Serial;
import java.util.List;
import java.util.stream.Collectors;

/// Everything found wrong at once, at least one problem.
public final class MavenException extends Exception {
  @Serial private static final long serialVersionUID = 1L;

  private final transient List<MavenProblem> problems;

  /// For one problem.
  public MavenException(MavenProblem problem) {
    this(List.of(problem));
  }

  /// The message has a line for each problem.
  public MavenException(List<? extends MavenProblem> problems) {
    super(problems.stream().map(MavenProblem::message).collect(Collectors.joining("\n")));
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("no problem");
    }
    this.problems = List.copyOf(problems);
  }

  /// In the order in which a reader should see them.
  public List<MavenProblem> problems() {
    return problems;
  }
}
