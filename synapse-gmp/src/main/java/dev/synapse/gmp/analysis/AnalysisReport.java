package dev.synapse.gmp.analysis;

import static java.util.Comparator.comparing;
import static java.util.Comparator.comparingInt;
import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.OptionalInt;
import java.util.TreeMap;

/// What the sources of a project say about themselves: a pure function of the files and the
/// options, without times, hosts or absolute paths.
///
/// @param sources what was measured and what was not
/// @param functions every function with a body, sorted by file and line
/// @param magicNumbers every number without a name, sorted by file, line and column
/// @param duplicates what stands there more than once
/// @param notes what is odd but changes no figure, sorted
public record AnalysisReport(
    Sources sources,
    List<FunctionComplexity> functions,
    List<MagicNumber> magicNumbers,
    Duplicates duplicates,
    List<String> notes) {
  static final int VERSION = 1;

  private static final Comparator<FunctionComplexity> FUNCTIONS =
      comparing(FunctionComplexity::file, Paths.ORDER)
          .thenComparingInt(FunctionComplexity::firstLine)
          .thenComparing(comparingInt(FunctionComplexity::lastLine).reversed())
          .thenComparing(FunctionComplexity::name)
          .thenComparingInt(FunctionComplexity::complexity);

  private static final Comparator<MagicNumber> NUMBERS =
      comparing(MagicNumber::file, Paths.ORDER)
          .thenComparingInt(MagicNumber::line)
          .thenComparingInt(MagicNumber::column);

  public AnalysisReport {
    requireNonNull(sources, "sources");
    requireNonNull(duplicates, "duplicates");
    functions = functions.stream().sorted(FUNCTIONS).toList();
    magicNumbers = magicNumbers.stream().sorted(NUMBERS).toList();
    notes = notes.stream().sorted(Paths.ORDER).toList();
  }

  /// Reads a canonical report, and refuses all that this version would not have written.
  ///
  /// @throws AnalysisException if it is damaged, or of another version or other definitions
  /// @throws IOException if the file cannot be read
  public static AnalysisReport read(Path file) throws AnalysisException, IOException {
    return AnalysisJson.parse(file.toString(), Files.readAllBytes(file));
  }

  /// Reads an analysis whose bytes are known to be what this version wrote, for instance by their
  /// digest: that the form is the canonical one is not looked at again.
  ///
  /// @param name of the file, for the message
  /// @throws AnalysisException if it is no analysis of this version
  public static AnalysisReport parse(String name, byte[] bytes) throws AnalysisException {
    return AnalysisJson.parseKnown(name, bytes);
  }

  /// The canonical form: one line of JSON with sorted keys and lists.
  public String toJson() {
    return AnalysisJson.of(this);
  }

  /// The files that were measured, sorted by path.
  public List<SourceFile> files() {
    return sources.measured();
  }

  /// How many lines bear code: the whole of which [#duplicatedLines()] is a part.
  public long linesOfCode() {
    return files().stream().mapToLong(SourceFile::linesOfCode).sum();
  }

  /// How many lines of code stand somewhere else too, each counted once.
  public long duplicatedLines() {
    return files().stream().mapToLong(file -> file.duplicated().size()).sum();
  }

  /// The complexity of the most complex function; empty when there is no function.
  public OptionalInt maximumComplexity() {
    return functions.stream().mapToInt(FunctionComplexity::complexity).max();
  }

  /// The languages that were found, with their sizes.
  public List<LanguageTotals> languages() {
    var totals = new TreeMap<Language, LanguageTotals>();
    for (SourceFile file : files()) {
      totals.merge(
          file.language(),
          new LanguageTotals(file.language(), 1, file.lines(), file.linesOfCode(), file.tokens()),
          AnalysisReport::sum);
    }
    return List.copyOf(totals.values());
  }

  private static LanguageTotals sum(LanguageTotals left, LanguageTotals right) {
    return new LanguageTotals(
        left.language(),
        left.files() + right.files(),
        left.lines() + right.lines(),
        left.linesOfCode() + right.linesOfCode(),
        left.tokens() + right.tokens());
  }
}
