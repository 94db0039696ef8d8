package dev.synapse.gmp.policy;

import dev.synapse.build.document.Problem;
import java.util.List;
import java.util.stream.Collectors;

/// A policy that is not one: every problem found in it, in the order of its lines.
public final class PolicyException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  PolicyException(List<Problem> problems) {
    super(problems.stream().map(Problem::message).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// What is wrong, at least one thing.
  public List<Problem> problems() {
    return problems;
  }
}
