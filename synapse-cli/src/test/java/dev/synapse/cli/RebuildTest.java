package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// `build --rebuild` of a package one of whose outputs is never the same twice.
final class RebuildTest {
  @TempDir private Path home;

  @Test
  void onlyTheOutputsThatAreToBeJudgedAreJudged() throws Exception {
    SmallProject project =
        SmallProject.in(home)
            .add(
                "demo",
                "echo same >$out; cat /proc/sys/kernel/random/uuid >$extra",
                "outputs = [\"out\", \"extra\"]");

    var steady = project.build("--rebuild", "--compare", "out", "--json");
    assertThat(steady.status()).as(steady.err()).isZero();
    assertThat(steady.err())
        .contains("differs, and was not to be judged: extra: ")
        .contains("reproducible: a second build of demo made the same bytes of out");
    assertThat(steady.out()).contains("\"reproducible\" : true", "\"differences\" : [ ]");
    assertThat(project.linked()).isTrue();

    var fickle = project.build("--rebuild", "--compare", "out", "--compare", "extra");
    assertThat(fickle.status()).isEqualTo(1);
    assertThat(fickle.err())
        .contains("not reproducible: a second build of demo differs")
        .containsPattern("(?m)^  extra: .*content")
        .contains("rejected: no result link");
    assertThat(project.linked()).isFalse();

    var steadyAgain = project.build("--rebuild", "--compare", "out");
    assertThat(steadyAgain.status()).as(steadyAgain.err()).isZero();
    assertThat(project.linked()).isTrue();

    var unknown = project.build("--rebuild", "--compare", "lib");
    assertThat(unknown.status()).isEqualTo(2);
    assertThat(unknown.error()).isEqualTo("package 'demo' has no output 'lib'");
    var alone = project.build("--compare", "out");
    assertThat(alone.status()).isEqualTo(2);
    assertThat(alone.error()).isEqualTo("--compare is for --rebuild and --cross-check");
    assertThat(project.leftovers()).isEmpty();
  }

  @Test
  void whatARebuildHasRejectedIsNotReleasedByThenBuildingAsBefore() throws Exception {
    SmallProject project =
        SmallProject.in(home).add("demo", "cat /proc/sys/kernel/random/uuid >$out");
    assertThat(project.build("--rebuild").status()).isEqualTo(1);

    var plain = project.build("--json");
    assertThat(plain.status()).isEqualTo(1);
    assertThat(plain.err())
        .contains("not reproducible: when demo was built again, out differed")
        .contains("rejected: no result link");
    assertThat(plain.out()).contains("\"reproducible\" : false", "\"disposition\" : \"rejected\"");
    assertThat(project.linked()).isFalse();
  }
}
