package dev.synapse.build.nix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.build.progress.BuildEvent;
import dev.synapse.build.realise.RealiseResult;
import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.build.realise.Realiser;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.derivation.DerivationHasher;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What is done with Nix's answers, whatever they are. Real Nix answers in the tests of the
/// command.
@Timeout(120)
final class NixEngineTest {
  private static final String PHASE =
      "echo '@nix {\"action\":\"result\",\"fields\":[\"build\"],\"id\":1,\"type\":104}' >&2;"
          + "echo '@nix {\"action\":\"result\",\"fields\":[\"hello\"],\"id\":1,\"type\":101}' >&2;";

  @TempDir private Path folder;
  private LocalStore store;
  private LocalStore theirs;
  private FakeNix nix;
  private final EventBus bus = new EventBus();
  private final List<BuildEvent> events = new ArrayList<>();

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("store"));
    theirs = LocalStore.open(folder.resolve("theirs"));
    nix = new FakeNix(Files.createDirectory(folder.resolve("fake")));
  }

  @AfterEach
  void close() throws Exception {
    store.close();
    theirs.close();
  }

  private static DerivationBuilder demo() {
    return Derivation.named("demo").system("x86_64-linux").builder("/usr/bin/bash").output("out");
  }

  private StorePath add(DerivationBuilder builder) throws Exception {
    return store.addDerivation(builder.build(new DerivationHasher(store.derivations())));
  }

  private StorePath out(StorePath derivation) throws Exception {
    return store.readDerivation(derivation).outputPath("out").orElseThrow();
  }

  /// Nix has made an output, and will send it.
  private void made(StorePath output, String contents) throws Exception {
    register(theirs, output, contents);
    var _ = nix.sends(theirs, List.of(output));
  }

  private void register(LocalStore where, StorePath output, String contents) throws Exception {
    Path file = Files.writeString(Files.createTempFile(folder, "output", ""), contents);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("r--r--r--"));
    try (PathLocks _ = where.lock(List.of(output))) {
      where.adopt(file, output);
      where.registerOutputs(
          List.of(
              new PathInfo(
                  output,
                  Nar.hash(where.physical(output)),
                  new TreeSet<>(),
                  new PathInfo.Origin(Optional.empty(), 1, true, List.of(), Optional.empty()))));
    }
  }

  private Realiser realiser() throws Exception {
    return realiser(NixStore.in(folder.resolve("nix")));
  }

  private Realiser realiser(NixStore builder) throws Exception {
    return new Realiser(
        store,
        new NixEngine(store, nix.programs(), builder, bus, 2),
        bus,
        new RealiseSettings(Limits.NONE, 2, false, List.of()));
  }

  private String log(StorePath derivation) throws IOException {
    try (InputStream log =
        new BZip2CompressorInputStream(
            new ByteArrayInputStream(Files.readAllBytes(store.logPath(derivation))))) {
      return new String(log.readAllBytes(), StandardCharsets.UTF_8);
    }
  }

  private NixProblem problem(StorePath derivation) throws Exception {
    Realiser realiser = realiser();
    NixException thrown =
        assertThatExceptionOfType(NixException.class)
            .isThrownBy(() -> realiser.realise(derivation))
            .actual();
    assertThat(store.isValid(out(derivation))).isFalse();
    assertThat(folder.resolve("store/nix/var/nix/builds")).isEmptyDirectory();
    return thrown.problem();
  }

  @Test
  void whatNixBuiltIsRegisteredAsWhatIsBuiltHere() throws Exception {
    StorePath source = store.addText("text".getBytes(StandardCharsets.UTF_8), "source", Set.of());
    StorePath derivation = add(demo().source(source));
    StorePath output = out(derivation);
    made(output, source + " " + output);
    var _ = nix.on("build", PHASE);

    RealiseResult result;
    try (var _ = bus.subscribe(event -> events.add((BuildEvent) event))) {
      result = realiser().realise(derivation);
    }

    assertThat(result)
        .asInstanceOf(InstanceOfAssertFactories.type(RealiseResult.Built.class))
        .satisfies(built -> assertThat(built.level()).isEmpty());
    PathInfo info = store.find(output).orElseThrow();
    assertThat(info.references()).containsExactlyInAnyOrder(source, output);
    assertThat(info.deriver()).contains(derivation);
    assertThat(store.physical(output)).hasContent(source + " " + output);
    assertThat(store.verify(true)).isEmpty();
    assertThat(log(derivation)).endsWith("hello\n");
    assertThat(events)
        .contains(
            new BuildEvent.BuildStarted("demo"),
            new BuildEvent.PhaseStarted("demo", "build"),
            new BuildEvent.LogLine("demo", "hello"))
        .hasAtLeastOneElementOfType(BuildEvent.StepEnded.class);
    assertThat(nix.calls()).hasSize(4).noneMatch(call -> call.contains("--check "));
  }

  @Test
  void outputsOfInputsAreCopiedToo() throws Exception {
    StorePath inner = add(demo());
    register(store, out(inner), "inner");
    StorePath outer = add(demo().env("uses", out(inner).toString()).input(inner, "out"));
    made(out(outer), "outer");

    assertThat(realiser().realise(outer)).isInstanceOf(RealiseResult.Built.class);

    assertThat(nix.calls().getFirst()).startsWith("nix ").endsWith(" " + outer);
    assertThat(nix.calls().get(1)).contains(" copy --no-check-sigs").endsWith(" " + out(inner));
  }

  @Test
  void theToolchainIsNamedWhereNixHasIt() throws Exception {
    Path root = folder.resolve("root");
    Files.createDirectories(root.resolve("usr"));
    StorePath toolchain = store.addTree(root, "toolchain");
    StorePath derivation =
        add(demo().source(toolchain).env(Realiser.ROOT_VARIABLE, toolchain.toString()));
    made(out(derivation), "made");

    assertThat(realiser(NixStore.parse("/else/where", folder)).realise(derivation))
        .isInstanceOf(RealiseResult.Built.class);

    assertThat(nix.calls())
        .anyMatch(
            call -> call.contains("sandbox-paths /usr=/else/where%s/usr".formatted(toolchain)));
  }

  @Test
  void aBuildThatFailsFailsInNixsWords() throws Exception {
    StorePath derivation = add(demo());
    String error =
        "{\"action\":\"msg\",\"level\":0,\"msg\":\"error: builder for 'demo' failed with exit code"
            + " 3;\\n last 1 log lines\"}";
    var _ = nix.on("build", PHASE + "echo \"@nix $(cat <<'E'\n" + error + "\nE\n)\" >&2; exit 100");

    var failed = (RealiseResult.Failed) realiser().realise(derivation);

    assertThat(failed.reason())
        .isEqualTo("Nix: builder for 'demo' failed with exit code 3 in phase 'build'");
    assertThat(failed.lastLines()).contains("hello");
    assertThat(log(derivation)).contains("hello\n");
    assertThat(store.isValid(out(derivation))).isFalse();
  }

  @Test
  void whatNixKeepsOfAFailedBuildIsSaidInTheLog() throws Exception {
    StorePath derivation = add(demo());
    String line = "@nix {\"action\":\"msg\",\"level\":0,\"msg\":\"%s\"}\n";
    String said =
        line.formatted("note: keeping build directory '/tmp/nix-build-demo.drv-0'")
            + line.formatted("error: builder for 'demo' failed with exit code 3");
    var _ = nix.on("build", "cat >&2 <<'E'\n" + said + "E\nexit 100");
    NixEngine engine =
        new NixEngine(store, nix.programs(), NixStore.in(folder.resolve("nix")), bus, 2);
    RealiseSettings settings = new RealiseSettings(Limits.NONE, 2, false, List.of());

    RealiseResult _ = new Realiser(store, engine, bus, settings).realise(derivation);
    assertThat(nix.calls()).noneMatch(call -> call.contains("--keep-failed"));
    RealiseResult result =
        new Realiser(store, engine.keepingFailed(), bus, settings).realise(derivation);

    assertThat(nix.calls()).anyMatch(call -> call.contains("--keep-failed"));
    assertThat(((RealiseResult.Failed) result).lastLines())
        .contains("nix: note: keeping build directory '/tmp/nix-build-demo.drv-0'");
  }

  @Test
  void aBuilderThatCouldNotBeStartedIsNoFailedBuild() throws Exception {
    StorePath derivation = add(demo());
    String line = "@nix {\"action\":\"result\",\"fields\":[\"%s\"],\"id\":1,\"type\":101}\n";
    String setup = line.formatted("\\u0001") + line.formatted("\\u0000%s\\u0000");
    String end = "error: builder for 'demo' failed with exit code 1\n";
    String noProgram = "executing '/usr/bin/bash': No such file or directory";
    var _ = nix.on("build", "cat >&2 <<'E'\n" + setup.formatted(noProgram) + end + "E\nexit 1");
    assertThat(problem(derivation))
        .isEqualTo(new NixProblem.ToolchainNotShown(folder.resolve("nix").toString(), noProgram));
    String noSpace = "cannot mount '/usr': No space left on device";
    var _ = nix.on("build", "cat >&2 <<'E'\n" + setup.formatted(noSpace) + end + "E\nexit 1");
    assertThat(problem(derivation))
        .isEqualTo(new NixProblem.Refused(folder.resolve("nix").toString(), "build", noSpace));
  }

  @Test
  void eachStepThatFailsIsNamed() throws Exception {
    StorePath derivation = add(demo());
    String address = folder.resolve("nix").toString();
    var _ = nix.on("send", "echo 'error: gone' >&2; exit 1");
    assertThat(problem(derivation))
        .isEqualTo(new NixProblem.Refused(address, "send the outputs", "gone"));
    var _ = nix.on("send", "printf '\\1\\0\\0\\0'");
    assertThat(problem(derivation).message())
        .isEqualTo(
            "Nix at '%s' could not send the outputs: export stream is cut: it ends too early"
                .formatted(address));
    var _ = nix.on("send", "printf '\\0\\0\\0\\0\\0\\0\\0\\0'; exit 4");
    assertThat(problem(derivation).message()).endsWith("it ended with status 4 and said nothing");
    var _ = nix.on("build", "echo 'error: cannot fork' >&2; exit 1");
    assertThat(problem(derivation))
        .isEqualTo(new NixProblem.Refused(address, "build", "cannot fork"));
    var _ = nix.on("copy", "echo 'error: cannot connect to daemon' >&2; exit 1");
    assertThat(problem(derivation))
        .isEqualTo(new NixProblem.Refused(address, "copy the inputs", "cannot connect to daemon"));
  }

  @Test
  void otherPathsThanTheOutputsAreNotTaken() throws Exception {
    StorePath derivation = add(demo());
    StorePath other = out(add(demo().env("other", "one")));
    made(other, "other");
    assertThat(problem(derivation))
        .isEqualTo(new NixProblem.OtherOutputs(folder.resolve("nix").toString(), other.toString()));
  }

  @Test
  void aDaemonThatIgnoresTheToolchainHasBuiltNothing() throws Exception {
    StorePath derivation = add(demo());
    made(out(derivation), "made with the machine's own programs");
    String warning =
        "ignoring the client-specified setting 'sandbox-paths', because it is a restricted setting"
            + " and you are not a trusted user";
    String line =
        "@nix {\"action\":\"msg\",\"level\":1,\"msg\":\"warning: %s\"}".formatted(warning);
    var _ = nix.on("build", "cat >&2 <<'E'\n" + line + "\nE");
    assertThat(problem(derivation))
        .isEqualTo(new NixProblem.ToolchainNotShown(folder.resolve("nix").toString(), warning));
  }

  @Test
  void anOutputThatIsNotSentIsAFailedBuild() throws Exception {
    StorePath derivation = add(demo());
    var _ = nix.sends(theirs, List.of());
    assertThat(((RealiseResult.Failed) realiser().realise(derivation)).reason())
        .startsWith("the builder did not make output 'out'");
  }

  @Test
  void whatNixHasBuiltBeforeIsTakenAndBuiltAnewOnlyToCompare() throws Exception {
    StorePath derivation = add(demo());
    made(out(derivation), "first");
    var _ = nix.knows();
    assertThat(realiser().realise(derivation)).isInstanceOf(RealiseResult.Built.class);
    assertThat(log(derivation)).contains("has built this before");
    assertThat(nix.calls()).noneMatch(call -> call.contains(" --check "));

    assertThat(realiser().rebuild(derivation).reproducible()).isTrue();
    assertThat(nix.calls()).anyMatch(call -> call.contains(" --check "));

    var _ =
        nix.on(
            "build",
            "echo \"error: derivation 'demo' may not be deterministic: output differs\" >&2;"
                + " exit 104");
    assertThat(realiser().rebuild(derivation).failure().orElseThrow().reason())
        .contains("may not be deterministic");
  }

  @Test
  void anInterruptEndsNix() throws Exception {
    StorePath derivation = add(demo());
    Path pid = nix.folder().resolve("pid");
    var _ =
        nix.on(
            "build",
            "echo $$ >\"$here/pid.part\"; mv \"$here/pid.part\" \"$here/pid\"; exec sleep 100");
    Realiser realiser = realiser();
    AtomicReference<Throwable> thrown = new AtomicReference<>();
    CountDownLatch ended = new CountDownLatch(1);
    Thread building =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    var _ = realiser.realise(derivation);
                  } catch (Exception e) {
                    thrown.set(e);
                  } finally {
                    ended.countDown();
                  }
                });
    try (var watch = folder.getFileSystem().newWatchService()) {
      var _ = nix.folder().register(watch, StandardWatchEventKinds.ENTRY_CREATE);
      while (!Files.exists(pid)) {
        var key = watch.poll(1, TimeUnit.SECONDS);
        if (key != null) {
          boolean _ = key.reset();
        }
      }
    }
    ProcessHandle process =
        ProcessHandle.of(Long.parseLong(Files.readString(pid).strip())).orElseThrow();

    long told = System.nanoTime();
    building.interrupt();
    ended.await();

    assertThat(process.isAlive()).isFalse();
    assertThat(thrown.get()).isInstanceOf(InterruptedException.class);
    assertThat(Duration.ofNanos(System.nanoTime() - told)).isLessThan(Duration.ofSeconds(20));
    assertThat(folder.resolve("store/nix/var/nix/builds")).isEmptyDirectory();
  }

  @Test
  void withoutNixItIsSaidWhatToInstall() {
    assertThatThrownBy(() -> NixPrograms.find(Map.of("PATH", folder + "::relative")))
        .asInstanceOf(InstanceOfAssertFactories.type(NixException.class))
        .satisfies(
            e -> {
              assertThat(e.problem()).isEqualTo(new NixProblem.NotInstalled("nix"));
              assertThat(e.problem().hint()).contains("apt-get install nix-bin");
              assertThat(e.problem().isUsage()).isFalse();
            });
  }
}
