package dev.synapse.build.debian;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// Versions are ordered as dpkg orders them.
final class DebianVersionTest {
  @ParameterizedTest
  @CsvSource({
    "1.0,1.0,0",
    "1.0,1.00,0",
    "0:1.0,1.0,0",
    "1.0-0,1.0,0",
    "1:0.1,2.0,1",
    "1.2,1.10,-1",
    "1.0~rc1,1.0,-1",
    "1.0~~,1.0~,-1",
    "1.0~~a,1.0~,-1",
    "1.0,1.0a,-1",
    "1.0a,1.0+,-1",
    "1.0+b1,1.0.1,-1",
    "1.0-1,1.0-1+b1,-1",
    "1.0-1~deb13u1,1.0-1,-1",
    "2.41-12+deb13u4,2.41-12,1",
    "1.0-1-2,1.0-1,1",
    "25.0.3+9-2~deb13u1,25.0.3+9-2,-1",
    "99999999999999999999,100000000000000000000,-1"
  })
  void theTableHolds(String left, String right, int order) {
    assertThat(compare(left, right)).isEqualTo(order);
    assertThat(compare(right, left)).isEqualTo(-order);
  }

  @Test
  void dpkgAgreesOnRandomPairs() throws Exception {
    Path dpkg = Path.of("/usr/bin/dpkg");
    Assumptions.assumeTrue(Files.isExecutable(dpkg), "there is no dpkg to ask");
    var random = new Random(7);
    for (int i = 0; i < 150; i++) {
      String left = version(random);
      String right =
          random.nextBoolean() ? version(random) : left + "0a~+".charAt(random.nextInt(4));
      int expected = asks(dpkg, left, "lt", right) ? -1 : asks(dpkg, left, "eq", right) ? 0 : 1;
      assertThat(compare(left, right)).as("%s against %s", left, right).isEqualTo(expected);
    }
  }

  private static int compare(String left, String right) {
    return Integer.signum(new DebianVersion(left).compareTo(new DebianVersion(right)));
  }

  private static boolean asks(Path dpkg, String left, String operator, String right)
      throws Exception {
    return new ProcessBuilder(List.of(dpkg.toString(), "--compare-versions", left, operator, right))
            .inheritIO()
            .start()
            .waitFor()
        == 0;
  }

  private static String version(Random random) {
    var text = new StringBuilder(random.nextInt(4) == 0 ? "1:" : "").append(random.nextInt(3));
    for (int i = random.nextInt(5); i > 0; i--) {
      text.append("0129a~+.zA".charAt(random.nextInt(10)));
    }
    return text.append(random.nextBoolean() ? "-" + random.nextInt(3) : "").toString();
  }
}
