package dev.synapse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.transfer.StoreExport;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What `build` makes of its options, and of Nix's answers, which a script gives here.
final class EngineOptionsTest {
  @TempDir private Path temporary;
  private PreparedProject project;
  private Session session;
  private Path programs;

  @BeforeEach
  void prepare() throws Exception {
    project = PreparedProject.in(temporary);
    session = project.session();
    programs = Files.createDirectory(temporary.resolve("programs"));
  }

  private Session.Result build(String... more) {
    List<String> args =
        new ArrayList<>(
            List.of(
                "-C",
                session.folder().toString(),
                "--store",
                session.storeFolder().toString(),
                "build"));
    args.addAll(List.of(more));
    return Session.with(Map.of("PATH", programs + ":/usr/bin:/bin"), args.toArray(String[]::new));
  }

  /// A Nix that sends `contents` as the output, and says when asked that it is not there yet.
  private void installNix(String contents) throws Exception {
    Derivation plan = project.plan();
    StorePath out = plan.outputPath("out").orElseThrow();
    Path file = Files.writeString(Files.createTempFile(temporary, "made", ""), contents);
    try (LocalStore theirs = LocalStore.open(Files.createTempDirectory(temporary, "theirs"))) {
      try (PathLocks _ = theirs.lock(List.of(out))) {
        theirs.adopt(file, out);
        theirs.registerOutputs(
            List.of(
                PathInfo.of(
                    out,
                    Nar.hash(theirs.physical(out)),
                    List.of(),
                    PathInfo.Origin.builtBy(plan.storePath(), 1))));
      }
      try (OutputStream export = Files.newOutputStream(programs.resolve("export"))) {
        StoreExport.write(theirs, List.of(out), export);
      }
    }
    for (String name : List.of("nix", "nix-store")) {
      Path program =
          Files.writeString(
              programs.resolve(name),
              """
              #!/bin/bash
              case " $* " in
                *' --export '*) cat '%s/export' ;;
                *' --print-invalid '*) echo missing ;;
                *' --check '*) exit 9 ;;
              esac
              """
                  .formatted(programs));
      assertThat(program.toFile().setExecutable(true)).isTrue();
    }
  }

  @Test
  void anUnknownEngineAndWhatGoesWithNoneAreRefused() {
    assertRefused("--engine takes synapse or nix, not 'bazel'", "--engine", "bazel");
    assertRefused("--nix-store is for --engine nix and --cross-check", "--nix-store", "daemon");
    assertRefused(
        "'https://cache.example.org' is no store that Nix builds in",
        "--engine",
        "nix",
        "--nix-store",
        "https://cache.example.org");
    assertRefused("--compare is for --rebuild and --cross-check", "--compare", "out");
  }

  private void assertRefused(String error, String... options) {
    var result = build(options);
    assertThat(result.status()).isEqualTo(2);
    assertThat(result.err().lines().findFirst()).contains("error: " + error);
  }

  @Test
  void whereNixIsMissingOneLineSaysWhatToInstall() throws Exception {
    for (String option : List.of("--engine=nix", "--cross-check")) {
      var result =
          Session.with(
              Map.of("PATH", programs.toString()),
              "-C",
              session.folder().toString(),
              "--store",
              session.storeFolder().toString(),
              "build",
              option);
      assertThat(result.status()).isEqualTo(3);
      assertThat(result.err())
          .startsWith("error: real Nix is not installed: there is no program 'nix' on the PATH\n")
          .contains("hint: install Nix 2.4 or newer (on Debian: apt-get install nix-bin)");
    }
  }

  @Test
  void nixBuildsWhereThereIsNoSandboxOfOurs() throws Exception {
    installNix("made by Nix");
    var result = build("--engine", "nix", "--json", "--nix-store", "/nowhere");
    assertThat(result.status()).as(result.err()).isZero();
    assertThat(session.folder().resolve("result")).hasContent("made by Nix");
    assertThat(result.json().required("engine").asString()).isEqualTo("nix");
    assertThat(result.json().required("built").asBoolean()).isTrue();
    assertThat(result.json().required("crossChecked").isNull()).isTrue();
    assertThat(result.err()).contains("inputs to Nix at '/nowhere'");
  }

  @Test
  void whatNixMakesDifferentlyTheSecondTimeIsRejected() throws Exception {
    installNix("first");
    assertThat(build("--engine", "nix").status()).isZero();
    installNix("second");

    var result = build("--engine", "nix", "--rebuild", "--json");

    assertThat(result.status()).isEqualTo(1);
    assertThat(result.err())
        .contains(
            "not reproducible: a second build of demo differs",
            "line 1: 'first', then 'second'",
            "rejected: no result link");
    var difference = result.json().required("differences").path(0);
    assertThat(difference.required("output").asString()).isEqualTo("out");
    assertThat(difference.required("engine").asString()).isEqualTo("nix");
    assertThat(session.folder().resolve("result")).doesNotExist();
    assertThat(build().err()).contains("not reproducible: when demo was built again, out differed");
  }

  @Test
  void enginesThatDifferedAreRejectedUntilTheyAgree() throws Exception {
    Derivation plan = project.built("contents");
    try (LocalStore store = session.store()) {
      RebuildRecord record =
          RebuildRecord.of(store, plan.storePath(), RebuildRecord.Kind.OTHER_ENGINE);
      record.note(new java.util.TreeSet<>(List.of("out")));
      var rejected = build("--json");
      assertThat(rejected.status()).isEqualTo(1);
      assertThat(rejected.json().required("crossChecked").asBoolean()).isFalse();
      assertThat(rejected.json().required("reproducible").isNull()).isTrue();
      assertThat(rejected.json().required("disposition").asString()).isEqualTo("rejected");
      assertThat(rejected.err())
          .contains("the engines differ: when demo was built with both, out differed");
      record.note(new java.util.TreeSet<>());
    }
    assertThat(build().status()).isZero();
  }

  @Test
  void eachComparisonIsMadeByTheEnginesThatItNeeds() {
    var synapse = EngineOptions.Name.SYNAPSE;
    var nix = EngineOptions.Name.NIX;
    var again = RebuildRecord.Kind.AGAIN;
    var cross = RebuildRecord.Kind.OTHER_ENGINE;
    assertThat(Repeat.of(synapse, false, false, true)).isEmpty();
    assertThat(Repeat.of(nix, true, false, true)).containsExactly(new Repeat(nix, again));
    assertThat(Repeat.of(synapse, false, true, true)).containsExactly(new Repeat(nix, cross));
    assertThat(Repeat.of(synapse, false, true, false))
        .containsExactly(new Repeat(synapse, cross), new Repeat(nix, cross));
    assertThat(Repeat.of(nix, true, true, false))
        .containsExactly(new Repeat(nix, again), new Repeat(synapse, cross));
  }

  @Test
  void eachComparisonSaysWhatItShowed() {
    var cross = new Repeat(EngineOptions.Name.NIX, RebuildRecord.Kind.OTHER_ENGINE);
    var again = new Repeat(EngineOptions.Name.NIX, RebuildRecord.Kind.AGAIN);
    assertThat(cross.failed())
        .isEqualTo("the build succeeded before and failed with the engine 'nix':");
    assertThat(again.failed())
        .isEqualTo("the build succeeded once and failed when it was repeated:");
    assertThat(cross.verdict("demo", true))
        .isEqualTo("cross-checked: the engine 'nix' made the same bytes of demo");
    assertThat(cross.verdict("demo", false))
        .isEqualTo("the engines differ: what 'nix' made of demo is not the same");
  }
}
