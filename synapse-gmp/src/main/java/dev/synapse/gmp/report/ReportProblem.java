package dev.synapse.gmp.report;

/// Why there is no report. Missing data is a problem, never a zero and never a pass.
public sealed interface ReportProblem {
  /// A pattern that matches no file: what it was to measure was not measured.
  record NoFile(String pattern) implements ReportProblem {}

  /// A pattern that is not a relative path below the folder.
  record BadPattern(String pattern) implements ReportProblem {}

  /// A report file that is cut off, not XML, or says what cannot be.
  record Damaged(String file, String reason) implements ReportProblem {}

  /// A canonical report that is not one.
  record NotCanonical(String file, String reason) implements ReportProblem {}

  /// One line: what, where, why.
  default String message() {
    return switch (this) {
      case NoFile(var pattern) ->
          "no file matches '%s': run the tests first, or correct the pattern".formatted(pattern);
      case BadPattern(var pattern) ->
          "report pattern '%s' is not a path below the folder".formatted(pattern);
      case Damaged(var file, var reason) -> "%s: %s".formatted(file, reason);
      case NotCanonical(var file, var reason) ->
          "%s is not a quality report: %s".formatted(file, reason);
    };
  }
}
