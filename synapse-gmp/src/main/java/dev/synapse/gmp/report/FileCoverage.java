package dev.synapse.gmp.report;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/// Coverage of the lines of one source file, as reports name it.
///
/// The same file in two reports is merged line by line: a line is covered if one of them covered
/// it, and counts once. Merging is commutative, and a report merged with itself is the same report.
public final class FileCoverage {
  private final SourceName name;
  private final LineTable lines;
  private final StatementTable statements;

  FileCoverage(SourceName name, LineTable lines, StatementTable statements) {
    this.name = requireNonNull(name, "name");
    this.lines = requireNonNull(lines, "lines");
    this.statements = requireNonNull(statements, "statements");
  }

  /// The module that the report names, such as a group of JaCoCo; else the folder of the report.
  public String module() {
    return name.module();
  }

  /// The package as the report writes it: `dev/synapse` in JaCoCo, `dev.synapse` in Cobertura.
  /// Empty where a format knows none.
  public String packageName() {
    return name.packageName();
  }

  /// The path as the report writes it, with `/` between names even if it was made on Windows; in
  /// JaCoCo the package and the name of the source file. May be absolute, or relative to what only
  /// the report's author knows.
  public String path() {
    return name.path();
  }

  /// Folders where paths begin, if the report says so (`<source>` of Cobertura). May be absolute.
  public List<String> roots() {
    return name.roots();
  }

  /// The file below the folder that was searched, if the path leads to one: from the folder of the
  /// report, or one above it. A format that knows packages only, as JaCoCo, has none.
  public Optional<String> source() {
    return name.source();
  }

  /// How many lines the report measures.
  public int size() {
    return lines.size();
  }

  /// The line of that number; empty when no report measures it, as a comment.
  public Optional<LineCoverage> line(int number) {
    return lines.find(number);
  }

  /// Each measured line, by number.
  public void forEachLine(Consumer<LineCoverage> action) {
    for (int i = 0; i < lines.size(); i++) {
      action.accept(lines.get(i));
    }
  }

  /// How many lines ran; empty when the report measures no line of it.
  public Optional<Covered> lines() {
    return Optional.of(lines.covered()).filter(covered -> covered.total() > 0);
  }

  /// How many branches were taken; empty when there is no data of branches.
  public Optional<Covered> branches() {
    return Optional.of(lines.branches()).filter(covered -> covered.total() > 0);
  }

  /// How many statements ran, in formats that count these (Go); empty in others.
  public Optional<Covered> statements() {
    return Optional.of(statements.covered()).filter(covered -> covered.total() > 0);
  }

  /// This file with what another report says of it. The name stays that of this one.
  ///
  /// Hits are the larger number of the two, not their sum. Branches are told apart where both
  /// reports do; else the larger number counts, and what the two took together may be more.
  public FileCoverage merge(FileCoverage other) {
    return new FileCoverage(name, lines.merge(other.lines), statements.merge(other.statements));
  }

  SourceName name() {
    return name;
  }

  boolean sameLines(FileCoverage other) {
    return lines.sameNumbers(other.lines);
  }

  @Override
  public boolean equals(Object object) {
    return object instanceof FileCoverage other
        && name.equals(other.name)
        && lines.equals(other.lines)
        && statements.equals(other.statements);
  }

  @Override
  public int hashCode() {
    return name.hashCode();
  }

  @Override
  public String toString() {
    return "%s %s %s".formatted(name.path(), lines.covered(), lines.branches());
  }
}
