package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `store realise` with its options, beside real Nix with its own, on derivations that Nix wrote;
/// each builds in a store of its own.
@Timeout(300)
final class RealiseLikeNixTest {
  private static final Pattern SRI = Pattern.compile("sha(1|256|512)-[A-Za-z0-9+/]+=*");
  private static final int TIMED_OUT = 101;
  private static final int BAD_HASH = 102;

  @TempDir private Path temporary;
  private Program program;
  private RealNix nix;
  private Path store;

  @BeforeEach
  void findNix() throws Exception {
    nix = new RealNix(temporary.resolve("theirs"), temporary);
    nix.assumeBuilds();
    HostToolchain.requireSandbox();
    store = temporary.resolve("ours");
    program = Program.of(temporary).with("SYNAPSE_HOME", store.toString());
  }

  @AfterEach
  void unlock() throws IOException {
    nix.makeDeletable();
  }

  /// Derivations of the shell of this machine that both stores hold, named `a`, `b` and so on.
  ///
  /// @param definitions what is different from one to the next, each as attributes of Nix's
  ///   language
  private List<String> derivations(String... definitions) throws Exception {
    StringBuilder text = new StringBuilder("let base = { system = \"x86_64-linux\"; ");
    text.append("builder = \"/bin/sh\"; PATH = \"/usr/bin:/bin\"; }; ");
    text.append("shell = name: script: base // { inherit name; args = [ \"-ec\" script ]; };\n");
    StringBuilder names = new StringBuilder();
    char name = 'a';
    for (String definition : definitions) {
      text.append("%c = derivation (%s);\n".formatted(name, definition));
      names.append(' ').append(name++);
    }
    text.append("in [").append(names).append(" ]\n");
    Path file = Files.writeString(temporary.resolve("derivations.nix"), text);
    List<String> drvs =
        nix.lines("nix-instantiate", file.toString()).stream()
            .map(line -> line.replaceAll("!.*", ""))
            .toList();
    String closure =
        String.join(" ", nix.lines("nix-store", with(List.of("--query", "--requisites"), drvs)));
    Program.Result copied =
        program
            .start(
                List.of(
                    "sh",
                    "-c",
                    "nix-store --store %s --export %s | %s store import"
                        .formatted(nix.store(), closure, Program.launcher())))
            .end();
    assertThat(copied.status()).as(copied.err()).isZero();
    return drvs;
  }

  private static String[] with(List<String> first, List<String> more) {
    return Stream.concat(first.stream(), more.stream()).toArray(String[]::new);
  }

  private Program.Result ours(List<String> drvs, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("store", "realise"));
    RealNix.host().forEach(each -> words.add("--sandbox-path=" + each));
    words.addAll(Arrays.asList(options));
    return program.run(with(words, drvs));
  }

  private Program.Result theirs(List<String> drvs, String... options) throws Exception {
    List<String> words = new ArrayList<>(List.of("--realise"));
    words.addAll(Arrays.asList(options));
    return nix.end(nix.start("nix-store", with(words, drvs)));
  }

  /// What is valid in both, without derivations, with its hash.
  private List<String> agreed() throws Exception {
    RealNix here = new RealNix(store, temporary);
    List<String> valid =
        here.lines("nix", "path-info", "--all").stream()
            .filter(path -> !path.endsWith(".drv"))
            .toList();
    assertThat(valid)
        .containsExactlyInAnyOrderElementsOf(
            nix.lines("nix", "path-info", "--all").stream()
                .filter(path -> !path.endsWith(".drv"))
                .toList());
    for (String path : valid) {
      assertThat(here.output("nix-store", "--query", "--hash", path))
          .as(path)
          .isEqualTo(nix.output("nix-store", "--query", "--hash", path));
    }
    return valid;
  }

  @Test
  void outputsArePrintedAsNixPrintsThem() throws Exception {
    List<String> drvs =
        derivations(
            "shell \"two\" \"echo > $out; echo $out > $dev\" // { outputs = [ \"out\" \"dev\" ]; }",
            "shell \"one\" \"echo $uses > $out\" // { uses = a.dev; }");

    Program.Result result = ours(drvs);

    assertThat(result.status()).as(result.err()).isZero();
    assertThat(result.out().lines().sorted())
        .containsExactlyElementsOf(theirs(drvs).out().lines().sorted().toList());
    assertThat(agreed()).hasSize(3);
    assertThat(ours(drvs).out()).isEqualTo(result.out());
  }

  private static Set<String> hashes(String text) {
    Set<String> found = new TreeSet<>();
    SRI.matcher(text).results().forEach(each -> found.add(each.group()));
    return found;
  }

  @Test
  void aWrongHashEndsWithTheTwoHashesThatNixSays() throws Exception {
    String[] fixed = {
      "\"sha256\"; outputHashMode = \"flat\"",
      "\"sha1\"; outputHashMode = \"flat\"",
      "\"sha256\"; outputHashMode = \"recursive\"",
      "\"sha512\"; outputHashMode = \"recursive\""
    };
    for (String each : fixed) {
      List<String> drvs =
          derivations(
              "shell \"wrong\" \"printf made > $out\" // { outputHashAlgo = %s; outputHash = builtins.hashString %s \"wanted\"; }"
                  .formatted(each, each.substring(0, each.indexOf(';'))));

      Program.Result result = ours(drvs);
      Program.Result expected = theirs(drvs);

      assertThat(expected.status()).isEqualTo(BAD_HASH);
      assertThat(result.status()).as(each).isEqualTo(1);
      assertThat(hashes(result.error())).hasSize(2).isEqualTo(hashes(expected.err()));
      assertThat(result.out()).isEmpty();
    }
    assertThat(program.run("store", "path-info", "--all").out().lines())
        .allMatch(path -> path.endsWith(".drv"));
  }

  @Test
  void aBuilderThatTakesTooLongIsEndedWhereNixEndsIt() throws Exception {
    List<String> endless = derivations("shell \"endless\" \"while :; do echo; sleep 0.1; done\"");
    List<String> silent = derivations("shell \"silent\" \"sleep 600\"");

    Program.Result late = ours(endless, "--timeout=2", "--max-silent-time=60");
    Program.Result mute = ours(silent, "--timeout=60", "--max-silent-time", "2");

    assertThat(late.status()).isEqualTo(1);
    assertThat(late.error()).endsWith("the builder ran longer than the limit of 2 s");
    assertThat(theirs(endless, "--timeout", "2").status()).isEqualTo(TIMED_OUT);
    assertThat(mute.status()).isEqualTo(1);
    assertThat(mute.error()).endsWith("the builder wrote nothing for the limit of 2 s");
    assertThat(theirs(silent, "--max-silent-time", "2").status()).isEqualTo(TIMED_OUT);
  }

  /// Two builders that only end together.
  private List<String> meeting(Path pipes) throws Exception {
    Files.createDirectory(pipes);
    assertThat(
            new ProcessBuilder("mkfifo", "-m", "666", pipes + "/left", pipes + "/right")
                .start()
                .waitFor())
        .isZero();
    return derivations(
        "shell \"left\" \"echo l > /w/left; read x < /w/right; echo $x > $out\"",
        "shell \"right\" \"read x < /w/left; echo r > /w/right; echo $x > $out\"");
  }

  @Test
  void asManyBuildersRunTogetherAsThereAreJobs() throws Exception {
    Path pipes = temporary.resolve("pipes");
    List<String> drvs = meeting(pipes);
    String shown = "--sandbox-path=/w=" + pipes;

    Program.Result alone = ours(drvs, shown, "--jobs=1", "--timeout=5", "--keep-going");
    Program.Result together = ours(drvs, shown, "--jobs", "2", "--timeout=60");

    assertThat(alone.status()).isEqualTo(1);
    assertThat(together.status()).as(together.err()).isZero();
    assertThat(together.out().lines()).hasSize(2);
  }

  @Test
  void withoutANumberThereIsAJobForEveryCore() throws Exception {
    Assumptions.assumeTrue(
        Runtime.getRuntime().availableProcessors() > 1, "this machine has one core");
    Path pipes = temporary.resolve("pipes");
    List<String> drvs = meeting(pipes);

    Program.Result result = ours(drvs, "--sandbox-path=/w=" + pipes, "--timeout=60");

    assertThat(result.status()).as(result.err()).isZero();
  }

  @Test
  void whatItKeepsGoingForIsWhatNixBuilds() throws Exception {
    List<String> drvs =
        derivations(
            "shell \"bad\" \"exit 3\"",
            "shell \"good\" \"echo > $out\"",
            "shell \"above\" \"echo > $out\" // { uses = a; }",
            "shell \"beside\" \"echo $uses > $out\" // { uses = b; }",
            "shell \"absent\" \"\" // { builder = \"/no/such\"; }",
            "shell \"dirty\" \"echo $out > $out\" // { allowedReferences = []; }");

    Program.Result result = ours(drvs, "--keep-going", "--jobs=1");

    assertThat(theirs(drvs, "--keep-going").status()).isNotZero();
    assertThat(result.status()).isEqualTo(1);
    assertThat(agreed()).hasSize(2).allMatch(path -> path.matches(".*-(good|beside)"));
    assertThat(result.out().lines()).containsExactlyInAnyOrderElementsOf(agreed());
    assertThat(result.err())
        .contains("-bad.drv': the builder exited with code 3")
        .contains("-absent.drv': the builder could not be started: /no/such: No such file")
        .contains("-dirty.drv': output 'out' refers to");
  }

  @Test
  void withoutKeepingGoingNothingStartsAfterAFailure() throws Exception {
    List<String> drvs =
        derivations(
            "shell \"first\" \"echo started; exit 3\"",
            "shell \"second\" \"echo > $out\" // { uses = a; }");

    assertThat(ours(drvs, "--jobs=1").status()).isEqualTo(1);

    assertThat(program.run("log", drvs.getFirst()).out()).isEqualTo("started\n");
    assertThat(program.run("log", drvs.getLast()).status()).isNotZero();
  }

  @Test
  void aDryRunPlansWhatNixPlans() throws Exception {
    List<String> drvs =
        derivations(
            "shell \"low\" \"echo > $out\"",
            "shell \"mid\" \"echo $uses > $out; echo > $dev\" // { uses = a; outputs = [ \"out\""
                + " \"dev\" ]; }",
            "shell \"top\" \"echo $uses > $out\" // { uses = b.dev; }");
    List<String> asked = List.of(drvs.getLast());
    for (int made = 0; made < drvs.size(); made++) {
      List<String> planned =
          ours(asked, "--dry-run").out().lines().map(line -> line.substring(6)).sorted().toList();
      assertThat(planned)
          .containsExactlyElementsOf(
              theirs(asked, "--dry-run")
                  .err()
                  .lines()
                  .map(String::strip)
                  .filter(line -> line.startsWith("/nix/store/"))
                  .sorted()
                  .toList());
      assertThat(planned).hasSize(drvs.size() - made);
      List<String> next = List.of(drvs.get(made));
      assertThat(ours(next).status()).isZero();
      assertThat(theirs(next).status()).isZero();
    }
    assertThat(ours(asked, "--dry-run").out()).isEmpty();
    assertThat(agreed()).hasSize(4);
  }

  @Test
  void theBuildDirectoryOfAFailureIsKeptAsNixKeepsIt() throws Exception {
    List<String> drvs =
        derivations(
            "shell \"bad\" \"echo half > made; chmod 640 made; exit 3\" // { x = \"y\"; passAsFile"
                + " = [ \"x\" ]; }");

    Program.Result kept = ours(drvs, "--keep-failed");
    Program.Result theirs = theirs(drvs, "--keep-failed");

    assertThat(kept.status()).isEqualTo(1);
    Path ours = place(kept.err(), "hint: its build directory is kept: ");
    Path nixs = place(theirs.err(), "note: keeping build directory '");
    assertThat(ours.resolve("made")).hasContent("half\n");
    try (Stream<Path> here = Files.list(ours);
        Stream<Path> there = Files.list(nixs)) {
      assertThat(here.map(Path::getFileName))
          .containsExactlyInAnyOrderElementsOf(there.map(Path::getFileName).toList());
    }
  }

  private static Path place(String text, String before) {
    String line = text.lines().filter(each -> each.startsWith(before)).findFirst().orElseThrow();
    return Path.of(line.substring(before.length()).replace("'", ""));
  }
}
