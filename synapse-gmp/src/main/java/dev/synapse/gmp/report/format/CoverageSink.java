package dev.synapse.gmp.report.format;

/// Is told what a coverage report says, in the order of the file. What stands there twice is told
/// twice.
public interface CoverageSink {
  /// Which totals a report declares.
  enum Total {
    LINES,
    BRANCHES,
    STATEMENTS
  }

  /// The files that follow are of this module.
  void module(String name);

  /// A folder where the paths of the report begin.
  void root(String folder);

  /// A source file begins, known by its path. It may have begun before.
  ///
  /// @param packageName empty where the format knows none
  void file(String packageName, String path);

  /// A source file begins, known by its package and the name of the file alone.
  void fileOfPackage(String packageName, String name);

  /// A line of the file that began last.
  ///
  /// @param hits how often it ran
  /// @throws DamagedReport if there is no such line
  void line(long number, long hits) throws DamagedReport;

  /// How many branches of a line were taken.
  void branches(long line, long taken, long total) throws DamagedReport;

  /// One branch of a line.
  ///
  /// @param name tells it from the others of the line
  void branch(long line, String name, boolean taken) throws DamagedReport;

  /// A block of statements.
  ///
  /// @param place tells it from the others of the file
  void statements(String place, long count, boolean ran) throws DamagedReport;

  /// What the report says of the file that began last.
  void declaredOfFile(Total total, long covered, long all);

  /// What the report says of itself in all.
  void declaredOfAll(Total total, long covered, long all);
}
