package dev.synapse.gmp.waiver;

import dev.synapse.build.document.Problem;
import java.util.List;
import java.util.stream.Collectors;

/// Waivers that are none, or that nobody allowed has signed: every problem found in one file.
public final class WaiverException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  WaiverException(List<Problem> problems) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// What is wrong, at least one thing.
  public List<Problem> problems() {
    return problems;
  }
}
