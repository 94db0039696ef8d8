package dev.synapse.gmp.report;

import dev.synapse.gmp.json.CanonicalJson;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/// Writes a report byte for byte as `report.awk` does: one line, keys and lists sorted, whole
/// numbers, nothing escaped that need not be.
final class QualityReportJson {
  private final StringBuilder out = new StringBuilder();

  static String of(QualityReport report) {
    var json = new QualityReportJson();
    json.out.append("{\"coverage\":");
    json.optional(report.coverage(), QualityReportJson::coverage);
    json.out.append(",\"notes\":");
    json.list(report.notes(), QualityReportJson::string);
    json.out.append(",\"tests\":");
    json.optional(report.tests(), QualityReportJson::tests);
    return json.out.append(",\"version\":").append(QualityReport.VERSION).append("}\n").toString();
  }

  private void coverage(CoverageReport coverage) {
    out.append("{\"branches\":");
    optional(coverage.branches(), QualityReportJson::covered);
    out.append(",\"files\":").append(coverage.files()).append(",\"lines\":");
    optional(coverage.lines(), QualityReportJson::covered);
    out.append(",\"modules\":");
    list(coverage.modules(), QualityReportJson::coverageModule);
    out.append('}');
  }

  private void coverageModule(CoverageModule module) {
    out.append("{\"branches\":");
    optional(module.branches(), QualityReportJson::covered);
    out.append(",\"lines\":");
    optional(module.lines(), QualityReportJson::covered);
    out.append(",\"name\":");
    string(module.name());
    out.append('}');
  }

  private void covered(Covered covered) {
    out.append("{\"covered\":").append(covered.covered());
    out.append(",\"missed\":").append(covered.missed()).append('}');
  }

  private void tests(TestReport tests) {
    TestCounts counts = tests.counts();
    out.append('{');
    executed(counts);
    out.append(",\"files\":").append(tests.files());
    out.append(",\"flaky\":").append(counts.flaky()).append(",\"modules\":");
    list(tests.modules(), QualityReportJson::testModule);
    out.append(",\"passed\":").append(counts.passed());
    out.append(",\"skipped\":").append(counts.skipped()).append('}');
  }

  private void testModule(TestModule module) {
    TestCounts counts = module.counts();
    out.append('{');
    executed(counts);
    out.append(",\"failures\":");
    list(module.failures(), QualityReportJson::string);
    out.append(",\"flaky\":").append(counts.flaky()).append(",\"name\":");
    string(module.name());
    out.append(",\"passed\":").append(counts.passed());
    out.append(",\"skipped\":").append(counts.skipped()).append(",\"skippedTests\":");
    list(module.skippedTests(), QualityReportJson::string);
    out.append('}');
  }

  private void executed(TestCounts counts) {
    out.append("\"errors\":").append(counts.errors());
    out.append(",\"executed\":").append(counts.executed());
    out.append(",\"failed\":").append(counts.failed());
  }

  private <T> void optional(Optional<T> value, BiConsumer<QualityReportJson, T> write) {
    value.ifPresentOrElse(present -> write.accept(this, present), () -> out.append("null"));
  }

  private <T> void list(List<T> values, BiConsumer<QualityReportJson, T> write) {
    out.append('[');
    for (int i = 0; i < values.size(); i++) {
      if (i > 0) {
        out.append(',');
      }
      write.accept(this, values.get(i));
    }
    out.append(']');
  }

  private void string(String text) {
    CanonicalJson.quote(text, out);
  }
}
