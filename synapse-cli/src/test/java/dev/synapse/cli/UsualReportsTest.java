package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Where reports are looked for when the manifest of a Maven project does not say it.
final class UsualReportsTest {
  private static final String UNIT_TESTS =
      """
      phases.check = '''
      mkdir -p target/surefire-reports target/site/jacoco
      echo '<testsuite name="A" tests="1"><testcase classname="A" name="a"/></testsuite>' \\
        >target/surefire-reports/TEST-A.xml
      %s
      '''
      """;

  private static final String COVERAGE =
      """
      echo '<report name="demo"><package name="a"><counter type="LINE" missed="1" covered="9"/></package>\
      <counter type="LINE" missed="1" covered="9"/></report>' >target/site/jacoco/jacoco.xml\
      """;

  @TempDir private Path home;

  private SmallProject maven(String check, String gate) throws Exception {
    return SmallProject.in(home)
        .add("demo", "echo done >$out", "kind = \"maven\"", check, "phases.install = \"\"", gate);
  }

  @Test
  void aProjectWithUnitTestsNeedsNoIntegrationTests() throws Exception {
    var result = maven(UNIT_TESTS.formatted(COVERAGE), "gmp = {}").build();

    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("RELEASED", "90.00 %", "1.0000");
  }

  @Test
  void aProjectWithoutAnyTestReportFails() throws Exception {
    var result = maven("phases.check = \"echo nothing\"", "gmp.coverage = []").build();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains(
            "the check phase left no report where they usually are"
                + " (**/target/surefire-reports/TEST-*.xml,"
                + " **/target/failsafe-reports/TEST-*.xml); name them with gmp.tests");
  }

  @Test
  void whatTheManifestWritesIsNeededEach() throws Exception {
    var result =
        maven(
                UNIT_TESTS.formatted(COVERAGE),
                "gmp.tests = [\"**/target/surefire-reports/TEST-*.xml\","
                    + " \"**/target/failsafe-reports/TEST-*.xml\"]")
            .build();

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("no file matches '**/target/failsafe-reports/TEST-*.xml'");
  }
}
