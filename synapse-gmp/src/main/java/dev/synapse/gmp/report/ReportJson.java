package dev.synapse.gmp.report;

import dev.synapse.gmp.report.format.DamagedReport;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.exc.UnexpectedEndOfInputException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Reads canonical reports strictly: first each figure, then that the bytes are the ones that the
/// figures give, so that nothing unknown or unsorted passes.
final class ReportJson {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();

  /// As many digits as a report file may have in one figure, and room for a sum of many.
  private static final long MAX_COUNT = 1L << 53;

  private ReportJson() {}

  static QualityReport parse(String file, byte[] bytes) throws ReportException {
    try {
      QualityReport report = report(tree(bytes));
      if (!Arrays.equals(canonical(report), bytes)) {
        throw new DamagedReport("not in its canonical form");
      }
      return report;
    } catch (DamagedReport e) {
      throw new ReportException(List.of(new ReportProblem.NotCanonical(file, e.reason())));
    }
  }

  private static byte[] canonical(QualityReport report) throws DamagedReport {
    try {
      return report.toJson().getBytes(StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw new DamagedReport(String.valueOf(e.getMessage()));
    }
  }

  private static JsonNode tree(byte[] bytes) throws DamagedReport {
    if (bytes.length == 0) {
      throw new DamagedReport("is empty");
    }
    try {
      return MAPPER.readTree(bytes);
    } catch (UnexpectedEndOfInputException e) {
      throw new DamagedReport("ends too early");
    } catch (JacksonException e) {
      // What follows in brackets or after a colon speaks of Jackson's settings.
      String text = String.valueOf(e.getOriginalMessage()).replaceAll("(?s)( \\(|: |\n).*", "");
      throw new DamagedReport(
          "not JSON at column %d: %s".formatted(e.getLocation().getColumnNr(), text));
    }
  }

  private static QualityReport report(JsonNode root) throws DamagedReport {
    if (!root.isObject()) {
      throw new DamagedReport("not a JSON object");
    }
    long version = count(root, "version");
    if (version != QualityReport.VERSION) {
      throw new DamagedReport(
          "version %d, this Synapse reads version %d".formatted(version, QualityReport.VERSION));
    }
    keys(root, Set.of("coverage", "notes", "tests", "version"));
    try {
      JsonNode tests = root.required("tests");
      JsonNode coverage = root.required("coverage");
      return new QualityReport(
          tests.isNull() ? Optional.empty() : Optional.of(tests(tests)),
          coverage.isNull() ? Optional.empty() : Optional.of(coverage(coverage)),
          strings(root, "notes"));
    } catch (IllegalArgumentException e) {
      throw new DamagedReport(String.valueOf(e.getMessage()));
    }
  }

  private static TestReport tests(JsonNode node) throws DamagedReport {
    keys(
        node,
        Set.of("errors", "executed", "failed", "files", "flaky", "modules", "passed", "skipped"));
    List<TestModule> modules = new ArrayList<>();
    for (JsonNode module : array(node, "modules")) {
      keys(
          module,
          Set.of(
              "errors",
              "executed",
              "failed",
              "failures",
              "flaky",
              "name",
              "passed",
              "skipped",
              "skippedTests"));
      modules.add(
          new TestModule(
              string(module.required("name")),
              counts(module),
              strings(module, "failures"),
              strings(module, "skippedTests")));
    }
    var report = new TestReport(count(node, "files"), modules);
    if (!report.counts().equals(counts(node))) {
      throw new DamagedReport("the totals of 'tests' are not the sums of its modules");
    }
    return report;
  }

  private static TestCounts counts(JsonNode node) throws DamagedReport {
    var counts =
        new TestCounts(
            count(node, "passed"),
            count(node, "failed"),
            count(node, "errors"),
            count(node, "skipped"),
            count(node, "flaky"));
    if (counts.executed() != count(node, "executed")) {
      throw new DamagedReport("'executed' is not the sum of 'passed', 'failed' and 'errors'");
    }
    return counts;
  }

  private static CoverageReport coverage(JsonNode node) throws DamagedReport {
    keys(node, Set.of("branches", "files", "lines", "modules"));
    List<CoverageModule> modules = new ArrayList<>();
    for (JsonNode module : array(node, "modules")) {
      keys(module, Set.of("branches", "lines", "name"));
      modules.add(
          new CoverageModule(
              string(module.required("name")),
              covered(module, "lines"),
              covered(module, "branches")));
    }
    var report = new CoverageReport(count(node, "files"), modules);
    if (!report.lines().equals(covered(node, "lines"))
        || !report.branches().equals(covered(node, "branches"))) {
      throw new DamagedReport("the totals of 'coverage' are not the sums of its modules");
    }
    return report;
  }

  private static Optional<Covered> covered(JsonNode node, String name) throws DamagedReport {
    JsonNode value = node.required(name);
    if (value.isNull()) {
      return Optional.empty();
    }
    keys(value, Set.of("covered", "missed"));
    return Optional.of(new Covered(count(value, "covered"), count(value, "missed")));
  }

  private static void keys(JsonNode node, Set<String> expected) throws DamagedReport {
    var found = new TreeSet<>(node.propertyNames());
    if (!node.isObject() || !found.equals(new TreeSet<>(expected))) {
      throw new DamagedReport("has %s where %s belong".formatted(found, new TreeSet<>(expected)));
    }
  }

  private static long count(JsonNode node, String name) throws DamagedReport {
    JsonNode value = node.path(name);
    if (!value.isIntegralNumber() || !value.canConvertToLong()) {
      throw new DamagedReport("'%s' is %s, not a whole number".formatted(name, value));
    }
    long count = value.longValue();
    if (count < 0 || count > MAX_COUNT) {
      throw new DamagedReport("'%s' is %d, out of range".formatted(name, count));
    }
    return count;
  }

  private static JsonNode array(JsonNode node, String name) throws DamagedReport {
    JsonNode value = node.required(name);
    if (!value.isArray()) {
      throw new DamagedReport("'%s' is not a list".formatted(name));
    }
    return value;
  }

  private static List<String> strings(JsonNode node, String name) throws DamagedReport {
    List<String> values = new ArrayList<>();
    for (JsonNode value : array(node, name)) {
      values.add(string(value));
    }
    return values;
  }

  private static String string(JsonNode value) throws DamagedReport {
    if (!value.isString()) {
      throw new DamagedReport("%s is not text".formatted(value));
    }
    return value.stringValue();
  }
}
