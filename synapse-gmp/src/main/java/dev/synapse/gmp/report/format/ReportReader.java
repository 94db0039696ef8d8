package dev.synapse.gmp.report.format;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Path;

/// Reads one report file by what is in it. What its name says does not matter.
public final class ReportReader {
  /// What a report is of.
  enum Kind {
    TESTS("tests"),
    COVERAGE("coverage"),
    MUTATIONS("mutants");

    private final String noun;

    Kind(String noun) {
      this.noun = noun;
    }
  }

  /// The largest file that is read, eight gibibytes: what nobody wrote on purpose.
  private static final long MAX_FILE = 8L << 30;

  private final Path file;

  /// @param file what to read
  public ReportReader(Path file) {
    this.file = file;
  }

  /// Reads test results.
  ///
  /// @return the name of the format
  /// @throws DamagedReport if the file is of no format that is known for these, or damaged
  public String tests(CaseSink sink, Notes notes) throws DamagedReport, IOException {
    String start = Format.start(file);
    if (!Format.isXml(start)) {
      throw otherKind(Format.ofText(start), Kind.TESTS);
    }
    return xml(format -> testReader(format, sink, notes));
  }

  private static Elements testReader(Format format, CaseSink sink, Notes notes)
      throws DamagedReport {
    return switch (format) {
      case JUNIT -> new JunitFile(sink, notes);
      case NUNIT_2, NUNIT_3 -> new NunitFile(sink, notes);
      case XUNIT -> new XunitFile(sink, notes);
      case TRX -> new TrxFile(sink, notes);
      default -> throw otherKind(format, Kind.TESTS);
    };
  }

  /// Reads coverage.
  ///
  /// @return the name of the format
  /// @throws DamagedReport if the file is of no format that is known for it, or damaged
  public String coverage(CoverageSink sink, Notes notes) throws DamagedReport, IOException {
    String start = Format.start(file);
    if (Format.isXml(start)) {
      return xml(format -> coverageReader(format, sink));
    }
    Format format = Format.ofText(start);
    switch (format) {
      case LCOV -> TextFile.read(file, new LcovFile(sink, notes));
      case GO_COVER -> TextFile.read(file, new GoCoverFile(sink));
      case COVERAGE_PY -> CoveragePyFile.read(file, sink);
      default -> throw otherKind(format, Kind.COVERAGE);
    }
    return format.title();
  }

  private static Elements coverageReader(Format format, CoverageSink sink) throws DamagedReport {
    return switch (format) {
      case JACOCO -> new JacocoLines(sink);
      case COBERTURA -> new CoberturaFile(sink);
      case CLOVER -> new CloverFile(sink);
      default -> throw otherKind(format, Kind.COVERAGE);
    };
  }

  /// Reads mutants.
  ///
  /// @return the name of the format
  /// @throws DamagedReport if the file is of no format that is known for them, or damaged
  public String mutations(MutationSink sink) throws DamagedReport, IOException {
    String start = Format.start(file);
    if (!Format.isXml(start)) {
      throw otherKind(Format.ofText(start), Kind.MUTATIONS);
    }
    return xml(
        format -> {
          if (format != Format.PIT) {
            throw otherKind(format, Kind.MUTATIONS);
          }
          return new PitFile(sink);
        });
  }

  /// Whether the file holds what JaCoCo's agent writes, which [ExecutionData] reads.
  public boolean isExecutionData() throws DamagedReport, IOException {
    String start = Format.start(file);
    return !Format.isXml(start) && Format.ofText(start) == Format.JACOCO_EXEC;
  }

  /// Adds what JaCoCo's agent wrote.
  ///
  /// @return the name of the format
  public String executionData(ExecutionData executed) throws DamagedReport, IOException {
    executed.load(file);
    return Format.JACOCO_EXEC.title();
  }

  private String xml(FirstElement.Readers readers) throws DamagedReport, IOException {
    var elements = new FirstElement(readers);
    XmlFile.read(file, MAX_FILE, elements);
    return requireNonNull(elements.format(), "format").title();
  }

  private static DamagedReport otherKind(Format format, Kind wanted) {
    return new DamagedReport(
        "is %s, a report of %s, not of %s"
            .formatted(format.title(), format.kind().noun, wanted.noun));
  }
}
