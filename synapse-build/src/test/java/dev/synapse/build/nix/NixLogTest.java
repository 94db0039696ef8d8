package dev.synapse.build.nix;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/// Lines as Nix 2.8 and 2.26 write them.
final class NixLogTest {
  private final ByteArrayOutputStream written = new ByteArrayOutputStream();
  private final NixLog log = new NixLog(written);

  private String written() {
    return written.toString(StandardCharsets.UTF_8);
  }

  @Test
  void phasesAndLinesOfTheBuilderAreThoseOfOurOwnLogs() throws Exception {
    log.accept(
        "@nix {\"action\":\"start\",\"id\":1,\"level\":3,\"text\":\"building\",\"type\":105}");
    log.accept("@nix {\"action\":\"result\",\"fields\":[\"build\"],\"id\":1,\"type\":104}");
    log.accept(
        "@nix {\"action\":\"result\",\"fields\":[\"gcc -o \\u00e4\"],\"id\":1,\"type\":101}");
    log.accept("@nix {\"action\":\"result\",\"fields\":[\"after\"],\"id\":1,\"type\":107}");
    log.accept("@nix {\"action\":\"result\",\"fields\":[1,1,0,0],\"id\":1,\"type\":105}");
    log.accept("@nix {\"action\":\"stop\",\"id\":1}");
    log.accept("@nix {\"action\":\"msg\",\"level\":3,\"msg\":\"this derivation will be built:\"}");
    assertThat(written())
        .isEqualTo("@nix {\"action\":\"setPhase\",\"phase\":\"build\"}\ngcc -o ä\nafter\n");
    assertThat(log.error()).isEmpty();
    assertThat(log.setupError()).isEmpty();
  }

  @Test
  void aPhaseAfterColoursThatNobodyEndedIsAPhase() throws Exception {
    log.accept(
        "@nix {\"action\":\"result\",\"fields\":[\"\\u001b[0m\\u001b[0m@nix"
            + " {\\\"action\\\":\\\"setPhase\\\",\\\"phase\\\":\\\"check\\\"}\"],\"id\":1,\"type\":101}");
    assertThat(written()).isEqualTo("@nix {\"action\":\"setPhase\",\"phase\":\"check\"}\n");
  }

  @Test
  void theFirstErrorCountsInOneLineWithoutColours() throws Exception {
    log.accept(
        "@nix {\"action\":\"msg\",\"level\":1,\"msg\":\"\\u001b[35;1mwarning:\\u001b[0m odd\"}");
    log.accept(
        "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"\\u001b[31;1merror:\\u001b[0m builder for"
            + " '\\u001b[35;1m/x.drv\\u001b[0m' failed with exit code 1;\\n"
            + "       last 2 log lines\"}");
    log.accept("@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"error: build failed\"}");
    log.accept("@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"(use '--show-trace')\"}");
    assertThat(log.error()).contains("builder for '/x.drv' failed with exit code 1");
    assertThat(log.words(1)).isEqualTo("builder for '/x.drv' failed with exit code 1");
    assertThat(written())
        .isEqualTo(
            """
            nix: warning: odd
            nix: error: builder for '/x.drv' failed with exit code 1
            nix: error: build failed
            """);
  }

  @Test
  void whatWasDoneWhenAnErrorCameIsSaidAfterTheErrorItself() throws Exception {
    log.accept(
        "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"error:\\n"
            + "       … while setting up the build environment\\n"
            + "\\n"
            + "       error: executing '/usr/bin/bash': No such file or directory\"}");
    assertThat(log.words(1))
        .isEqualTo(
            "executing '/usr/bin/bash': No such file or directory (while setting up the build"
                + " environment)");
  }

  @Test
  void theReasonThatNewerVersionsGiveOnALineOfItsOwnIsKept() throws Exception {
    log.accept(
        "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"error: Cannot build '/x.drv'.\\n      "
            + " Reason: builder failed with exit code 1.\\n       Output paths:\"}");
    assertThat(log.words(1))
        .isEqualTo("Cannot build '/x.drv'. Reason: builder failed with exit code 1.");
  }

  @Test
  void whyTheBuilderCouldNotBeStartedIsReadFromBetweenZeros() throws Exception {
    log.accept("@nix {\"action\":\"result\",\"fields\":[\"\\u0001\"],\"id\":1,\"type\":101}");
    log.accept(
        "@nix {\"action\":\"result\",\"fields\":[\"\\u0005\\u0000\\u0000Error\\u0000\\u0000J\\u0000"
            + "executing '\\u001b[35;1m/usr/bin/bash\\u001b[0m': \\u001b[35;1mNo such file or"
            + " directory\\u001b[0m\\u0000\\u0000\"],\"id\":1,\"type\":101}");
    log.accept("@nix {\"action\":\"result\",\"fields\":[\"more\"],\"id\":1,\"type\":101}");
    assertThat(log.setupError()).contains("executing '/usr/bin/bash': No such file or directory");
    assertThat(written()).isEqualTo("executing '/usr/bin/bash': No such file or directory\nmore\n");
  }

  @Test
  void newerVersionsSayItOnTheOnlyLineOfTheBuilder() throws Exception {
    String line =
        "@nix {\"action\":\"result\",\"fields\":[\"\\u001b[31;1merror:\\u001b[0m executing"
            + " '/usr/bin/bash': No such file or directory\"],\"id\":1,\"type\":101}";
    log.accept(line);
    assertThat(log.setupError()).contains("executing '/usr/bin/bash': No such file or directory");

    NixLog running = new NixLog(written);
    running.accept("@nix {\"action\":\"result\",\"fields\":[\"check\"],\"id\":1,\"type\":104}");
    running.accept(line);
    assertThat(running.setupError()).as("a builder may write what it likes").isEmpty();
  }

  @Test
  void settingsThatADaemonDoesNotTakeAreKept() throws Exception {
    String warning =
        "@nix {\"action\":\"msg\",\"level\":1,\"msg\":\"warning: ignoring the client-specified"
            + " setting '%s', because it is a restricted setting and you are not a trusted user\"}";
    log.accept(warning.formatted("netrc-file"));
    assertThat(log.distrust()).isEmpty();
    log.accept(warning.formatted("sandbox-paths"));
    assertThat(log.distrust().orElseThrow()).startsWith("ignoring the client-specified setting");
  }

  @Test
  void linesOfOtherProgramsAreLinesOfTheLog() throws Exception {
    log.accept("");
    log.accept("@nix {broken");
    log.accept("ssh: connect to host x port 22: Connection refused");
    assertThat(log.words(255)).isEqualTo("ssh: connect to host x port 22: Connection refused");
    log.accept("\033[31;1merror:\033[0m unrecognised flag '--x'");
    log.accept("error: and another");
    log.accept("Try 'nix-store --help' for more information.");
    assertThat(log.words(1)).isEqualTo("unrecognised flag '--x'");
    assertThat(written().lines()).hasSize(5);
  }

  @Test
  void oneThatSaysNothingHasAtLeastAStatus() {
    assertThat(log.words(7)).isEqualTo("it ended with status 7 and said nothing");
  }
}
