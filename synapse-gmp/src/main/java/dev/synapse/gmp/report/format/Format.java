package dev.synapse.gmp.report.format;

import dev.synapse.gmp.report.format.ReportReader.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The formats of reports, each known by how a file begins.
enum Format {
  JUNIT("JUnit XML", Kind.TESTS),
  NUNIT_2("NUnit 2 XML", Kind.TESTS),
  NUNIT_3("NUnit 3 XML", Kind.TESTS),
  XUNIT("xUnit v2 XML", Kind.TESTS),
  TRX("TRX", Kind.TESTS),
  JACOCO("JaCoCo XML", Kind.COVERAGE),
  JACOCO_EXEC("JaCoCo exec", Kind.COVERAGE),
  COBERTURA("Cobertura XML", Kind.COVERAGE),
  CLOVER("Clover XML", Kind.COVERAGE),
  LCOV("LCOV", Kind.COVERAGE),
  COVERAGE_PY("coverage.py JSON", Kind.COVERAGE),
  GO_COVER("Go cover profile", Kind.COVERAGE),
  PIT("PIT XML", Kind.MUTATIONS);

  /// Enough for what stands before the first record.
  private static final int START = 1 << 13;

  private static final Pattern LCOV_RECORD = Pattern.compile("(?:#[^\n]*\n|\\s)*+(?:TN|SF|VER):");
  private static final Pattern GO_MODE = Pattern.compile("mode: (?:set|count|atomic)\\b");
  private static final String LFS_POINTER = "version https://git-lfs";
  private static final String EXECUTION_DATA = "\u0001\u00c0\u00c0";
  private static final List<String> PACKED =
      List.of("\u001f\u008b", "PK\u0003\u0004", "BZh", "\u00fd7zXZ");
  private static final List<String> WIDE = List.of("\u00fe\u00ff", "\u00ff\u00fe");
  private static final String BYTE_ORDER_MARK = "\u00ef\u00bb\u00bf";

  private static final Map<String, Format> ROOTS =
      Map.of(
          "testsuites", JUNIT,
          "testsuite", JUNIT,
          "test-results", NUNIT_2,
          "test-run", NUNIT_3,
          "assemblies", XUNIT,
          "assembly", XUNIT,
          "TestRun", TRX,
          "report", JACOCO,
          "mutations", PIT);

  private final String title;
  private final Kind kind;

  Format(String title, Kind kind) {
    this.title = title;
    this.kind = kind;
  }

  String title() {
    return title;
  }

  Kind kind() {
    return kind;
  }

  /// How a file begins, one character a byte, without a byte order mark and blanks before it.
  static String start(Path file) throws IOException, DamagedReport {
    String start;
    try (InputStream in = Files.newInputStream(file)) {
      start = new String(in.readNBytes(START), StandardCharsets.ISO_8859_1);
    }
    if (start.isEmpty()) {
      throw new DamagedReport("is empty");
    }
    return (start.startsWith(BYTE_ORDER_MARK) ? start.substring(BYTE_ORDER_MARK.length()) : start);
  }

  /// Whether this may be XML, in any encoding: then the first element tells the format.
  static boolean isXml(String start) {
    return start.stripLeading().startsWith("<") || WIDE.stream().anyMatch(start::startsWith);
  }

  /// The format of what is no XML.
  static Format ofText(String start) throws DamagedReport {
    if (start.startsWith(EXECUTION_DATA)) {
      return JACOCO_EXEC;
    }
    if (LCOV_RECORD.matcher(start).lookingAt()) {
      return LCOV;
    }
    if (GO_MODE.matcher(start).lookingAt()) {
      return GO_COVER;
    }
    if (start.stripLeading().startsWith("{")) {
      return COVERAGE_PY;
    }
    if (start.startsWith(LFS_POINTER)) {
      throw new DamagedReport(
          "is a Git LFS pointer in place of the report: fetch it with 'git lfs pull'");
    }
    if (PACKED.stream().anyMatch(start::startsWith)) {
      throw new DamagedReport("is compressed: unpack it first");
    }
    throw unknown(start.isBlank() ? "is blank" : "is no report");
  }

  /// The format of XML with this first element.
  static Format ofRoot(String name, Attributes attributes) throws DamagedReport {
    if (name.equals("coverage")) {
      return coverageRoot(attributes);
    }
    Format format = ROOTS.get(name);
    if (format == null) {
      throw unknown("begins with <%s>".formatted(Label.cut(name)));
    }
    return format;
  }

  private static Format coverageRoot(Attributes attributes) throws DamagedReport {
    if (attributes.has("line-rate")) {
      return COBERTURA;
    }
    if (attributes.has("generated") || attributes.has("clover")) {
      return CLOVER;
    }
    throw unknown("begins with a <coverage> of neither Cobertura nor Clover");
  }

  private static DamagedReport unknown(String what) {
    String known = Stream.of(values()).map(Format::title).collect(Collectors.joining(", "));
    return new DamagedReport("%s: none of the formats that are read: %s".formatted(what, known));
  }
}
