package dev.synapse.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

final class OutcomeTest {
  @Test
  void onlyTheExitCodeZeroIsSuccess() {
    assertThat(new Outcome.Exited(0).succeeded()).isTrue();
    assertThat(new Outcome.Exited(1).succeeded()).isFalse();
    assertThat(new Outcome.Cancelled().succeeded()).isFalse();
  }

  @Test
  void saysWhatTheProgramDid() {
    assertThat(new Outcome.Exited(3).message()).isEqualTo("exited with code 3");
    assertThat(new Outcome.NotStarted("/x: Permission denied").message())
        .isEqualTo("could not be started: /x: Permission denied");
    assertThat(new Outcome.Signalled(11).message()).isEqualTo("was ended by signal 11");
    assertThat(new Outcome.Cancelled().message()).isEqualTo("was cancelled");
  }

  @Test
  void namesTheLimitInTheLargestUnitThatFits() {
    assertThat(new Outcome.TimedOut(Duration.ofSeconds(90)).message())
        .isEqualTo("ran longer than the limit of 90 s");
    assertThat(new Outcome.SilentTooLong(Duration.ofMillis(1500)).message())
        .isEqualTo("wrote nothing for the limit of 1500 ms");
    assertThat(new Outcome.OutOfMemory(3 << 20).message())
        .isEqualTo("used more memory than the limit of 3 MiB");
    assertThat(new Outcome.OutputTooLarge(1000).message())
        .isEqualTo("wrote more to disk and its log than the limit of 1000 bytes");
    assertThat(new Outcome.LogTooLarge(1 << 20).message())
        .isEqualTo("wrote more to its log than the limit of 1 MiB");
    assertThat(new Outcome.TooManyProcesses(7).message())
        .isEqualTo("started more processes than the limit of 7 at a time");
  }
}
