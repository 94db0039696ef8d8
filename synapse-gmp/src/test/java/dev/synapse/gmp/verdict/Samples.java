package dev.synapse.gmp.verdict;

import dev.synapse.gmp.analysis.AnalysisReport;
import dev.synapse.gmp.analysis.Duplicates;
import dev.synapse.gmp.analysis.Duplication;
import dev.synapse.gmp.analysis.FunctionComplexity;
import dev.synapse.gmp.analysis.Language;
import dev.synapse.gmp.analysis.LineSet;
import dev.synapse.gmp.analysis.MagicNumber;
import dev.synapse.gmp.analysis.SourceFile;
import dev.synapse.gmp.analysis.Sources;
import dev.synapse.gmp.analysis.Unreadable;
import dev.synapse.gmp.change.ChangedLines;
import dev.synapse.gmp.change.Patch;
import dev.synapse.gmp.change.Statements;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.report.CoverageModule;
import dev.synapse.gmp.report.CoverageReport;
import dev.synapse.gmp.report.Covered;
import dev.synapse.gmp.report.QualityReport;
import dev.synapse.gmp.report.TestCounts;
import dev.synapse.gmp.report.TestModule;
import dev.synapse.gmp.report.TestReport;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A small project: two files in two modules, and what is known of them.
public final class Samples {
  /// The text of the first file.
  public static final List<String> TEXT =
      List.of(
          "class A {",
          "  int f(int a) {",
          "    if (a > 1 &&",
          "        a < 42) {",
          "      return 7;",
          "    }",
          "    return <a> & \"b\" + '\u202e';",
          "  }",
          "}",
          "");

  private static final String PATCH =
      """
      --- a/core/src/A.java
      +++ b/core/src/A.java
      @@ -3,0 +4,2 @@
      +        a < 42) {
      +      return 7;
      """;

  private Samples() {}

  /// 18 of 20 lines of `core` and 60 of 80 of `web`; 38 of 40 tests.
  public static QualityReport report() {
    return new QualityReport(
        Optional.of(new TestReport(2, List.of(module("core", 20, 0), module("web", 18, 2)))),
        Optional.of(
            new CoverageReport(
                2,
                List.of(
                    new CoverageModule(
                        "core", Optional.of(new Covered(18, 2)), Optional.of(new Covered(3, 1))),
                    new CoverageModule(
                        "web", Optional.of(new Covered(60, 20)), Optional.empty())))),
        List.of("a note <of> somebody"));
  }

  private static TestModule module(String name, int passed, int failed) {
    return new TestModule(
        name,
        new TestCounts(passed, failed, 0, 1, 1),
        Collections.nCopies(failed, name + ".fails"),
        List.of(name + ".skipped"));
  }

  private static LineSet lines(String text) {
    return LineSet.parse(text).orElseThrow();
  }

  /// A project with two numbers, 4 of 40 lines twice, and functions of complexity 3 and 12.
  public static AnalysisReport analysis(Unreadable... unreadable) {
    return new AnalysisReport(
        new Sources(
            List.of(
                new SourceFile("core/src/A.java", Language.JAVA, 9, 40, lines("1-9"), lines("5-6")),
                new SourceFile(
                    "web/src/B.java", Language.JAVA, 31, 200, lines("1-31"), lines("20-21"))),
            List.of(),
            List.of(unreadable)),
        List.of(
            new FunctionComplexity("core/src/A.java", "A.f", 2, 8, 3),
            new FunctionComplexity("web/src/B.java", "B.g", 2, 30, 12)),
        List.of(
            new MagicNumber("core/src/A.java", 4, 13, "42"),
            new MagicNumber("web/src/B.java", 12, 3, "99")),
        new Duplicates(
            10,
            List.of(
                new Duplication(
                    12,
                    List.of(
                        new Duplication.Place("core/src/A.java", 5, 6),
                        new Duplication.Place("web/src/B.java", 20, 21))))),
        List.of());
  }

  /// Line by line, for the first file only.
  public static List<FileLines> lines() {
    return List.of(
        new FileLines(
            "core/src/A.java",
            lines("3,7"),
            lines("5"),
            new TreeMap<>(Map.of(3, new Covered(3, 1)))));
  }

  /// The second line of a condition, and the line below it.
  public static Change change(Path folder) throws Exception {
    ChangedLines changed = Patch.read(Files.writeString(folder.resolve("p.diff"), PATCH));
    ChangedFile file =
        ChangedFile.of(
            analysis().files().getFirst(),
            changed,
            "core/src/A.java",
            Statements.of(TEXT, true),
            Optional.of(lines().getFirst()));
    return new Change(changed, List.of(file));
  }

  /// All of it.
  public static Evidence evidence(Optional<Change> change) {
    return new Evidence(
        report(),
        lines(),
        Optional.of(analysis()),
        Optional.of(new Covered(6, 4)),
        change,
        BuildFacts.NONE);
  }

  /// Three open vulnerabilities, and one that a VEX statement answers.
  public static KnownVulnerabilities vulnerabilities() {
    var log4j =
        new Vulnerability(
            "GHSA-jfh8-c2jp-5v3q",
            List.of("CVE-2021-44228"),
            "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1",
            "2.14.1",
            "CRITICAL",
            List.of("2.15.0"),
            Optional.empty());
    var unnamed = new Vulnerability("X-1", List.of(), "", "", "", List.of(), Optional.empty());
    var file =
        new Vulnerability("X-2", List.of(), "<zlib>", "1.3", "low", List.of(), Optional.empty());
    return new KnownVulnerabilities(
        List.of(log4j, unnamed, file, file.answeredBy("VEX a.json: not_affected, not called")),
        List.of(),
        List.of("4 components were looked up"));
  }

  /// The same evidence, and what is known of a bill of materials.
  public static Evidence with(Evidence evidence, KnownVulnerabilities known) {
    return new Evidence(
        evidence.report(),
        evidence.lines(),
        evidence.analysis(),
        evidence.mutants(),
        evidence.change(),
        evidence.build().withVulnerabilities(known));
  }

  /// A policy of the given text.
  public static Policy policy(Path folder, String toml) throws Exception {
    return Policy.read(Files.writeString(folder.resolve("gate.toml"), "version = 1\n" + toml));
  }
}
