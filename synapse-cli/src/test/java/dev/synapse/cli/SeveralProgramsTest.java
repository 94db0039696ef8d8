package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.path.StorePath;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/// Several runs of the program on one store at a time.
@Timeout(180)
final class SeveralProgramsTest {
  @TempDir private Path home;

  @Test
  void ofTwoThatWantTheSameOneBuildsAndTheOtherTakesTheResult() throws Exception {
    SmallProject project = SmallProject.in(home).add("demo", "sleep 1; echo made >$out");

    var first = project.start("--json");
    var second = project.start("--json");
    var results = List.of(first.end(), second.end());

    assertThat(results).allSatisfy(each -> assertThat(each.status()).as(each.err()).isZero());
    assertThat(results.stream().filter(each -> each.out().contains("\"built\" : true")))
        .as("who built: %s", results)
        .hasSize(1);
    assertThat(results.stream().filter(each -> each.out().contains("\"built\" : false")))
        .hasSize(1);
    assertThat(project.folder().resolve("result")).hasContent("made\n");
    assertThat(project.leftovers()).isEmpty();
    assertThat(project.damage()).isEmpty();
  }

  @Test
  void whoWaitsForAnotherSaysSoOnce() throws Exception {
    SmallProject project = SmallProject.in(home).add("demo", "echo made >$out; exit 1");
    var failed = project.build("--json");
    StorePath derivation =
        StorePath.parse(JsonMapper.shared().readTree(failed.out()).required("drvPath").asString());
    try (LocalStore store = LocalStore.open(project.storeFolder())) {
      Program.Running waiting;
      try (PathLocks _ = store.lock(store.readDerivation(derivation).outputPaths().values())) {
        waiting = project.start();
        while (waiting.process().isAlive() && !waiting.errors().contains("waiting")) {
          Thread.sleep(20);
        }
        Thread.sleep(500);
        assertThat(waiting.errors().lines())
            .containsOnlyOnce("waiting for another process, which builds demo-1.0")
            .doesNotContain("building demo-1.0");
      }
      assertThat(waiting.end().err()).contains("building demo-1.0");
    }
  }

  @Test
  void twoThatWantDifferentThingsBothGetThem() throws Exception {
    SmallProject project =
        SmallProject.in(home)
            .add("one", "sleep 1; echo one >$out")
            .add("two", "sleep 1; echo two >$out");

    var first = project.start(".#one", "--no-link");
    var second = project.start(".#two", "--no-link");

    for (var result : List.of(first.end(), second.end())) {
      assertThat(result.status()).as(result.err()).isZero();
    }
    assertThat(project.outputs()).containsExactlyInAnyOrder("one-1.0", "two-1.0");
    assertThat(project.leftovers()).isEmpty();
    assertThat(project.damage()).isEmpty();
  }
}
