package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The gate judges what the phases of a build measured, and nothing else.
final class MeasuredTest {
  private static final String GATE =
      """

      [packages.demo.gmp]
      stage = "bootstrap"
      mode = "strict"
      tests = ["reports/*.xml"]
      coverage = ["coverage.xml"]
      """;

  private static final String PASSES =
      """
      echo '<testsuite name="s" tests="2"><testcase classname="c" name="a"/>\
      <testcase classname="c" name="b"/></testsuite>' >reports/TEST-here.xml
      """;

  private static final String FAILS =
      """
      echo '<testsuite name="s" tests="5"><testcase classname="c" name="a"><failure/></testcase>\
      <testcase classname="c" name="b"/><testcase classname="c" name="c"/>\
      <testcase classname="c" name="d"/><testcase classname="c" name="e"/></testsuite>' \
        >reports/TEST-here.xml
      """;

  @TempDir private Path home;

  private SmallProject project(String check) throws Exception {
    return SmallProject.in(home)
        .add(
            "demo",
            "echo made >$out",
            "outputs = [\"out\", \"report\"]",
            "phases.patch = 'mkdir reports'",
            "phases.check = '''\necho '"
                + Evidence.coverage(9, 1).strip()
                + "' >coverage.xml\n"
                + check
                + "'''");
  }

  @Test
  void aReportThatCameWithTheSourcesIsNoReportOfTheBuild() throws Exception {
    // As if it had been there from the start: phases up to this one only lay the sources out.
    SmallProject project = project("true");
    project.replace("mkdir reports", "mkdir reports; echo \"<testsuite/>\" >reports/TEST-old.xml");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).as(result.err()).isEqualTo(1);
    assertThat(result.err())
        .contains("'reports/TEST-old.xml' came with the sources")
        .contains("no file matches 'reports/*.xml'");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void aReportThatAPhaseWritesAnewCounts() throws Exception {
    SmallProject project = project(PASSES);
    project.replace("mkdir reports", "mkdir reports; echo old >reports/TEST-here.xml");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("RELEASED").doesNotContain("came with the sources");
  }

  @Test
  void aCheckThatBreaksOffIsAFailureThoughATestFailedToo() throws Exception {
    SmallProject project = project(FAILS + "exit 134\n");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("the check phase broke off with status 134");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void aCheckThatEndsWithAStatusBecauseOfATestSaysSoInTheVerdict() throws Exception {
    SmallProject project = project(FAILS + "exit 1\n");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.err()).contains("RELEASED", "note: the check phase ended with status 1");
  }

  @Test
  void aRejectedBuildLeavesNoLinkToAnEarlierOne() throws Exception {
    SmallProject project = project(PASSES);
    project.append(GATE);
    assertThat(project.build().status()).isZero();
    assertThat(project.linked()).isTrue();

    project.replace(
        "</testsuite>' >reports",
        "<testcase name=\"z\"><failure/></testcase></testsuite>' >reports");
    var rejected = project.build();
    assertThat(rejected.status()).as(rejected.err()).isEqualTo(1);
    assertThat(rejected.err()).contains("REJECTED", "rejected: no result link");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void aPhaseThatExitsSkipsNoneOfThoseAfterIt() throws Exception {
    SmallProject project = project(FAILS + "exit 134\n");
    project.replace("echo made >$out", "echo made >$out; exit 0");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).as(result.err()).isEqualTo(1);
    assertThat(result.err()).contains("the check phase broke off with status 134");
  }

  @Test
  void aReportThatAPhaseMadeInPlaceOfTheMeasuredOneFailsTheBuild() throws Exception {
    SmallProject project = project(PASSES);
    project.replace(
        "echo made >$out", "echo made >$out; mkdir $report; echo {} >$report/report.json");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("a phase made the output 'report'");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void aReportThatALaterPhaseChangesFailsTheBuild() throws Exception {
    SmallProject project = project(PASSES);
    project.replace(
        "phases.patch", "phases.install = 'echo {} >$report/report.json'\nphases.patch");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).contains("a phase changed the output 'report'");
    assertThat(project.linked()).isFalse();
  }

  @Test
  void whatOnePhaseSetsIsNoMatterOfTheNext() throws Exception {
    SmallProject project = project(PASSES);
    project.replace(
        "mkdir reports", "mkdir reports; set +e; out=/build/other; fail() { :; }; cd /");
    project.replace("echo made >$out", "echo made >$out; false; echo went on");
    project.append(GATE);
    var result = project.build();
    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err()).doesNotContain("went on").contains("phase 'build'");
  }
}
