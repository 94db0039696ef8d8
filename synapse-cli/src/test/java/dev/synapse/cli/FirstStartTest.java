package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// The first start, which makes the start-up cache.
@Timeout(180)
final class FirstStartTest {
  @TempDir private Path home;

  private List<Path> cache() throws Exception {
    Path folder = home.resolve("cache/synapse/start-up");
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> files = Files.list(folder)) {
      return files.toList();
    }
  }

  private static boolean isMade(Path file) {
    return file.toString().endsWith(".aot");
  }

  private static boolean isBeingMade(Path file) {
    return !file.toString().matches(".*\\.(aot|for|log)");
  }

  @Test
  void stoppedWhileItPreparesItEndsAtOnceAndLeavesNothing() throws Exception {
    Program program =
        Program.of(home)
            .with("XDG_CACHE_HOME", home.resolve("cache").toString())
            .by("env", "--default-signal=INT", "setsid");
    var stopped = program.start("store", "--help");
    while (cache().stream().noneMatch(FirstStartTest::isBeingMade)) {
      assertThat(stopped.process().isAlive()).as("%s", stopped.errors()).isTrue();
      Thread.sleep(10);
    }
    List<ProcessHandle> children = stopped.process().descendants().toList();

    long told = System.nanoTime();
    Processes.signal("-INT", "-" + stopped.pid());
    var result = stopped.end();
    Processes.assertEnd(children);

    assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Processes.PROMISED);
    assertThat(result.status()).isEqualTo(130);
    assertThat(result.out()).isEmpty();
    assertThat(cache()).noneMatch(FirstStartTest::isBeingMade).noneMatch(FirstStartTest::isMade);

    var killed = program.start("store", "--help");
    while (cache().stream().noneMatch(FirstStartTest::isBeingMade)) {
      Thread.sleep(10);
    }
    List<ProcessHandle> orphans = killed.process().descendants().toList();
    killed.process().destroyForcibly().waitFor();
    orphans.forEach(ProcessHandle::destroyForcibly);
    assertThat(cache()).anyMatch(FirstStartTest::isBeingMade);
    var next = program.run("--version");
    assertThat(next.status()).as(next.err()).isZero();
    assertThat(cache()).noneMatch(FirstStartTest::isBeingMade).anyMatch(FirstStartTest::isMade);
  }
}
