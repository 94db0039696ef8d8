package dev.synapse.build.realise;

import static dev.synapse.build.realise.JavaBuilders.failing;
import static dev.synapse.build.realise.JavaBuilders.output;
import static dev.synapse.build.realise.JavaBuilders.place;
import static dev.synapse.build.realise.JavaBuilders.say;
import static dev.synapse.build.realise.JavaBuilders.writing;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.synapse.build.progress.BuildEvent;
import dev.synapse.build.rebuild.Difference;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.store.cache.Substitutes;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.Canonical;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// What holds for every engine: the order of a graph, what outputs have to be, what is registered
/// and what is told. Real builders in real rooms are in [RealiserTest] and [RealiseGraphTest].
@Timeout(60)
final class RealiserEngineTest {
  @TempDir private Path folder;
  private final EventBus bus = new EventBus();
  private final JavaBuilders builders = new JavaBuilders();
  private LocalStore store;
  private Realiser realiser;

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("store"));
    realiser = realiser(false);
  }

  private Realiser realiser(boolean keepFailed) {
    return new Realiser(
        store, builders, bus, new RealiseSettings(Limits.NONE, 1, keepFailed, List.of()));
  }

  @AfterEach
  void close() throws Exception {
    if (store != null) {
      store.close();
    }
  }

  private static DerivationBuilder named(String name) {
    return Derivation.named(name).system("x86_64-linux").builder("/bin/made-here");
  }

  private StorePath add(DerivationBuilder builder) throws Exception {
    return RealNix.add(store, builder);
  }

  private StorePath add(String name, JavaBuilders.Builder builder, StorePath... inputs)
      throws Exception {
    builders.on(name, builder);
    DerivationBuilder derivation = named(name).output("out");
    for (StorePath input : inputs) {
      derivation.input(input, "out");
    }
    return add(derivation);
  }

  private StorePath out(StorePath derivation) throws Exception {
    return store.readDerivation(derivation).outputPath("out").orElseThrow();
  }

  private RealiseResult.Failed failure(DerivationBuilder builder) throws Exception {
    RealiseResult result = realiser.realise(add(builder));
    assertThat(result).isInstanceOf(RealiseResult.Failed.class);
    return (RealiseResult.Failed) result;
  }

  private StorePath text(String name, StorePath... references) throws Exception {
    return store.addText(
        (name + List.of(references)).getBytes(StandardCharsets.UTF_8), name, Set.of(references));
  }

  @Test
  void inputsAreBuiltFirstAndNothingIsBuiltTwice() throws Exception {
    StorePath base = add("base", writing("base"));
    StorePath left = add("left", writing(out(base).toString()), base);
    StorePath right = add("right", writing(out(base).toString()), base);
    StorePath top = add("top", writing(out(left) + " " + out(right)), left, right);

    Realisation first = realiser.realise(List.of(top), new Schedule(2, false));
    Realisation second = realiser.realise(List.of(top, base), new Schedule(2, false));

    assertThat(first.succeeded()).isTrue();
    assertThat(builders.run()).containsExactlyInAnyOrder("base", "left", "right", "top");
    assertThat(builders.run().getFirst()).isEqualTo("base");
    assertThat(builders.run().getLast()).isEqualTo("top");
    assertThat(store.references(out(top))).containsExactlyInAnyOrder(out(left), out(right));
    assertThat(store.find(out(top)).orElseThrow().deriver()).contains(top);
    assertThat(second.of(top)).get().isInstanceOf(RealiseResult.Present.class);
    assertThat(second.of(base)).get().isInstanceOf(RealiseResult.Present.class);
  }

  @Test
  void aFailureTellsThePhaseAndTheLastLinesAndKeepsTheLog() throws Exception {
    List<BuildEvent> events = new ArrayList<>();
    try (var _ =
        bus.subscribe(
            event -> {
              if (event instanceof BuildEvent told) {
                events.add(told);
              }
            })) {
      StorePath bad =
          add(
              "bad",
              job -> {
                say(job, "@nix { \"action\": \"setPhase\", \"phase\": \"check\" }\n");
                say(job, "one test failed\n");
                return Optional.of("the builder exited with code 7");
              });
      RealiseResult.Failed failed = (RealiseResult.Failed) realiser.realise(bad);

      assertThat(failed.reason()).isEqualTo("the builder exited with code 7 in phase 'check'");
      assertThat(failed.lastLines()).containsExactly("one test failed");
      assertThat(failed.log()).contains(store.logPath(bad));
      assertThat(failed.kept()).isEmpty();
      assertThat(store.isValid(out(bad))).isFalse();
      assertThat(events)
          .anyMatch(
              event -> event instanceof BuildEvent.BuildStarted(String name) && name.equals("bad"))
          .anyMatch(event -> event instanceof BuildEvent.BuildEnded ended && !ended.success());
    }
  }

  @Test
  void whoKeepsGoingBuildsAllThatDoesNotNeedTheFailure() throws Exception {
    StorePath good = add("good", writing("good"));
    StorePath bad = add("bad", failing("no"));
    StorePath top = add("top", writing("top"), good, bad);
    StorePath foreign =
        add(Derivation.named("foreign").system("riscv64-linux").builder("/bin/sh").output("out"));
    StorePath apart = add("apart", writing("apart"), good);

    Realisation result = realiser.realise(List.of(top, apart, foreign), new Schedule(1, true));

    assertThat(result.succeeded()).isFalse();
    assertThat(result.failures())
        .extracting(RealiseResult.Failed::derivation)
        .containsExactlyInAnyOrder(bad, foreign);
    assertThat(result.notTried()).containsExactly(top);
    assertThat(result.of(apart)).get().isInstanceOf(RealiseResult.Built.class);
    assertThat(result.of(top)).isEmpty();
  }

  @Test
  void otherwiseNothingStartsAfterAFailure() throws Exception {
    StorePath bad = add("bad", failing("no"));
    StorePath after = add("after", writing("x"), bad);

    Realisation result = realiser.realise(List.of(after), Schedule.SERIAL);

    assertThat(builders.run()).containsExactly("bad");
    assertThat(result.notTried()).containsExactly(after);
    assertThat(realiser.realise(after)).isInstanceOf(RealiseResult.Failed.class);
  }

  @Test
  void theBuildDirectoryOfAFailureStaysIfItIsToBeKept() throws Exception {
    StorePath bad =
        add(
            "bad",
            job -> {
              Files.writeString(job.places().build().resolve("half"), "done");
              return Optional.of("no");
            });

    var failed = (RealiseResult.Failed) realiser(true).realise(bad);

    assertThat(failed.kept().orElseThrow().resolve("half")).hasContent("done");
  }

  @Test
  void anOutputHasToBeThereAndToBeAFileThatAStoreKeeps() throws Exception {
    builders
        .on("none", _ -> Optional.empty())
        .on(
            "open",
            job -> {
              Files.writeString(place(job, "out"), "x");
              Files.setPosixFilePermissions(
                  place(job, "out"), PosixFilePermissions.fromString("rw-rw-rw-"));
              return Optional.empty();
            });

    assertThat(failure(named("none").output("out")).reason())
        .startsWith("the builder did not make output 'out'");
    assertThat(failure(named("open").output("out")).reason()).contains("may be written by others");
  }

  @Test
  void aFixedOutputIsTakenWithItsHashAlone() throws Exception {
    byte[] bytes = "fixed".getBytes(StandardCharsets.UTF_8);
    Hash right = Hash.of(HashAlgorithm.SHA256, bytes);
    Hash wrong = Hash.of(HashAlgorithm.SHA256, new byte[0]);
    builders
        .on("flat", writing("fixed"))
        .on("wrong", writing("fixed"))
        .on(
            "program",
            job -> {
              Files.writeString(place(job, "out"), "fixed");
              Files.setPosixFilePermissions(
                  place(job, "out"), PosixFilePermissions.fromString("rwxr-xr-x"));
              return Optional.empty();
            });

    StorePath flat = add(named("flat").fixedOutput(false, right));
    assertThat(realiser.realise(flat)).isInstanceOf(RealiseResult.Built.class);
    assertThat(store.find(out(flat)).orElseThrow().contentAddress()).isPresent();
    assertThat(failure(named("wrong").fixedOutput(false, wrong)).reason())
        .contains(right.toSri())
        .contains(wrong.toSri());
    assertThat(failure(named("program").fixedOutput(false, right)).reason())
        .contains("must be a file that is not executable");
    StorePath sha1 = add(named("sha1").fixedOutput(true, Hash.of(HashAlgorithm.SHA1, bytes)));
    builders.on("sha1", writing("fixed"));
    assertThat(((RealiseResult.Failed) realiser.realise(sha1)).reason()).contains("has hash sha1-");
  }

  @Test
  void aFixedOutputRefersToNothing() throws Exception {
    StorePath other = text("other");
    byte[] bytes = other.toString().getBytes(StandardCharsets.UTF_8);
    builders.on("referring", writing(other.toString()));

    assertThat(
            failure(
                    named("referring")
                        .source(other)
                        .fixedOutput(false, Hash.of(HashAlgorithm.SHA256, bytes)))
                .reason())
        .contains("must not refer to " + other);
  }

  @Test
  void outputsReferToEachOtherButNotInACircle() throws Exception {
    builders
        .on(
            "line",
            job -> {
              Files.writeString(place(job, "out"), "alone");
              Files.writeString(place(job, "doc"), output(job, "out") + " " + output(job, "doc"));
              return Optional.empty();
            })
        .on(
            "circle",
            job -> {
              Files.writeString(place(job, "out"), output(job, "doc").toString());
              Files.writeString(place(job, "doc"), output(job, "out").toString());
              return Optional.empty();
            });

    StorePath line = add(named("line").output("out").output("doc"));
    assertThat(realiser.realise(line)).isInstanceOf(RealiseResult.Built.class);
    StorePath doc = store.readDerivation(line).outputPath("doc").orElseThrow();
    assertThat(store.references(doc)).containsExactlyInAnyOrder(out(line), doc);
    assertThat(failure(named("circle").output("out").output("doc")).reason())
        .contains("refer to each other in a circle");
  }

  /// The judgements are those of real Nix, which [StructuredOracleTest] asks again where it is.
  @Test
  void checksOfOutputsAllowAndForbidWhatNixDoes() throws Exception {
    StorePath deep = text("deep");
    StorePath near = text("near", deep);
    int number = 0;
    for (var check : StructuredOracleTest.checks(near, deep).entrySet()) {
      String name = "checked" + number++;
      builders.on(name, writing(near + "\n"));
      String json = "{\"near\":\"%s\",\"outputChecks\":%s}".formatted(near, check.getKey());
      StorePath derivation = add(named(name).env("__json", json).source(near).output("out"));
      assertThat(realiser.realise(derivation))
          .as(check.getKey())
          .isInstanceOf(check.getValue() ? RealiseResult.Built.class : RealiseResult.Failed.class);
    }
  }

  @Test
  void listsOfReferencesHoldForEveryOutput() throws Exception {
    StorePath deep = text("deep");
    StorePath near = text("near", deep);
    builders.on("referring", writing(near.toString()));

    assertThat(
            failure(named("referring").source(near).env("allowedReferences", "").output("out"))
                .reason())
        .isEqualTo(
            "output 'out' refers to " + near + ", which its allowedReferences does not name");
    assertThat(
            failure(
                    named("referring")
                        .source(near)
                        .env("disallowedRequisites", deep.toString())
                        .output("out"))
                .reason())
        .isEqualTo("output 'out' needs " + deep + ", which its disallowedRequisites names");
    StorePath allowed =
        add(
            named("referring")
                .source(near)
                .env("allowedRequisites", near + " " + deep)
                .output("out"));
    assertThat(realiser.realise(allowed)).isInstanceOf(RealiseResult.Built.class);
  }

  @Test
  void whatCannotBeTriedIsRefusedBeforeAnythingIsBuilt() throws Exception {
    StorePath input = add("input", writing("input"));
    Map<DerivationBuilder, String> refused =
        Map.of(
            named("a").env("__impureHostDeps", "/etc/passwd"), "__impureHostDeps",
            named("b").env("__noChroot", "1"), "__noChroot",
            named("c").env("requiredSystemFeatures", "big-parallel kvm"), "'kvm'",
            named("d").env("allowedReferences", "nonsense"), "'nonsense'",
            named("e").env("__json", "[]"), "no JSON object",
            named("f").env("__json", "{"), "no JSON",
            named("g").env("__json", "{\"__noChroot\":1}"), "__noChroot that is not a boolean",
            named("h").env("__json", "{\"requiredSystemFeatures\":\"kvm\"}"), "a list of strings",
            named("i").env("__json", "{\"outputChecks\":{\"out\":{\"maxSize\":\"1\"}}}"),
                "maxSize that is not a number of bytes",
            Derivation.named("j").system("builtin").builder("builtin:other"), "builtin:fetchurl");
    for (var each : refused.entrySet()) {
      StorePath derivation = add(each.getKey().input(input, "out").output("out"));
      assertThatThrownBy(() -> realiser.realise(derivation))
          .isInstanceOf(RealiseException.class)
          .hasMessageContaining(each.getValue())
          .hasMessageNotContaining("\n");
    }
    assertThat(builders.run()).isEmpty();
  }

  @Test
  void aToolchainRootHasToBeAnInput() throws Exception {
    StorePath root = text("root");
    List<Optional<StorePath>> seen = new ArrayList<>();
    JavaBuilders.Builder builder =
        job -> {
          seen.add(job.task().toolchain());
          return writing("x").build(job);
        };
    builders.on("with", builder).on("without", builder).on("no-path", builder);

    RealiseResult _ =
        realiser.realise(
            add(
                named("with")
                    .source(root)
                    .env(Realiser.ROOT_VARIABLE, root.toString())
                    .output("out")));

    assertThat(seen).containsExactly(Optional.of(root));
    StorePath without =
        add(named("without").env(Realiser.ROOT_VARIABLE, root.toString()).output("out"));
    assertThatThrownBy(() -> realiser.realise(without))
        .hasMessageContaining("not among its inputs");
    StorePath noPath = add(named("no-path").env(Realiser.ROOT_VARIABLE, "/usr").output("out"));
    assertThatThrownBy(() -> realiser.realise(noPath)).hasMessageContaining("no toolchain root");
  }

  @Test
  void buildingAgainShowsWhichOutputsDiffer() throws Exception {
    var times = new int[1];
    StorePath derivation =
        add(
            "counting",
            job -> {
              times[0]++;
              return writing("run " + times[0]).build(job);
            });
    StorePath same = add("same", writing("same"));
    StorePath fickle =
        add("fickle", job -> job.anew() ? Optional.of("not again") : writing("x").build(job));
    assertThat(realiser.realise(List.of(derivation, same, fickle), Schedule.SERIAL).succeeded())
        .isTrue();

    Realiser.Rebuild different = realiser.rebuild(derivation);

    assertThat(different.reproducible()).isFalse();
    assertThat(different.differences().get("out"))
        .singleElement()
        .satisfies(each -> assertThat(each.aspects()).containsExactly(Difference.Aspect.CONTENT));
    assertThat(store.physical(out(derivation))).hasContent("run 1");
    assertThat(realiser.rebuild(same).reproducible()).isTrue();
    assertThat(realiser.rebuild(fickle).failure().orElseThrow().reason()).isEqualTo("not again");
  }

  @Test
  void onlyMissingOutputsAreTakenFromABuildThatMakesAll() throws Exception {
    builders.on(
        "both",
        job -> {
          Files.writeString(place(job, "out"), "out");
          Files.writeString(place(job, "doc"), "doc");
          return Optional.empty();
        });
    StorePath both = add(named("both").output("out").output("doc"));
    RealiseResult _ = realiser.realise(both);
    StorePath doc = store.readDerivation(both).outputPath("doc").orElseThrow();
    long registered = store.find(out(both)).orElseThrow().registrationTime();
    // What a store was asked for it keeps until it is closed.
    close();
    open();
    assertThat(store.collector().delete(List.of(doc)).deleted()).hasSize(1);

    assertThat(realiser.realise(both)).isInstanceOf(RealiseResult.Built.class);

    assertThat(store.physical(doc)).hasContent("doc");
    assertThat(store.find(out(both)).orElseThrow().registrationTime()).isEqualTo(registered);
  }

  @Test
  void whatLiesInTheWayOfAnOutputAndIsNotValidGoes() throws Exception {
    StorePath good = add("good", writing("made"));
    StorePath bad = add("bad", failing("no"));
    for (StorePath each : List.of(good, bad)) {
      Path left = Files.createDirectories(store.physical(out(each)).resolve("of/an/earlier"));
      Files.writeString(left.resolve("build"), "x");
    }

    assertThat(realiser.realise(good)).isInstanceOf(RealiseResult.Built.class);
    assertThat(realiser.realise(bad)).isInstanceOf(RealiseResult.Failed.class);

    assertThat(store.physical(out(good))).isRegularFile().hasContent("made");
    assertThat(store.physical(out(bad))).doesNotExist();
    assertThat(store.verify(true)).isEmpty();
  }

  @Test
  void thePlanNamesInputsBeforeWhatNeedsThemAndBuildsNothing() throws Exception {
    StorePath base = add("base", writing("base"));
    StorePath top = add("top", writing("top"), base);

    RealisePlan plan = Realiser.plan(store, Substitutes.NONE, List.of(top));

    assertThat(plan.toBuild()).containsExactly(base, top);
    assertThat(plan.toFetch()).isEmpty();
    assertThat(builders.run()).isEmpty();
    StorePath missing = StorePath.parse("/nix/store/" + "0".repeat(32) + "-missing.drv");
    assertThatThrownBy(() -> Realiser.plan(store, Substitutes.NONE, List.of(missing)))
        .isInstanceOf(RealiseException.class)
        .hasMessageContaining("missing.drv");
  }

  /// Makes outputs valid as another machine would that has built them.
  private Substitutes offering(StorePath only, boolean gives) {
    return new Substitutes() {
      @Override
      public SortedMap<StorePath, Offer> offers(Collection<StorePath> paths) {
        SortedMap<StorePath, Offer> offers = new TreeMap<>();
        if (paths.contains(only)) {
          offers.put(only, new Offer("a neighbour", 1, 2));
        }
        return offers;
      }

      @Override
      public SortedSet<StorePath> substitute(Collection<StorePath> paths) throws IOException {
        SortedSet<StorePath> made = new TreeSet<>();
        if (gives && paths.contains(only)) {
          Path place = store.physical(only);
          Files.writeString(place, "fetched");
          Canonical.apply(place);
          store.registerOutputs(
              List.of(
                  PathInfo.of(only, Nar.hash(place), List.of(), PathInfo.Origin.builtBy(only, 1))));
          made.add(only);
        }
        return made;
      }
    };
  }

  @Test
  void whatCanBeHadElsewhereIsNotBuiltNorWhatOnlyItNeeds() throws Exception {
    StorePath base = add("base", writing("base"));
    StorePath middle = add("middle", writing("middle"), base);
    StorePath top = add("top", writing("top"), middle);

    Realisation result =
        realiser
            .withSubstitutes(offering(out(middle), true))
            .realise(List.of(top), Schedule.SERIAL);

    assertThat(result.succeeded()).isTrue();
    assertThat(builders.run()).containsExactly("top");
    assertThat(store.physical(out(middle))).hasContent("fetched");
  }

  @Test
  void whatWasOfferedInVainIsBuilt() throws Exception {
    StorePath base = add("base", writing("base"));
    StorePath top = add("top", writing("top"), base);
    Substitutes liar = offering(out(base), false);

    assertThat(realiser.withSubstitutes(liar).realise(top)).isInstanceOf(RealiseResult.Built.class);
    assertThat(builders.run()).containsExactly("base", "top");
  }

  @Test
  void withoutBuildingOnlyWhatIsThereOrCanBeHadIsRealised() throws Exception {
    StorePath derivation = add("made", writing("made"));
    StorePath out = out(derivation);

    assertThat(Realiser.withoutBuilding(store, Substitutes.NONE, List.of(derivation))).isEmpty();
    assertThat(Realiser.withoutBuilding(store, offering(out, false), List.of(derivation)))
        .isEmpty();
    assertThat(Realiser.withoutBuilding(store, offering(out, true), List.of(derivation)))
        .hasValueSatisfying(
            all -> assertThat(all.of(derivation)).get().isInstanceOf(RealiseResult.Present.class));
    assertThat(store.physical(out)).hasContent("fetched");
    assertThat(builders.run()).isEmpty();
  }

  @Test
  void anOutputThatNoStoreKeepsIsTheFaultOfTheBuilder() throws Exception {
    builders
        .on(
            "pipe",
            job -> {
              Path place = Files.createDirectory(place(job, "out"));
              return run("mkfifo", place.resolve("pipe").toString());
            })
        .on("deep", job -> run("/bin/sh", "-c", DEEP, "sh", place(job, "out").toString()));

    assertThat(failure(named("pipe").output("out")).reason())
        .contains("holds 'pipe', which is neither a file, a directory nor a symbolic link");
    assertThat(failure(named("deep").output("out")).reason())
        .contains("folders so deep that their names are longer than a path can be");
  }

  /// A path of some five thousand bytes, of which a process can be told no more than 4096 at once.
  private static final String DEEP =
      "mkdir $1; cd $1; n=$(printf %250s | tr ' ' d); i=0;"
          + " while [ $i -lt 20 ]; do mkdir $n; cd -P $n; i=$((i + 1)); done";

  private static Optional<String> run(String... command) throws IOException {
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.onExit().join().exitValue()).as(said).isZero();
    return Optional.empty();
  }
}
