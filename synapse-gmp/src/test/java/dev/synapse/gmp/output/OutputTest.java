package dev.synapse.gmp.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.synapse.gmp.Gate;
import dev.synapse.gmp.policy.Metric;
import dev.synapse.gmp.policy.Mode;
import dev.synapse.gmp.policy.Policy;
import dev.synapse.gmp.policy.Scope;
import dev.synapse.gmp.policy.Stage;
import dev.synapse.gmp.report.BareReports;
import dev.synapse.gmp.report.TestCounts;
import dev.synapse.gmp.verdict.Circumstances;
import dev.synapse.gmp.verdict.Finding;
import dev.synapse.gmp.verdict.GateResult;
import dev.synapse.gmp.verdict.PastRecord;
import dev.synapse.gmp.verdict.Samples;
import dev.synapse.gmp.waiver.Waiver;
import dev.synapse.gmp.waiver.Waivers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// Every document says the same, and is what its format says.
final class OutputTest {
  @TempDir private Path folder;

  private GateResult result(Mode mode) throws Exception {
    return PageSamples.result(folder, mode);
  }

  @Test
  void theJsonObjectIsWhatItsSchemaSays() throws Exception {
    String schema = Files.readString(Path.of("..", "schemas", "gate-result-v1.json"));
    for (Mode mode : Mode.values()) {
      var errors =
          SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
              .getSchema(schema, InputFormat.JSON)
              .validate(ResultJson.write(result(mode)), InputFormat.JSON);
      assertThat(errors).isEmpty();
    }
  }

  @Test
  void aJudgementIsReadBackAsABaseline() throws Exception {
    GateResult result = result(Mode.STRICT);
    Path file = Files.writeString(folder.resolve("r.json"), ResultJson.write(result));
    PastRecord read = ResultReader.read(file, "");
    assertThat(read.figures()).isEqualTo(result.figures());
    assertThat(read.revision()).contains("0123456789abcdef");
    assertThat(read.label()).isEqualTo("0123456");
    for (String damaged :
        List.of(
            "",
            "[]",
            "{}",
            "{\"version\":1,\"figures\":{\"a\":{\"numerator\":1}}}",
            "{\"version\":1,\"figures\":{\"a\":{\"numerator\":5,\"denominator\":1,\"unit\":\"rate\"}}}")) {
      Path bad = Files.writeString(folder.resolve("bad.json"), damaged);
      assertThatThrownBy(() -> ResultReader.read(bad, ""))
          .isInstanceOf(ResultReader.ResultException.class)
          .hasMessageStartingWith("bad.json is not a judgement of this gate: ");
    }
  }

  @Test
  void asASuiteOfTestsItIsReadBackByOurOwnReader() throws Exception {
    GateResult strict = result(Mode.STRICT);
    Files.writeString(folder.resolve("TEST-strict.xml"), JunitXml.write(strict));
    TestCounts counts =
        BareReports.read(folder, List.of("TEST-strict.xml"), List.of())
            .tests()
            .orElseThrow()
            .counts();
    assertThat(counts.failed()).isEqualTo(strict.verdict().blocking().size()).isEqualTo(1);
    assertThat(counts.executed() + counts.skipped())
        .isEqualTo(strict.verdict().limits().size() + strict.vulnerabilities().size());
    Files.writeString(folder.resolve("TEST-warn.xml"), JunitXml.write(result(Mode.WARN)));
    assertThat(
            BareReports.read(folder, List.of("TEST-warn.xml"), List.of())
                .tests()
                .orElseThrow()
                .counts()
                .failed())
        .isZero();
  }

  @Test
  void sarifNamesEachFindingOnceWithItsPlace() throws Exception {
    GateResult result = result(Mode.STRICT);
    JsonNode log = new JsonMapper().readTree(SarifLog.write(result));
    assertThat(log.required("version").asString()).isEqualTo("2.1.0");
    JsonNode run = log.required("runs").get(0);
    List<String> rules = new ArrayList<>();
    run.required("tool")
        .required("driver")
        .required("rules")
        .forEach(rule -> rules.add(rule.required("id").asString()));
    assertThat(rules).doesNotHaveDuplicates().contains("magic_numbers", "test_coverage");
    int located = 0;
    for (JsonNode each : run.required("results")) {
      assertThat(rules).contains(each.required("ruleId").asString());
      assertThat(each.required("message").required("text").asString()).endsWith(".");
      assertThat(each.required("level").asString()).isIn("error", "warning", "note");
      located += each.has("locations") ? 1 : 0;
    }
    assertThat(located)
        .isEqualTo(
            (int) result.findings().stream().filter(each -> each.place().isPresent()).count());
    assertThat(run.toString()).contains("\"suppressions\"").contains("core/src/A.java");
  }

  @Test
  void everyDocumentListsEachKnownVulnerabilityAndWhoAnsweredIt() throws Exception {
    GateResult result = result(Mode.STRICT);
    for (Finding finding : result.vulnerabilities()) {
      for (String document :
          List.of(
              ResultJson.write(result),
              SarifLog.write(result),
              JunitXml.write(result),
              MarkdownSummary.write(result),
              PageSamples.page(folder, Mode.STRICT),
              result.toText(false))) {
        assertThat(document).contains(finding.fingerprint());
      }
    }
    assertThat(Annotations.write(result))
        .contains(
            "::warning title=sbom_findings::GHSA-jfh8-c2jp-5v3q (CVE-2021-44228) in"
                + " pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1, severity CRITICAL, fixed"
                + " in 2.15.0\n");
    assertThat(MarkdownSummary.write(result))
        .contains("| GHSA\\-jfh8\\-c2jp\\-5v3q |", "| VEX a.json: not\\_affected, not called |");
    assertThat(PageSamples.page(folder, Mode.STRICT))
        .contains(
            "<td data-label=\"Severity\"><span>CRITICAL</span></td>",
            "<td data-label=\"Fixed in\"><span>2.15.0</span></td>",
            "<td data-label=\"Answer\"><span>open</span></td>",
            "<span>&lt;zlib&gt;</span>",
            "<span>waiver VEX a.json: not_affected, not called</span>");
    JsonNode last = new JsonMapper().readTree(ResultJson.write(result)).required("findings");
    assertThat(last.get(last.size() - 1).required("vulnerability").required("id").asString())
        .isEqualTo("X-2");
  }

  @Test
  void inAStageThatLimitsThemAnOpenVulnerabilityIsAFailedTest() throws Exception {
    Policy policy = Samples.policy(folder, "[stages.growth]\nsbom_findings = 0\n");
    GateResult result =
        Gate.judge(
            policy,
            policy.stage("growth").orElseThrow(),
            Mode.STRICT,
            Samples.with(Samples.evidence(Optional.empty()), Samples.vulnerabilities()),
            Circumstances.NONE);
    assertThat(JunitXml.write(result))
        .contains("<failure message=\"X-1 in", "<skipped message=\"X-2 in &lt;zlib&gt; 1.3,");
  }

  @Test
  void sarifIsWhatTheSchemaOfOasisSays() throws Exception {
    Path file = Path.of("src/test/resources/dev/synapse/gmp/output/sarif-schema-2.1.0.json");
    Schema schema =
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_4)
            .getSchema(Files.readString(file), InputFormat.JSON);
    for (Mode mode : Mode.values()) {
      String log = SarifLog.write(result(mode));
      assertThat(schema.validate(log, InputFormat.JSON)).isEmpty();
      String broken = log.replaceFirst("\"level\" : \"[a-z]+\"", "\"level\" : \"fatal\"");
      assertThat(broken).isNotEqualTo(log);
      assertThat(schema.validate(broken, InputFormat.JSON)).isNotEmpty();
    }
  }

  @Test
  void annotationsEscapeWhatMeansSomethingToGithub() throws Exception {
    String text = Annotations.write(result(Mode.STRICT));
    assertThat(text.lines().findFirst().orElseThrow())
        .isEqualTo("::error title=gate%3A test_coverage::78.00 %25, 2 lines short");
    assertThat(text.lines().toList())
        .allMatch(line -> line.matches("::(error|warning|notice) .*::.*"));
    assertThat(text).contains("file=web/src/B.java,line=12,endLine=12,title=magic_numbers::");
    assertThat(Annotations.write(result(Mode.WARN))).startsWith("::warning ");
  }

  @Test
  void theSummaryIsMarkdownInWhichNothingOfOthersMeansAnything() throws Exception {
    String text = MarkdownSummary.write(result(Mode.STRICT));
    assertThat(text)
        .startsWith(
            "## Quality gate: REJECTED\n\nStage **growth**, mode **strict**, not compliant.\n")
        .contains(
            "| `test_coverage` | 78.00 % | \\>= 80 % | project | 2 lines short | **NOT MET** |")
        .contains("a note \\<of\\> somebody")
        .contains("answered by waiver W\\-1");
    assertThat(MarkdownSummary.write(result(Mode.WARN)))
        .contains("strict mode would have rejected this");
  }

  @Test
  void thePageIsWellFormedAndShowsSourcesWithTheirSigns() throws Exception {
    String page = PageSamples.page(folder, Mode.STRICT);
    // Void elements apart it is XML too, so that a forgotten end or escape is seen.
    String xml =
        page.substring(page.indexOf("<html")).replaceAll("<(meta|link)([^>]*)>", "<$1$2/>");
    DocumentBuilderFactory.newInstance()
        .newDocumentBuilder()
        .parse(
            new java.io.ByteArrayInputStream(
                xml.getBytes(java.nio.charset.StandardCharsets.UTF_8)));
    assertThat(page)
        .contains(
            "    3 ~     if (a &gt; 1 &amp;&amp;", "    5 -       return 7;", "    7 +     return")
        .contains("&lt;a&gt; &amp; &quot;b&quot; + &#39;[U+202E]&#39;")
        .contains("! magic_numbers: the number 42 has no name (waiver W-2)")
        .doesNotContain("<script", "http://", "https://");
  }

  @Test
  void allDocumentsAreTheSameBytesAgain() throws Exception {
    assertThat(PageSamples.page(folder, Mode.WARN)).isEqualTo(PageSamples.page(folder, Mode.WARN));
    assertThat(SarifLog.write(result(Mode.WARN))).isEqualTo(SarifLog.write(result(Mode.WARN)));
    assertThat(ResultJson.write(result(Mode.WARN))).isEqualTo(ResultJson.write(result(Mode.WARN)));
  }

  @Test
  void sourcesOutsideOfTheFolderAreNotShown() throws Exception {
    Path project = Files.createDirectory(folder.resolve("project"));
    Files.writeString(folder.resolve("secret"), "s");
    Files.createSymbolicLink(project.resolve("link"), folder.resolve("secret"));
    Files.writeString(project.resolve("file"), "a\r\nb\n");
    SourceText texts = SourceText.below(project);
    assertThat(texts.lines("../secret")).isEmpty();
    assertThat(texts.lines(folder.resolve("secret").toString())).isEmpty();
    assertThat(texts.lines("link")).isEmpty();
    assertThat(texts.lines("none\0")).isEmpty();
    assertThat(texts.lines("file")).contains(List.of("a", "b", ""));
  }

  @Test
  void anExpiredWaiverIsAFailedTestAndWithoutHistoryThereIsNoTrend() throws Exception {
    var waiver =
        new Waiver(
            "W",
            new Waiver.Target.OfLimit(Metric.TEST_COVERAGE, Scope.PROJECT, ""),
            new Waiver.Grounds("why", "risk", "ann", "bea"),
            LocalDate.of(2026, 1, 1));
    var circumstances =
        new Circumstances(
            Optional.empty(),
            new Waivers(List.of(waiver), LocalDate.of(2026, 1, 2)),
            Optional.empty(),
            List.of(),
            "built-in");
    GateResult result =
        Gate.judge(
            Policy.builtIn(),
            Stage.BOOTSTRAP.limits(),
            Mode.STRICT,
            Samples.evidence(Optional.empty()),
            circumstances);
    assertThat(JunitXml.write(result))
        .contains("<failure message=\"waiver W (limit test_coverage)");
    assertThat(HtmlReport.write(result, Policy.builtIn(), SourceText.NONE))
        .contains("expired on 2026-01-01")
        .doesNotContain("id=\"trend\"");
  }
}
