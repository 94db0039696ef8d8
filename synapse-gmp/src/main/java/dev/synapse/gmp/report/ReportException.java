package dev.synapse.gmp.report;

import java.util.List;
import java.util.stream.Collectors;

/// Reports could not be read. Holds everything that is wrong with them.
public final class ReportException extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<ReportProblem> problems;

  ReportException(List<ReportProblem> problems) {
    super(problems.stream().map(ReportProblem::message).collect(Collectors.joining("\n")));
    this.problems = List.copyOf(problems);
  }

  /// At least one, in the order of the files.
  public List<ReportProblem> problems() {
    return problems;
  }
}
