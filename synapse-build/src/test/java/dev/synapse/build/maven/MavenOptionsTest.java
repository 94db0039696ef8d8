package dev.synapse.build.maven;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class MavenOptionsTest {
  @ParameterizedTest
  @CsvSource({
    "0, 1980-01-01T00:00:02Z",
    "1700000000, 2023-11-14T22:13:20Z",
    "99999999999, 2099-12-31T23:59:59Z"
  })
  void givesArchivesATimeThatTheyCanHold(long seconds, String time) {
    assertThat(MavenOptions.outputTimestamp(seconds))
        .isEqualTo("-Dproject.build.outputTimestamp=" + time);
  }
}
