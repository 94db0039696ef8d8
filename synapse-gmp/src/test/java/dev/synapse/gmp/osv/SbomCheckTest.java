package dev.synapse.gmp.osv;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.gmp.attest.PackageUrl;
import dev.synapse.gmp.verdict.KnownVulnerabilities;
import dev.synapse.gmp.verdict.Vulnerability;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// Bills of materials against snapshots. The documents have the forms of OSV's, OpenVEX's and
/// CycloneDX's own examples.
final class SbomCheckTest {
  private static final String LOG4J =
      """
      {"id": "GHSA-jfh8-c2jp-5v3q", "aliases": ["CVE-2021-44228"],
       "database_specific": {"severity": "CRITICAL"}, "affected": [
        {"package": {"ecosystem": "Maven", "name": "org.apache.logging.log4j:log4j-core"},
         "ranges": [{"type": "ECOSYSTEM",
           "events": [{"introduced": "2.13.0"}, {"fixed": "2.15.0"}]}]}]}
      """;
  private static final String ZLIB =
      """
      {"id": "DEBIAN-CVE-2023-45853", "upstream": ["CVE-2023-45853"],
       "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"}],
       "affected": [
        {"package": {"ecosystem": "Debian:12", "name": "zlib"},
         "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
         "ecosystem_specific": {"urgency": "not yet assigned"}},
        {"package": {"ecosystem": "Debian:13", "name": "zlib"},
         "ranges": [{"type": "ECOSYSTEM",
           "events": [{"introduced": "0"}, {"fixed": "1:1.3.dfsg+really1.3.1-1"}]}]}]}
      """;
  private static final String LEFT_PAD =
      """
      {"id": "OSV-1", "affected": [
        {"package": {"ecosystem": "npm", "name": "@a/left-pad"},
         "ranges": [{"type": "SEMVER", "events": [{"introduced": "0"}]}]},
        {"package": {"ecosystem": "npm", "name": "right-pad"}, "versions": ["1.0.0"]}]}
      """;
  private static final String LOG4J_PURL = "pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1";

  @TempDir Path folder;

  @BeforeEach
  void snapshot() throws Exception {
    Path advisories = Files.createDirectory(folder.resolve("osv"));
    Files.writeString(advisories.resolve("a.json"), LOG4J);
    Files.writeString(advisories.resolve("b.json"), ZLIB);
    Files.writeString(advisories.resolve("c.json"), LEFT_PAD);
  }

  private static String bom(String rest, String... purls) {
    String components =
        Stream.of(purls)
            .map(
                purl ->
                    "{\"type\":\"library\",\"bom-ref\":\"ref of %1$s\",\"name\":\"n\",\"purl\":\"%1$s\"}"
                        .formatted(purl))
            .reduce((left, right) -> left + "," + right)
            .orElse("");
    return """
    {"bomFormat": "CycloneDX", "specVersion": "1.6",
     "serialNumber": "urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79",
     "metadata": {"component": {"type": "application", "bom-ref": "root", "name": "demo"}},
     "components": [%s]%s}
    """
        .formatted(components, rest);
  }

  private Bill bill(String text) throws Exception {
    return Bill.read(Files.writeString(folder.resolve("bom.json"), text));
  }

  private KnownVulnerabilities check(String bom, String... vex) throws Exception {
    List<Path> files = new java.util.ArrayList<>();
    for (String each : vex) {
      files.add(Files.writeString(folder.resolve("vex-%d.json".formatted(files.size() + 1)), each));
    }
    return SbomCheck.of(bill(bom), Optional.of(folder.resolve("osv")), files);
  }

  @Test
  void aFindingSaysVersionSeverityAndWhatFixesIt() throws Exception {
    assertThat(check(bom("", LOG4J_PURL, LOG4J_PURL + "?type=pom")))
        .isEqualTo(
            new KnownVulnerabilities(
                List.of(
                    new Vulnerability(
                        "GHSA-jfh8-c2jp-5v3q",
                        List.of("CVE-2021-44228"),
                        LOG4J_PURL,
                        "2.14.1",
                        "CRITICAL",
                        List.of("2.15.0"),
                        Optional.empty())),
                List.of(),
                List.of(
                    "1 components were looked up in 3 advisories; 1 are no packages, of those"
                        + " nothing is known")));
  }

  @ParameterizedTest
  @CsvSource({
    "zlib1g@1:1.3.dfsg+really1.3.1-1?arch=amd64&distro=trixie&upstream=zlib, 0",
    "zlib1g@1:1.3.dfsg+really1.3.1-1%2Bb1?arch=amd64&distro=trixie&upstream=zlib, 0",
    "zlib1g@1:1.3.dfsg+really1.3.1-1~?distro=trixie&upstream=zlib, 1",
    "zlib1g@1:1.3.dfsg-3.1%2Bb1?distro=debian-13&upstream=zlib, 1",
    "zlib1g@1:1.2.13.dfsg-1?distro=debian-12.5&upstream=zlib, 1",
    "zlib1g@1:1.2?distro=bookworm&upstream=zlib%401:1.2.13.dfsg-1, 1",
    "zlib@1.9?distro=trixie, 1",
    "zlib@2:0?distro=trixie, 0",
    "zlib1g@1:1.2?distro=trixie, 0",
  })
  void debianPackagesAreLookedUpByTheirSourceInDebiansOrder(String purl, int findings)
      throws Exception {
    KnownVulnerabilities known = check(bom("", "pkg:deb/debian/" + purl));
    assertThat(known.all()).hasSize(findings);
    assertThat(known.unknown()).isEmpty();
  }

  @Test
  void theSeverityOfAReleaseComesBeforeThatOfTheAdvisory() throws Exception {
    KnownVulnerabilities known =
        check(
            bom(
                "",
                "pkg:deb/debian/zlib@1:1.2?distro=bookworm",
                "pkg:deb/debian/zlib@1:1.2?distro=trixie"));
    assertThat(known.all().stream().map(Vulnerability::severity))
        .containsExactly("not yet assigned", "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H");
    assertThat(known.all().stream().map(Vulnerability::fixed))
        .containsExactly(List.of(), List.of("1:1.3.dfsg+really1.3.1-1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkg:deb/debian/zlib@1:1.2?distro=bullseye",
        "pkg:deb/debian/zlib@1:1.2?distro=sid",
        "pkg:deb/debian/zlib@1:1.2",
        "pkg:deb/ubuntu/zlib@1:1.2?distro=trixie",
        "pkg:deb/debian/zlib@(?distro=trixie",
        "pkg:pypi/pip@1",
        "pkg:npm/%40a/left-pad@1.0.0",
        "pkg:swift/x@1",
        "no package URL"
      })
  void whatCannotBeLookedUpIsSaidAndNotPassed(String purl) throws Exception {
    KnownVulnerabilities known = check(bom("", purl));
    assertThat(known.all()).isEmpty();
    assertThat(known.unknown()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({"right-pad@1.0.0, 1", "right-pad@1.0.1, 0", "other@1, 0"})
  void versionsInAnUnknownOrderAreFoundWhereTheyAreNamed(String purl, int findings)
      throws Exception {
    KnownVulnerabilities known = check(bom("", "pkg:npm/" + purl));
    assertThat(known.all()).hasSize(findings);
    assertThat(known.unknown()).isEmpty();
  }

  @Test
  void anEcosystemThatTheSnapshotLacksIsCounted() throws Exception {
    assertThat(check(bom("", "pkg:pypi/pip@1", "pkg:pypi/six@1")).notes())
        .contains("2 components of PyPI were not looked up: the snapshot has no document of it");
  }

  @Test
  void oneVulnerabilityUnderSeveralIdsIsOneFinding() throws Exception {
    Files.writeString(
        folder.resolve("osv/d.json"), LOG4J.replace("GHSA-jfh8-c2jp-5v3q", "OTHER-1"));
    String listed =
        ", \"vulnerabilities\": [{\"id\": \"CVE-2021-44228\", \"affects\": [{\"ref\": \"ref of %s\"}]}]"
            .formatted(LOG4J_PURL);
    assertThat(check(bom("", LOG4J_PURL)).all()).hasSize(1);
    assertThat(check(bom(listed, LOG4J_PURL)).all())
        .extracting(Vulnerability::id)
        .containsExactly("CVE-2021-44228");
  }

  private static String openVex(String statement) {
    return """
    {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex",
     "author": "ann", "timestamp": "2026-01-01T00:00:00Z", "version": 1,
     "statements": [{"vulnerability": {"name": "CVE-2021-44228"}, %s}]}
    """
        .formatted(statement);
  }

  private static final String WHY = ", \"justification\": \"vulnerable_code_not_in_execute_path\"";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"@id\": \"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.1\"}]",
        "[{\"@id\": \"pkg:maven/org.apache.logging.log4j/log4j-core\"}]",
        "[{\"@id\": \"x\", \"identifiers\": {\"purl\":"
            + " \"pkg:maven/org.apache.logging.log4j/log4j-core\"}}]",
        "[{\"@id\": \"root\", \"subcomponents\": [{\"@id\":"
            + " \"pkg:maven/org.apache.logging.log4j/log4j-core\"}]}]",
        "[{\"@id\": \"root\"}]",
        "[\"pkg:maven/org.apache.logging.log4j/log4j-core\"]"
      })
  void anOpenVexStatementWithAReasonAnswersAFinding(String products) throws Exception {
    String vex =
        openVex("\"products\": %s, \"status\": \"not_affected\"%s".formatted(products, WHY));
    assertThat(check(bom("", LOG4J_PURL), vex).all().getFirst().answer())
        .contains("VEX vex-1.json: not_affected, vulnerable_code_not_in_execute_path");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "[{\"@id\": \"pkg:maven/org.apache.logging.log4j/log4j-core@2.14.0\"}]",
        "[{\"@id\": \"pkg:maven/org.apache.logging.log4j/log4j-core?type=zip\"}]",
        "[{\"@id\": \"another\", \"subcomponents\": [{\"@id\":"
            + " \"pkg:maven/org.apache.logging.log4j/log4j-core\"}]}]",
        "[{\"@id\": \"root\", \"subcomponents\": [{\"@id\": \"pkg:maven/a/b\"}]}]",
        "[]"
      })
  void aStatementAboutSomethingElseIsNoAnswerAndIsSaid(String products) throws Exception {
    String vex =
        openVex("\"products\": %s, \"status\": \"not_affected\"%s".formatted(products, WHY));
    KnownVulnerabilities known = check(bom("", LOG4J_PURL), vex);
    assertThat(known.all().getFirst().answer()).isEmpty();
    assertThat(known.notes())
        .contains("VEX vex-1.json: 1 statements are about nothing that was found");
  }

  @ParameterizedTest
  @CsvSource({
    "affected, because, false",
    "under_investigation, because, false",
    "not_affected, '', false",
    "fixed, '', false",
    "fixed, 'a patch of\tours', true"
  })
  void onlyNotAffectedAndFixedWithAReasonAreAnswers(String status, String why, boolean answered)
      throws Exception {
    String products = "[{\"@id\": \"root\"}]";
    String vex =
        openVex(
            "\"products\": %s, \"status\": \"%s\", \"impact_statement\": \"%s\""
                .formatted(products, status, why.replace("\t", "\\t")));
    KnownVulnerabilities known = check(bom("", LOG4J_PURL), vex);
    assertThat(known.all().getFirst().answer().isPresent()).isEqualTo(answered);
    if (why.isEmpty()) {
      assertThat(known.notes().toString()).contains("and not why: that is no answer");
    }
  }

  @Test
  void theLatestStatementCounts() throws Exception {
    String products = "\"products\": [{\"@id\": \"root\"}]";
    String no = openVex(products + ", \"status\": \"not_affected\"" + WHY);
    String yes =
        openVex(
            products + ", \"status\": \"affected\", \"timestamp\": \"2026-02-01T00:00:00+01:00\"");
    assertThat(check(bom("", LOG4J_PURL), yes, no).all().getFirst().answer()).isEmpty();
    assertThat(
            check(bom("", LOG4J_PURL), yes.replace("2026-02", "2025-02"), no)
                .all()
                .getFirst()
                .answer())
        .isPresent();
  }

  @ParameterizedTest
  @CsvSource({
    "ref of " + LOG4J_PURL + ", true",
    "root, true",
    "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b79/1#root, true",
    "urn:cdx:3e671687-395b-41f5-a30f-a58921a69b70/1#root, false",
    "nothing, false"
  })
  void anAnalysisOfCycloneDxAnswersWhereItMeansThisBill(String ref, boolean answered)
      throws Exception {
    String vex =
        bom(
            """
            , "vulnerabilities": [{"id": "X", "references": [{"id": "CVE-2021-44228"}],
               "analysis": {"state": "not_affected", "justification": "code_not_reachable"},
               "affects": [{"ref": "%s"}]}, {"id": "Y"}]
            """
                .formatted(ref));
    assertThat(check(bom("", LOG4J_PURL), vex).all().getFirst().answer())
        .isEqualTo(
            answered
                ? Optional.of("VEX vex-1.json: not_affected, code_not_reachable")
                : Optional.empty());
  }

  @Test
  void aBillThatListsVulnerabilitiesItselfNeedsNoSnapshot() throws Exception {
    String listed =
        """
        , "vulnerabilities": [
          {"id": "A", "ratings": [{"severity": "high"}],
           "affects": [{"ref": "ref of pkg:npm/x@1",
             "versions": [{"version": "1", "status": "affected"},
               {"version": "2", "status": "unaffected"}]}, {"ref": "gone"}]},
          {"id": "B", "analysis": {"state": "resolved", "detail": "patched"},
           "affects": [{"ref": "root"}]}]
        """;
    assertThat(SbomCheck.of(bill(bom(listed, "pkg:npm/x@1")), Optional.empty(), List.of()).all())
        .extracting(each -> each.shown() + each.answer().map(Object::toString).orElse(""))
        .containsExactly(
            "A in an unnamed component, severity high, no fixed version known",
            "A in pkg:npm/x@1, severity high, fixed in 2",
            "B in root, severity unknown, no fixed version knownVEX bom.json: resolved, patched");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "{",
        "{}",
        "{\"bomFormat\": \"CycloneDX\"}",
        "{\"@context\": \"https://openvex.dev/ns/v0.2.0\", \"timestamp\": \"noon\","
            + " \"statements\": [{}]}"
      })
  void aDamagedVexDocumentStopsTheReading(String text) {
    assertThatThrownBy(() -> check(bom("", LOG4J_PURL), text))
        .isInstanceOf(OsvException.class)
        .hasMessageStartingWith("VEX document 'vex-1.json': ");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "[]", "{\"bomFormat\": \"SPDX\"}"})
  void aDamagedBillStopsTheReading(String text) {
    assertThatThrownBy(() -> check(text))
        .isInstanceOf(OsvException.class)
        .hasMessageStartingWith("bill of materials 'bom.json': ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "pkg:maven/org.ow2.asm/asm@9.8?classifier=a&type=zip",
        "pkg:golang/github.com/a/b@v1.0.0",
        "pkg:npm/%40a/left-pad",
        "pkg:deb/debian/g%2B%2B@4:1.0%2Bb1?arch=amd64"
      })
  void aPackageUrlIsWrittenAsItIsRead(String text) {
    assertThat(PackageUrl.parse(text).orElseThrow()).hasToString(text);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "pkg:", "pkg:npm", "pkg:npm/", "https://a/b@1", "pkg:npm/%zz@1"})
  void otherTextIsNoPackageUrl(String text) {
    assertThat(PackageUrl.parse(text)).isEmpty();
  }

  @Test
  void aBillWithoutAListAndWithoutASnapshotWasHeldAgainstNothing() {
    assertThatThrownBy(() -> SbomCheck.of(bill(bom("", LOG4J_PURL)), Optional.empty(), List.of()))
        .isInstanceOf(OsvException.class)
        .hasMessageContaining("has no list of vulnerabilities");
  }
}
