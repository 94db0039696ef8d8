package dev.synapse.build.realise;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.build.rebuild.Difference;
import dev.synapse.build.rebuild.Difference.Aspect;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Bubblewrap;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.sandbox.SandboxUnavailableException;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.path.StorePath;
import java.io.BufferedReader;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Real builders in the real sandbox, with the shell of this machine.
final class RealiserTest {
  private static final String DEEP =
      "/usr/bin/perl -e 'for (1..3000) { mkdir \"d\"; chdir \"d\" }'; ";

  @TempDir private Path folder;
  private LocalStore store;
  private SandboxRunner runner;
  private Realiser realiser;

  @BeforeEach
  void open() throws Exception {
    Bubblewrap bubblewrap;
    try {
      bubblewrap = Bubblewrap.locate();
    } catch (SandboxUnavailableException e) {
      Assumptions.abort("no sandbox here: " + e.getMessage());
      return;
    }
    store = LocalStore.open(folder.resolve("store"));
    runner = new SandboxRunner(bubblewrap, folder.resolve("runs"));
    realiser = realiser();
  }

  private Realiser realiser(Mount... more) {
    return realiser(false, more);
  }

  private Realiser realiser(boolean keepFailed, Mount... more) {
    List<Mount> host = new ArrayList<>(List.of(more));
    for (String each : List.of("/usr", "/bin", "/lib", "/lib64")) {
      if (Files.exists(Path.of(each), LinkOption.NOFOLLOW_LINKS)) {
        host.add(new Mount.ReadOnly(Path.of(each), Path.of(each)));
      }
    }
    return new Realiser(
        store,
        runner,
        new EventBus(),
        new RealiseSettings(Limits.NONE.withWallTime(Duration.ofMinutes(1)), 2, keepFailed, host));
  }

  @AfterEach
  void close() throws Exception {
    if (runner != null) {
      runner.close();
    }
    if (store != null) {
      store.close();
    }
  }

  private static DerivationBuilder shell(String name, String script) {
    return Derivation.named(name)
        .system("x86_64-linux")
        .builder("/bin/sh")
        .arg("-ec")
        .arg(script)
        .env("PATH", "/usr/bin:/bin");
  }

  private StorePath add(DerivationBuilder builder) throws Exception {
    return store.addDerivation(builder.build(new DerivationHasher(store.derivations())));
  }

  private static StorePath outOf(RealiseResult result) {
    return requireNonNull(((RealiseResult.Built) result).outputs().get("out"));
  }

  private String contentsOf(StorePath path) throws Exception {
    return Files.readString(store.physical(path));
  }

  @Test
  void buildsInputsFirstAndFindsReferences() throws Exception {
    StorePath inner = add(shell("inner", "echo inner > $out").output("out"));
    StorePath outer =
        add(
            shell("outer", "echo $dependency > $out")
                .input(inner, "out")
                .env(
                    "dependency",
                    store.readDerivation(inner).outputPath("out").orElseThrow().toString())
                .output("out"));

    RealiseResult result = realiser.realise(outer);

    assertThat(result).isInstanceOf(RealiseResult.Built.class);
    StorePath out = outOf(result);
    StorePath innerOut = store.readDerivation(inner).outputPath("out").orElseThrow();
    PathInfo info = store.find(out).orElseThrow();
    assertThat(info.references()).containsExactly(innerOut);
    assertThat(info.deriver()).contains(outer);
    assertThat(contentsOf(out)).isEqualTo(innerOut + "\n");
    assertThat(realiser.realise(outer)).isInstanceOf(RealiseResult.Present.class);
    assertThat(store.verify(true)).isEmpty();
  }

  @Test
  void aCollectionDuringABuildTakesNothingOfIt() throws Exception {
    StorePath inner = add(shell("inner", "echo inner > $out").output("out"));
    StorePath innerOut = outOf(realiser.realise(inner));
    StorePath outer =
        add(
            shell("outer", "echo up > /pipes/up; read line < /pipes/down; cat $inner > $out")
                .input(inner, "out")
                .env("inner", innerOut.toString())
                .output("out"));
    StorePath garbage = store.addText(new byte[0], "garbage", Set.of());
    Path pipes = Files.createDirectory(folder.resolve("pipes"));
    assertThat(
            new ProcessBuilder("mkfifo", "-m", "666", pipes + "/up", pipes + "/down")
                .start()
                .waitFor())
        .isZero();
    store.close(); // with it go the roots of what was made so far
    store = LocalStore.open(folder.resolve("store"));
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
        LocalStore other = LocalStore.open(folder.resolve("store"))) {
      Future<RealiseResult> building =
          threads.submit(
              () -> realiser(new Mount.ReadOnly(pipes, Path.of("/pipes"))).realise(outer));
      try (BufferedReader up = Files.newBufferedReader(pipes.resolve("up"))) {
        assertThat(up.readLine()).isEqualTo("up");
      }
      assertThat(other.collector().collect().deleted()).containsExactly(garbage.baseName());
      Files.writeString(pipes.resolve("down"), "on\n");

      assertThat(contentsOf(outOf(building.get()))).isEqualTo("inner\n");
      assertThat(other.verify(true)).isEmpty();
    }
  }

  @Test
  void aTreeDeeperThanPathsCanBeLongHarmsNobody() throws Exception {
    StorePath deep = add(shell("deep", DEEP + "echo made > $out").output("out"));
    StorePath deepOutput = add(shell("deep-output", "mkdir $out; cd $out; " + DEEP).output("out"));
    StorePath other = add(shell("other", "echo made > $out").output("out"));

    assertThat(realiser.realise(deep)).isInstanceOf(RealiseResult.Built.class);
    var failed = (RealiseResult.Failed) realiser.realise(deepOutput);
    assertThat(realiser.realise(other)).isInstanceOf(RealiseResult.Built.class);

    assertThat(failed.reason()).contains("'out'", "longer than a path can be");
    assertThat(folder.resolve("store/nix/var/nix/builds")).isEmptyDirectory();
  }

  @Test
  void anOutputThatHoldsWhatNoStoreKeepsIsAFailedBuildWithItsLog() throws Exception {
    Realiser keeping = realiser(true);
    StorePath derivation =
        add(shell("pipe", "echo saying; mkdir -p $out/sub; mkfifo $out/sub/p").output("out"));

    var failed = (RealiseResult.Failed) keeping.realise(derivation);

    assertThat(failed.derivation()).isEqualTo(derivation);
    assertThat(failed.reason())
        .isEqualTo(
            "output 'out' (%s) holds 'sub/p', which is neither a file, a directory nor a symbolic link"
                .formatted(store.readDerivation(derivation).outputPath("out").orElseThrow()));
    try (InputStream log = store.logs().reader(derivation).orElseThrow()) {
      assertThat(log).asString(StandardCharsets.UTF_8).isEqualTo("saying\n");
    }
    assertThat(folder.resolve("store/nix/var/nix/kept-builds")).isNotEmptyDirectory();
    assertThat(folder.resolve("store/nix/var/nix/builds")).isEmptyDirectory();
  }

  @Test
  void registersNothingOfABuildThatFailsAndSaysWhereItFailed() throws Exception {
    StorePath derivation =
        add(
            shell(
                    "failing",
                    """
                    echo '@nix {"action":"setPhase","phase":"check"}' >&2
                    echo made > $out
                    echo this went wrong
                    exit 3
                    """)
                .output("out"));

    RealiseResult result = realiser.realise(derivation);

    assertThat(result).isInstanceOf(RealiseResult.Failed.class);
    RealiseResult.Failed failed = (RealiseResult.Failed) result;
    assertThat(failed.reason()).isEqualTo("the builder exited with code 3 in phase 'check'");
    assertThat(failed.lastLines()).containsExactly("this went wrong");
    StorePath out = store.readDerivation(derivation).outputPath("out").orElseThrow();
    assertThat(store.isValid(out)).isFalse();
    assertThat(store.physical(out)).doesNotExist();
    try (InputStream log = store.logs().reader(derivation).orElseThrow()) {
      assertThat(new String(log.readAllBytes(), StandardCharsets.UTF_8))
          .contains("this went wrong");
    }
  }

  @Test
  void aBuilderThatCannotBeStartedIsAFailedBuildLikeOthers() throws Exception {
    StorePath noProgram = store.addText(new byte[] {'#'}, "no-program", Set.of());
    StorePath good = add(shell("good", "echo > $out").output("out"));
    Map<DerivationBuilder, String> failing = new LinkedHashMap<>();
    failing.put(unstartable("/no/such"), "/no/such: No such file or directory");
    failing.put(unstartable("/usr"), "/usr: Permission denied");
    failing.put(unstartable("sh"), "/build/sh: No such file or directory");
    failing.put(
        unstartable(noProgram.toString()).source(noProgram), noProgram + ": Permission denied");
    failing.put(shell("long", "x".repeat(200_000)), "Argument list too long");
    List<StorePath> all = new ArrayList<>();
    List<String> reasons = new ArrayList<>();
    for (var each : failing.entrySet()) {
      all.add(add(each.getKey().output("out")));
      reasons.add(each.getValue());
    }
    all.add(good);

    Realisation result = realiser.realise(all, new Schedule(1, true));

    for (int i = 0; i < reasons.size(); i++) {
      assertThat(result.of(all.get(i)).orElseThrow())
          .isInstanceOfSatisfying(
              RealiseResult.Failed.class,
              failed ->
                  assertThat(failed.reason()).startsWith("the builder could not be started: "))
          .extracting(failed -> ((RealiseResult.Failed) failed).reason())
          .asString()
          .contains(reasons.get(i));
    }
    assertThat(result.of(good)).get().isInstanceOf(RealiseResult.Built.class);
  }

  private static DerivationBuilder unstartable(String builder) {
    return Derivation.named("unstartable").system("x86_64-linux").builder(builder);
  }

  @Test
  void refusesAnOutputThatWasNotMade() throws Exception {
    StorePath derivation = add(shell("lazy", "true").output("out"));

    assertThat(realiser.realise(derivation))
        .isInstanceOfSatisfying(
            RealiseResult.Failed.class,
            failed -> assertThat(failed.reason()).contains("did not make output 'out'"));
  }

  @Test
  void acceptsAFixedOutputOnlyWithItsHash() throws Exception {
    Hash right = Hash.of(HashAlgorithm.SHA256, "hello\n".getBytes(StandardCharsets.UTF_8));
    Hash wrong = Hash.of(HashAlgorithm.SHA256, "other\n".getBytes(StandardCharsets.UTF_8));

    assertThat(realiser.realise(add(shell("right", "echo hello > $out").fixedOutput(false, right))))
        .isInstanceOf(RealiseResult.Built.class);
    assertThat(realiser.realise(add(shell("wrong", "echo hello > $out").fixedOutput(false, wrong))))
        .isInstanceOfSatisfying(
            RealiseResult.Failed.class,
            failed -> assertThat(failed.reason()).contains(right.toSri()).contains(wrong.toSri()));
  }

  @Test
  void findsOutThatABuildCannotBeRepeated() throws Exception {
    StorePath steady = add(shell("steady", "echo same > $out").output("out"));
    StorePath fickle =
        add(shell("fickle", "cat /proc/sys/kernel/random/uuid > $out").output("out"));
    realiser.realise(steady);
    realiser.realise(fickle);

    assertThat(realiser.rebuild(steady).reproducible()).isTrue();
    Realiser.Rebuild again = realiser.rebuild(fickle);
    assertThat(again.reproducible()).isFalse();
    assertThat(again.differences().get("out"))
        .singleElement()
        .satisfies(
            (Difference difference) ->
                assertThat(difference.aspects()).containsExactly(Aspect.CONTENT));
    assertThat(store.verify(true)).isEmpty();
  }

  @Test
  void givesTheBuilderNixsEnvironmentAndNothingOfOurs() throws Exception {
    StorePath derivation =
        add(
            shell("env", "env > $out; cat $bigPath >> $out")
                .env("passAsFile", "big")
                .env("big", "passed as a file")
                .output("out"));

    RealiseResult result = realiser.realise(derivation);

    StorePath out = outOf(result);
    assertThat(contentsOf(out).lines())
        .contains(
            "HOME=/homeless-shelter",
            "NIX_BUILD_TOP=/build",
            "NIX_STORE=/nix/store",
            "TMPDIR=/build",
            "passed as a file")
        .noneMatch(line -> line.startsWith("USER=") || line.startsWith("big="));
  }

  private void assertFails(DerivationBuilder builder, String reason) throws Exception {
    StorePath derivation = add(builder);

    assertThat(realiser.realise(derivation))
        .isInstanceOfSatisfying(
            RealiseResult.Failed.class, failed -> assertThat(failed.reason()).contains(reason));
    for (StorePath output : store.readDerivation(derivation).outputPaths().values()) {
      assertThat(store.isValid(output)).isFalse();
      assertThat(store.physical(output)).doesNotExist();
    }
  }

  private void assertBuilds(DerivationBuilder builder) throws Exception {
    assertThat(realiser.realise(add(builder))).isInstanceOf(RealiseResult.Built.class);
  }

  private StorePath text(String name, StorePath... references) throws Exception {
    return store.addText(
        List.of(references).toString().getBytes(StandardCharsets.UTF_8), name, Set.of(references));
  }

  /// Its output refers to `source`, and so needs what that refers to.
  private static DerivationBuilder referring(StorePath source) {
    return shell("referring", "echo $source > $out")
        .source(source)
        .env("source", source.toString())
        .output("out");
  }

  @Test
  void keepsTheReferencesThatADerivationAllows() throws Exception {
    StorePath deep = text("deep");
    StorePath near = text("near", deep);

    assertBuilds(referring(near).env("allowedReferences", near.toString()));
    assertFails(
        referring(near).env("allowedReferences", ""),
        "output 'out' refers to " + near + ", which its allowedReferences does not name");
    assertFails(
        referring(near).env("allowedReferences", deep.toString()),
        "output 'out' refers to " + near);
    assertFails(
        referring(near).env("disallowedReferences", near + " " + deep),
        "output 'out' refers to " + near + ", which its disallowedReferences names");
    assertBuilds(referring(near).env("disallowedReferences", deep.toString()));
  }

  @Test
  void keepsTheRequisitesThatADerivationAllows() throws Exception {
    StorePath deep = text("deep");
    StorePath near = text("near", deep);

    assertBuilds(referring(near).env("allowedRequisites", near + "\n" + deep));
    assertFails(
        referring(near).env("allowedRequisites", near.toString()),
        "output 'out' needs " + deep + ", which its allowedRequisites does not name");
    assertFails(
        referring(near).env("disallowedRequisites", deep.toString()),
        "output 'out' needs " + deep + ", which its disallowedRequisites names");
    assertBuilds(shell("selfish", "echo $out > $out").env("allowedRequisites", "").output("out"));
  }

  @Test
  void anOutputNamesItselfAndItsSiblingsByTheirNames() throws Exception {
    assertFails(
        shell("self", "echo $out > $out").env("allowedReferences", "").output("out"),
        "output 'out' refers to ");
    assertBuilds(shell("self", "echo $out > $out").env("allowedReferences", "out").output("out"));
    assertFails(
        shell("siblings", "echo > $out; echo $out > $doc")
            .env("disallowedReferences", "out")
            .output("out")
            .output("doc"),
        "output 'doc' refers to ");
    assertFails(
        shell("chain", "echo > $out; echo $out > $doc; echo $doc > $man")
            .env("allowedRequisites", "doc")
            .output("out")
            .output("doc")
            .output("man"),
        "output 'doc' needs ");
  }

  @Test
  void failsABuildWhoseOutputsReferToEachOtherInACircle() throws Exception {
    assertFails(
        shell("circle", "echo $doc > $out; echo $out > $doc").output("out").output("doc"),
        "outputs refer to each other in a circle");
  }

  @Test
  void exportsTheGraphOfAnInput() throws Exception {
    StorePath deep = text("deep");
    StorePath near = text("near", deep);
    StorePath inner = add(shell("inner", "echo inner > $out").output("out"));
    StorePath innerOut = outOf(realiser.realise(inner));

    StorePath graph =
        outOf(
            realiser.realise(
                add(
                    shell("graph", "cat near drv > $out")
                        .source(near)
                        .source(inner)
                        .env("exportReferencesGraph", "near " + near + "/below\n drv " + inner)
                        .output("out"))));

    assertThat(contentsOf(graph)).isEqualTo(entries(near, deep) + entries(inner, innerOut));
    for (String bad : List.of("near", "ne/ar " + near, "near " + innerOut, "near /etc/passwd")) {
      StorePath derivation =
          add(
              shell("bad", "echo > $out")
                  .source(near)
                  .env("exportReferencesGraph", bad)
                  .output("out"));
      assertThatThrownBy(() -> realiser.realise(derivation))
          .isInstanceOf(RealiseException.class)
          .hasMessageContaining("has in exportReferencesGraph");
    }
  }

  /// As `nix-store --register-validity` reads them, sorted by path.
  private String entries(StorePath... paths) throws Exception {
    var text = new StringBuilder();
    for (StorePath path : new TreeSet<>(List.of(paths))) {
      text.append(path).append("\n\n").append(store.references(path).size()).append('\n');
      for (StorePath reference : store.references(path)) {
        text.append(reference).append('\n');
      }
    }
    return text.toString();
  }

  @Test
  void refusesWhatADerivationAsksForAndNoRoomHas() throws Exception {
    List<DerivationBuilder> refused =
        List.of(
            shell("a", "echo > $out").env("__impureHostDeps", "/etc/passwd"),
            shell("b", "echo > $out").env("__noChroot", "1"),
            shell("c", "echo > $out").env("requiredSystemFeatures", "big-parallel kvm"),
            shell("d", "echo > $out").env("allowedReferences", "nonsense"),
            shell("e", "echo > $out").env("__json", "[]"),
            Derivation.named("f").system("builtin").builder("builtin:other"));
    List<String> named =
        List.of(
            "__impureHostDeps", "__noChroot", "'kvm'", "'nonsense'", "__json", "builtin:fetchurl");
    StorePath input = add(shell("input", "echo > $out").output("out"));
    for (int i = 0; i < refused.size(); i++) {
      StorePath derivation = add(refused.get(i).input(input, "out").output("out"));
      assertThatThrownBy(() -> realiser.realise(derivation))
          .isInstanceOf(RealiseException.class)
          .hasMessageContaining(named.get(i))
          .hasMessageNotContaining("\n");
    }
    assertThat(store.isValid(store.readDerivation(input).outputPath("out").orElseThrow()))
        .as("refused before anything was built")
        .isFalse();
  }

  @Test
  void refusesWhatItCannotBuildBeforeItStarts() throws Exception {
    StorePath foreign =
        add(Derivation.named("foreign").system("riscv64-linux").builder("/bin/sh").output("out"));

    assertThatThrownBy(() -> realiser.realise(foreign))
        .isInstanceOf(RealiseException.class)
        .hasMessageContaining("riscv64-linux");
    assertThat(store.closure(Set.of(foreign))).containsExactly(foreign);
  }
}
