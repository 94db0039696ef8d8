package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;

final class CommandLineTest {
  @TempDir private Path temporary;

  @Test
  void theVersionIsOneLineOnStandardOutput() {
    for (String option : new String[] {"--version", "-V"}) {
      var result = Session.with(Map.of(), option);
      assertThat(result.status()).isZero();
      assertThat(result.out()).matches("synapse \\d+\\.\\d+\\.\\d+\\R");
      assertThat(result.err()).isEmpty();
    }
  }

  @Test
  void theVersionIsTheSameWhenAnotherOptionStandsBeforeIt() {
    var result = Session.with(Map.of(), "-C", "/", "--version");
    assertThat(result.status()).isZero();
    assertThat(result.out()).isEqualTo(Session.with(Map.of(), "--version").out());
  }

  @Test
  void helpNamesEveryCommand() {
    var result = Session.with(Map.of(), "--help");
    assertThat(result.status()).isZero();
    assertThat(result.out())
        .contains("init", "lock", "build", "log", "gmp", "store", "derivation", "--repository");
  }

  @ParameterizedTest
  @ValueSource(strings = {"init", "lock", "build", "log", "gmp", "store", "derivation"})
  void eachCommandHasHelp(String command) {
    var result = Session.with(Map.of(), command, "--help");
    assertThat(result.status()).isZero();
    assertThat(result.out()).contains("Usage: synapse " + command);
  }

  @Test
  void withoutArgumentsTheUsageGoesToStandardErrorAndTheCallIsWrong() {
    var result = Session.with(Map.of());
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.out()).isEmpty();
    assertThat(result.err()).contains("Usage: synapse");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--unheard-of", "unheard-of"})
  void whatIsUnknownIsOneErrorAndOneHint(String argument) {
    var result = Session.with(Map.of(), argument);
    assertThat(result.status()).isEqualTo(2);
    assertThat(Session.lines(result.err()))
        .hasSize(2)
        .satisfies(
            lines -> assertThat(lines.get(0)).startsWith("error: ").contains("unheard-of"),
            lines -> assertThat(lines.get(1)).isEqualTo("hint: synapse --help"));
  }

  @Test
  void theHintNamesTheSubcommandThatWasCalledWrongly() {
    assertThat(Session.with(Map.of(), "store", "add").err())
        .contains("hint: synapse store add --help");
  }

  @ParameterizedTest
  @ValueSource(strings = {"store", "gmp", "derivation"})
  void aGroupOfCommandsNeedsOneOfThem(String group) {
    var result = Session.with(Map.of(), group);
    assertThat(result.status()).isEqualTo(2);
    assertThat(Session.lines(result.err()))
        .containsExactly(
            "error: 'synapse %s' needs a command".formatted(group),
            "hint: synapse %s --help".formatted(group));
  }

  @Test
  void theWordErrorStandsOnce() {
    assertThat(Session.with(Map.of(), "store", "hash", "--hex", "--base32", "x").err())
        .startsWith("error: --")
        .contains("mutually exclusive");
    assertThat(Session.with(Map.of(), "store", "query", "x").err())
        .startsWith("error: Missing required argument");
  }

  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '"',
      value = {
        "foo, 'foo' is not NAME=URL",
        "=/folder, '=/folder' is not NAME=URL",
        "debian=foo, 'foo' is no address for the repository 'debian'",
        "debian=file:///nowhere, there is no folder '/nowhere' for the repository 'debian'",
        "debian=/nowhere, there is no folder '/nowhere' for the repository 'debian'"
      })
  void aRepositoryIsLookedAtAlsoWhereNothingIsFetched(String option, String words) {
    for (String command : List.of("build", "lock", "log")) {
      var result =
          Session.with(Map.of(), "-C", temporary.toString(), command, "--repository", option);
      assertThat(result.status()).isEqualTo(2);
      assertThat(result.err()).startsWith("error: ").contains("--repository", words);
    }
  }

  @Test
  void whatCannotBeWrittenIsNoSuccess() throws Exception {
    var full =
        new OutputStream() {
          @Override
          public void write(int one) throws IOException {
            throw new IOException("No space left on device");
          }
        };
    Path file = Files.writeString(temporary.resolve("file"), "content");
    for (String[] args :
        new String[][] {
          {"--version"}, {"store", "hash", file.toString()}, {"store", "dump", file.toString()}
        }) {
      var err = new ByteArrayOutputStream();
      int status =
          Main.run(
              args,
              Map.of(),
              new PrintStream(full, false, StandardCharsets.UTF_8),
              new PrintStream(err, true, StandardCharsets.UTF_8));
      assertThat(status).isEqualTo(3);
      assertThat(err.toString(StandardCharsets.UTF_8))
          .isEqualToIgnoringNewLines(
              "error: standard output cannot be written: the disk is full, or whoever reads it has"
                  + " ended");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"synapse.toml", "synapse.lock"})
  void aFolderInPlaceOfAFileIsNamed(String name) throws IOException {
    Files.writeString(
        temporary.resolve("synapse.toml"), "[project]\nname = \"x\"\nsource-date = 0\n");
    Files.deleteIfExists(temporary.resolve(name));
    Path folder = Files.createDirectory(temporary.resolve(name));
    var result =
        Session.with(
            Map.of("SYNAPSE_HOME", temporary.resolve("store").toString()),
            "-C",
            temporary.toString(),
            "lock");
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err())
        .isEqualToIgnoringNewLines(
            "error: '%s' is a folder, where a file is needed".formatted(folder));
  }

  @Test
  void theStoreIsWhereTheEnvironmentSays() throws IOException {
    Path file = Files.writeString(temporary.resolve("greeting"), "hello");
    Path home = temporary.resolve("home");
    for (var environment :
        Map.of(
                temporary.resolve("named"),
                Map.of("SYNAPSE_HOME", temporary.resolve("named").toString()),
                temporary.resolve("data/synapse"),
                Map.of("XDG_DATA_HOME", temporary.resolve("data").toString()),
                home.resolve(".local/share/synapse"),
                Map.of("HOME", home.toString(), "XDG_DATA_HOME", "relative"))
            .entrySet()) {
      var result = Session.with(environment.getValue(), "store", "add", file.toString());
      assertThat(result.status()).as(result.err()).isZero();
      assertThat(environment.getKey().resolve(result.out().strip().substring(1)))
          .hasContent("hello");
    }
  }

  @Test
  void withoutAnyPlaceForTheStoreTheEnvironmentIsToBlame() {
    var result = Session.with(Map.of(), "store", "verify");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).contains("no place for the store", "hint: give one with --store DIR");
  }

  @Test
  void aStoreThatCannotBeMadeIsNoBug() throws IOException {
    Path file = Files.writeString(temporary.resolve("file"), "");
    var result =
        Session.with(Map.of(), "--store", file.resolve("store").toString(), "store", "verify");
    assertThat(result.status()).isEqualTo(3);
    assertThat(result.err()).startsWith("error: ").contains("file").doesNotContain("\tat ");
  }

  @Test
  void warmingUpTakesTheWayOfABuildThatFindsEverythingThere() throws Exception {
    Path folder = temporary.resolve("warm-up");
    // The fourth is a source that git does not know.
    assertThat(WarmUp.run(folder, WarmUp.Kind.ALL)).containsExactly(0, 0, 0, 2, 0, 0, 0, 0, 0);
    assertThat(folder).doesNotExist();
  }

  @Test
  void everyCommandHasTheNameThatItIsFoundBy() {
    var nowhere = new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var all = CommandTree.understanding(new SynapseCommand(Map.of(), nowhere, nowhere));
    assertThat(all.getSubcommands())
        .containsOnlyKeys(
            "init",
            "lock",
            "build",
            "log",
            "gmp",
            "store",
            "derivation",
            "cache",
            "batch",
            "attest")
        .allSatisfy((name, line) -> assertNamed(name, line));
  }

  private static void assertNamed(String name, CommandLine line) {
    assertThat(line.getCommandSpec().name()).isEqualTo(name);
    line.getSubcommands().forEach(CommandLineTest::assertNamed);
  }

  @Test
  void aCommandIsUnderstoodWhereAFolderBearsTheNameOfAnother() throws IOException {
    Files.createDirectory(temporary.resolve("init"));
    var result =
        Session.with(
            Map.of("SYNAPSE_HOME", temporary.resolve("store").toString()),
            "-C",
            temporary.resolve("init").toString(),
            "build",
            "store");
    assertThat(result.err()).contains("there is no synapse.toml");
  }

  @Test
  void warmingUpForTheBareCommandsTakesTheirWayToo() throws Exception {
    Path folder = temporary.resolve("warm-up");
    assertThat(WarmUp.run(folder, WarmUp.Kind.BARE)).containsExactly(0, 0);
    assertThat(WarmUp.run(folder, WarmUp.Kind.STORE)).containsExactly(0, 0, 0, 0, 0, 0, 0, 0);
    assertThat(folder).doesNotExist();
  }
}
