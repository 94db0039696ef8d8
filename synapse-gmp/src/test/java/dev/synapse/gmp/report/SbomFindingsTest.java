package dev.synapse.gmp.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// A bill of materials lists vulnerabilities; those that nobody answered are open.
final class SbomFindingsTest {
  @TempDir Path folder;

  private long open(String bill) throws Exception {
    return SbomFindings.open(Files.writeString(folder.resolve("bom.json"), bill));
  }

  @Test
  void whatIsResolvedOrDoesNotApplyIsNotOpen() throws Exception {
    assertThat(
            open(
                """
                {"bomFormat":"CycloneDX","vulnerabilities":[
                {"id":"CVE-1"},
                {"id":"CVE-2","analysis":{"state":"exploitable"}},
                {"id":"CVE-3","analysis":{"state":"in_triage"}},
                {"id":"CVE-4","analysis":{"state":"resolved"}},
                {"id":"CVE-5","analysis":{"state":"resolved_with_pedigree"}},
                {"id":"CVE-6","analysis":{"state":"false_positive"}},
                {"id":"CVE-7","analysis":{"state":"not_affected"}}]}
                """))
        .isEqualTo(3);
    assertThat(open("{\"bomFormat\":\"CycloneDX\",\"vulnerabilities\":[]}")).isZero();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "{\"bomFormat\":\"CycloneDX\"} | has no list of vulnerabilities: it was not held against"
            + " any",
        "{\"spdxVersion\":\"SPDX-2.3\"} | no bill of materials in CycloneDX's JSON form",
        "<bom/> | not JSON",
      })
  void whatWasHeldAgainstNothingIsNoZero(String bill, String reason) {
    assertThatThrownBy(() -> open(bill))
        .isInstanceOf(ReportException.class)
        .hasMessage("bom.json: " + reason);
  }
}
