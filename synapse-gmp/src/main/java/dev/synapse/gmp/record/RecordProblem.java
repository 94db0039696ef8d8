package dev.synapse.gmp.record;

/// What can be wrong with batch records, or with what is asked of them.
public sealed interface RecordProblem {
  /// The trail does not hold together.
  ///
  /// @param line which line of the file, from 1 on
  record Broken(String file, long line, String reason) implements RecordProblem {}

  /// A document that does not say what it should.
  record Malformed(String what, String reason) implements RecordProblem {}

  /// There is no such batch.
  record Unknown(String batch) implements RecordProblem {}

  /// What a person may not do with this batch.
  record NotAllowed(String batch, String reason) implements RecordProblem {}

  /// One line for people.
  default String message() {
    return switch (this) {
      case Broken(var file, var line, var reason) ->
          "the trail '%s' is broken at line %d: %s".formatted(file, line, reason);
      case Malformed(var what, var reason) -> "%s cannot be read: %s".formatted(what, reason);
      case Unknown(var batch) -> "there is no batch '%s'".formatted(batch);
      case NotAllowed(var batch, var reason) -> "batch '%s' %s".formatted(batch, reason);
    };
  }
}
