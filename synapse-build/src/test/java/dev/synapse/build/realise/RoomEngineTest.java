package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.RawText;
import dev.synapse.sandbox.Sandbox;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.path.StorePath;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What a room holds and what is made of its end, with real builders that no wall surrounds. Those
/// in real rooms are in [RealiserTest].
final class RoomEngineTest {
  private static final RealiseSettings SETTINGS =
      new RealiseSettings(Limits.NONE, 3, false, List.of());

  @TempDir private Path folder;
  private final UnconfinedRooms rooms = new UnconfinedRooms();
  private final EventBus bus = new EventBus();
  private LocalStore store;
  private Realiser realiser;

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("store"));
    realiser = new Realiser(store, new RoomEngine(store, rooms, SETTINGS), bus, SETTINGS);
  }

  @AfterEach
  void close() throws Exception {
    store.close();
  }

  private StorePath add(DerivationBuilder builder) throws Exception {
    return RealNix.add(store, builder);
  }

  private String built(DerivationBuilder builder) throws Exception {
    StorePath derivation = add(builder);
    assertThat(realiser.realise(derivation)).isInstanceOf(RealiseResult.Built.class);
    return Files.readString(
        store.physical(store.readDerivation(derivation).outputPath("out").orElseThrow()));
  }

  private String failure(DerivationBuilder builder) throws Exception {
    RealiseResult result = realiser.realise(add(builder));
    assertThat(result).isInstanceOf(RealiseResult.Failed.class);
    return ((RealiseResult.Failed) result).reason();
  }

  private StorePath text(String name, String text) throws Exception {
    return store.addText(text.getBytes(StandardCharsets.UTF_8), name, Set.of());
  }

  @Test
  void aBuilderFindsItsArgumentsVariablesAndFiles() throws Exception {
    StorePath source = text("words", "from a source");

    String out =
        built(
            RealNix.shell(
                    "reader",
                    "cat $source > $out; echo; cat $wordsPath >> $out; echo $NIX_BUILD_CORES >>"
                        + " $out")
                .env("source", source.toString())
                .env("words", " from a file ")
                .env("passAsFile", "words")
                .source(source)
                .output("out"));

    assertThat(out).isEqualTo("from a source from a file 3\n");
    Sandbox room = rooms.made().getFirst();
    assertThat(room.command().getFirst()).hasToString("/bin/sh");
    assertThat(room.workingDirectory()).hasToString("/build");
    assertThat(room.mounts())
        .contains(new Mount.ReadOnly(store.physical(source), Path.of(source.toString())));
  }

  @Test
  void aBuildIsToldWithHowClosedItsRoomWas() throws Exception {
    StorePath derivation = add(RealNix.shell("level", "echo > $out").output("out"));

    assertThat(realiser.realise(derivation))
        .isInstanceOfSatisfying(
            RealiseResult.Built.class, made -> assertThat(made.level()).contains(rooms.level()));
  }

  @Test
  void aBuilderThatFailsIsToldByHowItEnded() throws Exception {
    assertThat(failure(RealNix.shell("code", "exit 3").output("out")))
        .isEqualTo("the builder exited with code 3");
    assertThat(failure(RealNix.shell("signal", "kill -9 $$").output("out")))
        .isEqualTo("the builder was ended by signal 9");
  }

  @Test
  void aBuilderOfARelativePathIsSoughtInTheBuildDirectory() throws Exception {
    assertThat(
            failure(
                Derivation.named("here")
                    .system("x86_64-linux")
                    .builder("tools/make")
                    .output("out")))
        .startsWith("the builder could not be started: ");
    assertThat(rooms.made().getFirst().command().getFirst()).hasToString("/build/tools/make");
  }

  @Test
  void aToolchainRootIsTheRootOfTheRoom() throws Exception {
    Path root = Files.createDirectories(folder.resolve("root/usr"));
    Files.writeString(root.resolve("tool"), "x");
    StorePath toolchain = store.addTree(folder.resolve("root"), "toolchain");

    String _ =
        built(
            RealNix.shell("rooted", "echo > $out")
                .env(Realiser.ROOT_VARIABLE, toolchain.toString())
                .source(toolchain)
                .output("out"));

    assertThat(rooms.made().getFirst().mounts())
        .contains(new Mount.ReadOnly(store.physical(toolchain).resolve("usr"), Path.of("/usr")))
        .doesNotContain(new Mount.Folder(Path.of("/etc")));
  }

  @Test
  void aVariableEndsBeforeItsFirstEqualsSign() throws Exception {
    String _ =
        built(
            RealNix.shell("names", "echo > $out")
                .env("a=b", "c")
                .env("both=x", "lost")
                .env("both", "kept")
                .env("=nameless", "lost")
                .output("out"));

    assertThat(rooms.made().getFirst().environment())
        .containsEntry(RawText.of("a"), RawText.of("b=c"))
        .containsEntry(RawText.of("both"), RawText.of("kept"))
        .doesNotContainKey(RawText.of(""));
  }

  private GoalRun goals(DerivationBuilder builder) throws Exception {
    return new GoalRun(
        store.readDerivation(add(builder)),
        List.of("--batch-mode"),
        List.of("verify", "site"),
        Files.writeString(folder.resolve("settings.xml"), "<settings/>"),
        Path.of("/settings.xml"),
        new InetSocketAddress(InetAddress.getLoopbackAddress(), 1234));
  }

  @Test
  void goalsRunInTheRoomOfThePackageAndReachTheProxyAlone() throws Exception {
    var run =
        goals(
            RealNix.shell("goals", "echo $recordOptions; echo $recordGoals; exit 4")
                .env("JAVA_HOME", "/usr/lib/jvm/java")
                .output("out"));

    var outcome = rooms.goalRoom(store, bus, SETTINGS).run(run);

    assertThat(outcome.exitCode()).isEqualTo(4);
    assertThat(outcome.lastLines()).containsExactly("--batch-mode", "verify site");
    assertThat(rooms.reached()).containsExactly(run.proxy());
    assertThat(rooms.made().getFirst().mounts())
        .contains(new Mount.ReadOnly(run.settings(), run.settingsInside()));
    assertThat(store.isValid(run.plan().outputPath("out").orElseThrow())).isFalse();
  }

  @Test
  void goalsThatAreCutShortOrHaveNoJavaAreRefused() throws Exception {
    GoalRoom room = rooms.goalRoom(store, bus, SETTINGS);
    GoalRun cut = goals(RealNix.shell("cut", "kill -9 $$").env("JAVA_HOME", "/usr").output("out"));
    GoalRun without = goals(RealNix.shell("without", "true").output("out"));

    assertThatThrownBy(() -> room.run(cut))
        .isInstanceOf(RealiseException.class)
        .hasMessage("recording 'cut': the run was ended by signal 9");
    assertThatThrownBy(() -> room.run(without))
        .isInstanceOf(RealiseException.class)
        .hasMessageContaining("JAVA_HOME")
        .hasMessageContaining("'without'");
  }
}
