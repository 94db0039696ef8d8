package dev.synapse.build.lock;

import dev.synapse.build.document.Problem;
import java.util.List;
import java.util.stream.Collectors;

/// A lock that is not one: every problem found in it, in the order of its lines.
public final class LockException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /// Keeps `problems`, of which there is at least one.
  public LockException(List<Problem> problems) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")));
    if (problems.isEmpty()) {
      throw new IllegalArgumentException("no problem");
    }
    this.problems = List.copyOf(problems);
  }

  /// What is wrong, at least one thing.
  public List<Problem> problems() {
    return problems;
  }
}
