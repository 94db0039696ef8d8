package dev.synapse.gmp.osv;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Maven's order; the examples agree with ComparableVersion of Maven 3.9.
final class MavenVersionTest {
  private static final List<String> RISING =
      List.of(
          "1.0-alpha-1",
          "1.0-beta2",
          "1.0-beta-3",
          "1.0.0-M1",
          "1.0.0-M10",
          "1.0-rc1",
          "1.0-RC2",
          "1.0-SNAPSHOT",
          "1.0",
          "1-sp",
          "1.0-jre8",
          "1.0-1",
          "1.0.1",
          "1.1",
          "1.2.17",
          "1.4.200",
          "2.0.0.Alpha1",
          "2.0.0.Beta1",
          "2.0.M1",
          "2.0.0.CR1",
          "2.0.0.Final",
          "2.15.0-rc1",
          "2.15.0",
          "4.1.99.Final",
          "4.1.100.Final",
          "9.4.51.v20230217",
          "33.4.8-android",
          "33.4.8-jre",
          "20230227");

  @Test
  void putsVersionsInMavensOrder() {
    for (int i = 0; i < RISING.size(); i++) {
      for (int j = 0; j < RISING.size(); j++) {
        int compared = MavenVersion.of(RISING.get(i)).compareTo(MavenVersion.of(RISING.get(j)));
        assertThat(Integer.signum(compared))
            .as("%s and %s", RISING.get(i), RISING.get(j))
            .isEqualTo(Integer.compare(i, j));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "1, 1.0.0",
    "1.0, 1-ga",
    "1, 1.Final",
    "1.0.RELEASE, 1",
    "1-rc1, 1-cr1",
    "1a1, 1-ALPHA-1"
  })
  void knowsSeveralNamesOfOneVersion(String one, String other) {
    assertThat(MavenVersion.of(one)).isEqualTo(MavenVersion.of(other));
    assertThat(MavenVersion.of(one)).hasSameHashCodeAs(MavenVersion.of(other));
  }
}
