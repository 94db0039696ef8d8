package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.build.progress.BuildEvent;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Graphs of derivations, with real builders in the real sandbox.
@Timeout(120)
final class RealiseGraphTest {
  @TempDir private Path folder;
  private final EventBus bus = new EventBus();
  private LocalStore store;
  private SandboxRunner runner;

  @BeforeEach
  void open() throws Exception {
    runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"));
    store = LocalStore.open(folder.resolve("store"));
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

  private Realiser realiser(Limits limits, boolean keepFailed) {
    return new Realiser(
        store, runner, bus, new RealiseSettings(limits, 1, keepFailed, RealNix.hostMounts()));
  }

  private Realiser realiser() {
    return realiser(Limits.NONE, false);
  }

  private StorePath add(DerivationBuilder builder) throws Exception {
    return RealNix.add(store, builder);
  }

  private StorePath add(String name, String script, StorePath... inputs) throws Exception {
    return RealNix.add(store, using(store, RealNix.shell(name, script).output("out"), inputs));
  }

  private static DerivationBuilder using(
      LocalStore store, DerivationBuilder builder, StorePath... inputs) throws Exception {
    var uses = new StringBuilder();
    for (StorePath input : inputs) {
      builder.input(input, "out");
      uses.append(store.readDerivation(input).outputPath("out").orElseThrow()).append(' ');
    }
    return builder.env("uses", uses.toString());
  }

  private StorePath out(StorePath derivation) throws Exception {
    return store.readDerivation(derivation).outputPath("out").orElseThrow();
  }

  @Test
  void aFailureStopsOnlyWhatNeedsItWhenItKeepsGoing() throws Exception {
    StorePath good = add("good", "echo > $out");
    StorePath bad = add("bad", "exit 7");
    StorePath between = add("between", "echo $uses > $out", good, bad);
    StorePath top = add("top", "echo $uses > $out", between);
    StorePath apart = add("apart", "echo $uses > $out", good);

    Realisation result = realiser().realise(List.of(top, apart), new Schedule(2, true));

    assertThat(result.succeeded()).isFalse();
    assertThat(result.failures())
        .singleElement()
        .satisfies(failed -> assertThat(failed.derivation()).isEqualTo(bad));
    assertThat(result.notTried()).containsExactlyInAnyOrder(between, top);
    assertThat(result.of(apart)).get().isInstanceOf(RealiseResult.Built.class);
    assertThat(store.isValid(out(good))).isTrue();
    assertThat(store.isValid(out(top))).isFalse();
  }

  @Test
  void nothingNewStartsAfterAFailureOtherwise() throws Exception {
    StorePath bad = add("bad", "exit 7");
    StorePath after = add("after", "echo $uses > $out", bad);
    StorePath refused =
        add(RealNix.shell("refused", "true").env("requiredSystemFeatures", "kvm").output("out"));

    Realisation result = realiser().realise(List.of(bad, after), new Schedule(1, false));

    assertThat(result.notTried()).containsExactly(after);
    assertThatThrownBy(() -> realiser().realise(List.of(after, refused), new Schedule(1, false)))
        .isInstanceOf(RealiseException.class)
        .hasMessageContaining("'kvm'");
    Realisation going = realiser().realise(List.of(refused), new Schedule(1, true));
    assertThat(going.failures())
        .singleElement()
        .satisfies(failed -> assertThat(failed.reason()).contains("'kvm'"));
  }

  @Test
  void noMoreBuildersRunAtATimeThanThereAreJobs() throws Exception {
    List<StorePath> derivations = new ArrayList<>();
    for (int i = 0; i < 8; i++) {
      String work = "head -c 200000 /dev/urandom | sort | tail -c 1";
      derivations.add(add("n" + i, "echo begin; " + work + " > $out; echo end"));
    }
    var running = new AtomicInteger();
    var most = new AtomicInteger();
    bus.subscribe(
        event -> {
          if (event instanceof BuildEvent.LogLine(_, var line)) {
            if (line.equals("begin")) {
              most.accumulateAndGet(running.incrementAndGet(), Math::max);
            } else {
              running.decrementAndGet();
            }
          }
        });

    assertThat(realiser().realise(derivations, new Schedule(2, false)).succeeded()).isTrue();

    assertThat(running).hasValue(0);
    assertThat(most.get()).isBetween(1, 2);
  }

  @Test
  void aPlanSaysWhatWouldBeBuiltAndChangesNothing() throws Exception {
    StorePath low = add("low", "echo > $out");
    StorePath middle = add("middle", "echo $uses > $out", low);
    StorePath top = add("top", "echo $uses > $out", middle, low);
    Set<StorePath> before = store.allValid();

    RealisePlan plan = Realiser.plan(store, Substitutes.NONE, List.of(top));

    assertThat(plan.toBuild()).containsExactly(low, middle, top);
    assertThat(plan.toFetch()).isEmpty();
    assertThat(store.allValid()).isEqualTo(before);
    RealiseResult _ = realiser().realise(middle);
    assertThat(Realiser.plan(store, Substitutes.NONE, List.of(top)).toBuild()).containsExactly(top);
  }

  /// Another store, of which some paths turn out to be gone when they are fetched.
  private final class OtherStore implements Substitutes {
    private final LocalStore other;
    private final Set<StorePath> gone;

    OtherStore(LocalStore other, Set<StorePath> gone) {
      this.other = other;
      this.gone = gone;
    }

    @Override
    public SortedMap<StorePath, Offer> offers(Collection<StorePath> paths) throws IOException {
      SortedMap<StorePath, Offer> offers = new TreeMap<>();
      for (StorePath path : paths) {
        if (other.isValid(path)) {
          for (StorePath each : other.closure(List.of(path))) {
            if (!store.isValid(each)) {
              offers.put(each, new Offer("other", 1, 1));
            }
          }
        }
      }
      return offers;
    }

    @Override
    public SortedSet<StorePath> substitute(Collection<StorePath> paths) throws IOException {
      SortedSet<StorePath> had = new TreeSet<>();
      for (StorePath path : paths) {
        if (fetch(path)) {
          had.add(path);
        }
      }
      return had;
    }

    private boolean fetch(StorePath path) throws IOException {
      if (gone.contains(path)) {
        return false;
      }
      for (StorePath each : other.closure(List.of(path))) {
        if (!each.equals(path) && !store.isValid(each)) {
          fetch(each);
        }
      }
      try (var _ = store.lock(List.of(path))) {
        if (store.deleteInvalid(path)) {
          Path copy = folder.resolve("copy-" + path.baseName());
          var _ = Nar.copy(other.physical(path), copy);
          store.adopt(copy, path);
          PathInfo info = other.find(path).orElseThrow();
          store.registerOutputs(List.of(info));
        }
      }
      return true;
    }
  }

  @Test
  void whatCanBeHadIsFetchedAndTheRestIsBuilt() throws Exception {
    StorePath low = add("low", "echo low > $out");
    StorePath middle = add("middle", "echo middle > $out", low);
    StorePath gone = add("gone", "echo gone $uses > $out", low);
    StorePath own =
        add(
            using(
                store,
                RealNix.shell("own", "echo own > $out").env("allowSubstitutes", "").output("out"),
                middle,
                gone));
    try (LocalStore other = LocalStore.open(folder.resolve("other"))) {
      StorePath otherLow =
          RealNix.add(other, RealNix.shell("low", "echo low > $out").output("out").env("uses", ""));
      assertThat(otherLow).isEqualTo(low);
      for (StorePath each : List.of(middle, gone, own)) {
        StorePath _ = other.addDerivation(store.readDerivation(each));
      }
      var elsewhere =
          new Realiser(
              other, runner, bus, new RealiseSettings(Limits.NONE, 1, false, RealNix.hostMounts()));
      assertThat(elsewhere.realise(own)).isInstanceOf(RealiseResult.Built.class);
      var substitutes = new OtherStore(other, Set.of(out(gone)));

      RealisePlan plan = Realiser.plan(store, substitutes, List.of(own));
      assertThat(plan.toBuild()).containsExactly(own);
      assertThat(plan.toFetch()).containsOnlyKeys(out(middle), out(gone), out(low));
      Realisation result =
          realiser().withSubstitutes(substitutes).realise(List.of(own), new Schedule(2, false));

      assertThat(result.succeeded()).isTrue();
      assertThat(result.results().keySet())
          .as("the middle was fetched, and so was low for the one that was gone")
          .containsExactlyInAnyOrder(gone, own);
      assertThat(store.isValid(out(low))).isTrue();
      assertThat(store.isValid(out(middle))).isTrue();
    }
  }

  @Test
  void aBuilderThatTakesTooLongOrIsSilentTooLongFails() throws Exception {
    StorePath long1 = add("long", "while :; do echo; done");
    StorePath silent = add("silent", "while :; do :; done");

    RealiseResult first =
        realiser(Limits.NONE.withWallTime(Duration.ofMillis(300)), false).realise(long1);
    RealiseResult second =
        realiser(Limits.NONE.withSilence(Duration.ofMillis(300)), false).realise(silent);

    assertThat(first)
        .isInstanceOfSatisfying(
            RealiseResult.Failed.class,
            failed -> assertThat(failed.reason()).contains("ran longer than the limit of 300 ms"));
    assertThat(second)
        .isInstanceOfSatisfying(
            RealiseResult.Failed.class,
            failed ->
                assertThat(failed.reason()).contains("wrote nothing for the limit of 300 ms"));
  }

  @Test
  void theBuildDirectoryOfAFailedBuildIsKeptWhenAsked() throws Exception {
    StorePath bad = add("bad", "echo left > behind; exit 1");

    RealiseResult kept = realiser(Limits.NONE, true).realise(bad);

    assertThat(kept)
        .isInstanceOfSatisfying(
            RealiseResult.Failed.class,
            failed ->
                assertThat(failed.kept().orElseThrow().resolve("behind")).hasContent("left\n"));
    assertThat(realiser().realise(bad))
        .isInstanceOfSatisfying(
            RealiseResult.Failed.class, failed -> assertThat(failed.kept()).isEmpty());
  }

  @Test
  void interruptingEndsEveryBuilderAndGivesTheLocksBack() throws Exception {
    String endless = "echo started; while :; do :; done";
    List<StorePath> derivations = List.of(add("a", endless), add("b", endless));
    var started = new CountDownLatch(2);
    try (var _ =
            bus.subscribe(
                event -> {
                  if (event instanceof BuildEvent.LogLine(_, var line) && line.equals("started")) {
                    started.countDown();
                  }
                });
        var thread = Executors.newSingleThreadExecutor()) {
      var running = thread.submit(() -> realiser().realise(derivations, new Schedule(2, false)));
      boolean bothRun = started.await(1, TimeUnit.MINUTES);

      thread.shutdownNow();

      assertThat(bothRun).as("both builders run at the same time").isTrue();
      assertThatThrownBy(running::get)
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(InterruptedException.class);
    }
    try (var locks =
        store.tryLock(List.of(out(derivations.get(0)), out(derivations.get(1)))).orElseThrow()) {
      assertThat(locks).isNotNull();
    }
    runner.close();
    try (var left = Files.list(folder.resolve("runs"))) {
      assertThat(left).as("nothing of a sandbox is left").isEmpty();
    }
  }
}
