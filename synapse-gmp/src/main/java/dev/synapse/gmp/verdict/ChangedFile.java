package dev.synapse.gmp.verdict;

import static java.util.Objects.requireNonNull;

import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.change.Statements;
import java.util.BitSet;
import java.util.Optional;

/// A changed source file.
///
/// @param path relative to the project's folder
/// @param code the changed lines that bear code
/// @param withData those of them whose statement has a line of which it is known whether it ran
/// @param covered lines of changed statements that ran
/// @param missed lines of changed statements that did not
public record ChangedFile(
    String path, LineSet code, LineSet withData, LineSet covered, LineSet missed) {
  public ChangedFile {
    requireNonNull(path, "path");
    requireNonNull(code, "code");
    requireNonNull(withData, "withData");
    requireNonNull(covered, "covered");
    requireNonNull(missed, "missed");
  }

  /// Joins what changed with what ran. A statement over several lines counts whole.
  ///
  /// @param changedAs the file's name in the change
  /// @param data empty when no report knows the file
  public static ChangedFile of(
      SourceFile file,
      ChangedLines changed,
      String changedAs,
      Statements statements,
      Optional<FileLines> data) {
    LineSet known = data.map(FileLines::known).orElse(LineSet.none());
    BitSet code = new BitSet();
    BitSet withData = new BitSet();
    BitSet touched = new BitSet();
    for (int line : changed.lines(changedAs)) {
      if (!file.code().contains(line)) {
        continue;
      }
      code.set(line);
      BitSet statement = new BitSet();
      statement.set(statements.first(line), statements.last(line) + 1);
      LineSet ran = LineSet.of(statement).and(known);
      if (!ran.isEmpty()) {
        withData.set(line);
        touched.or(statement);
      }
    }
    LineSet judged = LineSet.of(touched);
    return new ChangedFile(
        file.path(),
        LineSet.of(code),
        LineSet.of(withData),
        judged.and(data.map(FileLines::covered).orElse(LineSet.none())),
        judged.and(data.map(FileLines::missed).orElse(LineSet.none())));
  }
}
