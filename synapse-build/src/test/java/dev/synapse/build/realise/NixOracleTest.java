package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.sandbox.SandboxRunner;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// Real Nix, where it is installed and can build, builds the same derivations, and must come to the
/// same end: the same bytes, or no output at all.
@Timeout(300)
final class NixOracleTest {
  /// Of what [#everything] gives, as many fail.
  private static final int FAILING = 8;

  @TempDir private Path folder;

  private static DerivationBuilder shell(String name, String script) {
    return RealNix.shell(name, script).output("out");
  }

  private static StorePath text(LocalStore store, String name, Set<StorePath> references)
      throws IOException {
    return store.addText(references.toString().getBytes(StandardCharsets.UTF_8), name, references);
  }

  /// The same derivations in every store, and whether Nix's rules let them be built.
  private static Map<StorePath, Boolean> derivations(LocalStore store) throws Exception {
    StorePath deep = text(store, "deep", Set.of());
    StorePath near = text(store, "near", Set.of(deep));
    StorePath inner = RealNix.add(store, shell("inner", "echo inner > $out"));
    Map<DerivationBuilder, Boolean> builders = new LinkedHashMap<>();
    String refer = "echo $source > $out";
    builders.put(shell("a", refer).env("allowedReferences", near.toString()), true);
    builders.put(shell("b", refer).env("allowedReferences", deep.toString()), false);
    builders.put(shell("c", refer).env("allowedRequisites", near + " " + deep), true);
    builders.put(shell("d", refer).env("allowedRequisites", near.toString()), false);
    builders.put(shell("e", refer).env("disallowedReferences", deep.toString()), true);
    builders.put(shell("f", refer).env("disallowedRequisites", deep.toString()), false);
    builders.put(shell("g", "echo $out > $out").env("allowedReferences", ""), false);
    builders.put(shell("h", "echo $out > $out").env("allowedReferences", "out"), true);
    builders.put(shell("i", "echo $out > $out").env("allowedRequisites", ""), true);
    builders.put(shell("j", "echo > $out").env("disallowedRequisites", "out"), true);
    builders.put(shell("k", "echo $doc > $out; echo $out > $doc").output("doc"), false);
    builders.put(
        shell("l", "echo > $out; echo $out > $doc; echo $doc > $man")
            .output("doc")
            .output("man")
            .env("allowedRequisites", "doc out"),
        true);
    builders.put(
        shell("m", "cat near drv > $out")
            .source(inner)
            .input(inner, "out")
            .env("exportReferencesGraph", "near " + near + "/x drv " + inner),
        true);
    Map<StorePath, Boolean> added = new TreeMap<>();
    for (var builder : builders.entrySet()) {
      added.put(
          RealNix.add(store, builder.getKey().source(near).env("source", near.toString())),
          builder.getValue());
    }
    return added;
  }

  @Test
  void buildsAndRefusesWhatNixDoes() throws Exception {
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    try (LocalStore store = LocalStore.open(theirs)) {
      assertThat(derivations(store)).hasSize(13);
    }

    try (LocalStore store = LocalStore.open(folder.resolve("ours"));
        SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"))) {
      Realiser realiser = realiser(store, runner);
      for (var each : derivations(store).entrySet()) {
        boolean builds = each.getValue();
        String name = each.getKey().name();
        assertThat(nix.realise(theirs, List.of(each.getKey())) == 0)
            .as("Nix builds " + name)
            .isEqualTo(builds);
        assertThat(realiser.realise(each.getKey()) instanceof RealiseResult.Built)
            .as("Synapse builds " + name)
            .isEqualTo(builds);
        for (StorePath output : store.readDerivation(each.getKey()).outputPaths().values()) {
          assertThat(store.isValid(output)).isEqualTo(builds);
          if (builds) {
            assertThat(Nar.hash(store.physical(output)))
                .as("output of " + name)
                .isEqualTo(Nar.hash(theirs.resolve("nix/store").resolve(output.baseName())));
          }
        }
      }
    }
  }

  /// What builders can find out about where they are, and what they may leave: name and script.
  private static Map<String, String> looks() {
    Map<String, String> looks = new LinkedHashMap<>();
    looks.put("identity", "id > $out; cat /etc/passwd /etc/group /etc/hosts >> $out");
    looks.put("host", "uname -n > $out; cat /proc/sys/kernel/domainname >> $out");
    looks.put("root", "ls -A / /etc > $out");
    looks.put(
        "folders", "stat -c '%a %n' . /build /nix /tmp /etc /proc /dev/shm > $out; pwd >> $out");
    looks.put("empty", "ls -A > $out; ls -A /tmp >> $out");
    looks.put("limits", "umask > $out; ulimit -c >> $out; cat /proc/self/personality - >> $out");
    looks.put("environment", "env | sort > $out");
    looks.put("process", "echo $$ $PPID > $out; cut -d ' ' -f 4-7 /proc/self/stat >> $out");
    looks.put("network", "cut -c 1-8 /proc/net/dev > $out; cat /proc/net/route >> $out");
    looks.put("rights", "grep -E '^(CapEff|CapPrm|NoNewPrivs|Seccomp):' /proc/self/status > $out");
    looks.put("setuid", "echo > $out; chmod 4755 $out || chmod 755 $out; stat -c %a $out >> $out");
    looks.put("symlink", "ln -s $source/x $out");
    looks.put("dangling", "ln -s /nowhere $out");
    looks.put(
        "modes",
        "mkdir -p $out/d $out/no; echo > $out/f; chmod 640 $out/f; echo > $out/x; chmod 711 $out/x;"
            + " chmod 1777 $out/d; chmod 600 $out/no; echo > $out/w; chmod 666 $out/w");
    looks.put("links", "mkdir $out; echo a > $out/a; ln $out/a $out/b");
    looks.put("names", "mkdir $out; touch \"$out/$(printf 'a\\377b')\" \"$out/$(printf 'a\\nb')\"");
    looks.put("background", "echo > $out; (sleep 600; echo late >> $out) &");
    looks.put("input", "(echo x >> $source) 2>/dev/null || cat $source > $out");
    looks.put("killed", "echo > $out; kill -9 $$; exit 1");
    looks.put("silent", "true");
    looks.put("pipe", "mkfifo $out");
    looks.put("failing", "echo > $out; exit 5");
    return looks;
  }

  /// Builders of every kind that Nix starts, or cannot start.
  private static List<DerivationBuilder> startings() {
    return List.of(
        shell("features", "echo > $out")
            .env("requiredSystemFeatures", "big-parallel benchmark nixos-test")
            .env("preferLocalBuild", "1"),
        shell("no-feature", "echo > $out").env("requiredSystemFeatures", "nonsense"),
        shell("preferring", "echo $preferLocalBuild > $out").env("preferLocalBuild", "yes"),
        shell("equals", "env | grep ^a= > $out").env("a=b", "c"),
        shell("args", "for a; do echo \"[$a]\"; done > $out")
            .arg("0")
            .arg("")
            .arg(" b  c ")
            .arg("é"),
        shell("files", "cat $aPath $bPath > $out; ls -A | sort >> $out; stat -c %a $aPath >> $out")
            .env("passAsFile", "a b nothing")
            .env("a", "A")
            .env("b", ""),
        Derivation.named("absent").system("x86_64-linux").builder("/no/such").output("out"),
        Derivation.named("relative").system("x86_64-linux").builder("sh").output("out"),
        Derivation.named("upwards")
            .system("x86_64-linux")
            .builder("../bin/sh")
            .arg("-c")
            .arg("echo > $out")
            .output("out"),
        shell("long", "x".repeat(200_000)));
  }

  private static List<StorePath> everything(LocalStore store) throws Exception {
    StorePath source = text(store, "source", Set.of());
    List<StorePath> added = new ArrayList<>();
    for (var look : looks().entrySet()) {
      added.add(
          RealNix.add(
              store,
              shell(look.getKey(), look.getValue())
                  .source(source)
                  .env("source", source.toString())));
    }
    for (DerivationBuilder each : startings()) {
      added.add(RealNix.add(store, each));
    }
    return added;
  }

  @Test
  void buildersFindWhatTheyFindInNixAndLeaveWhatTheyLeaveThere() throws Exception {
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    try (LocalStore nixStore = LocalStore.open(theirs);
        LocalStore store = LocalStore.open(folder.resolve("ours"));
        SandboxRunner runner = new SandboxRunner(RealNix.bubblewrap(), folder.resolve("runs"))) {
      List<StorePath> all = everything(store);
      assertThat(everything(nixStore)).isEqualTo(all);
      int _ = nix.realise(theirs, all, "-j2", "--keep-going", "--cores", "1");
      for (StorePath each : all) { // one by one: some refusals end all of a run
        if (!nixStore.isValid(nixStore.readDerivation(each).outputPath("out").orElseThrow())) {
          int _ = nix.realise(theirs, List.of(each), "--cores", "1");
        }
      }

      Realisation result = realiser(store, runner).realise(all, new Schedule(2, true));

      int built = 0;
      for (StorePath each : all) {
        StorePath out = store.readDerivation(each).outputPath("out").orElseThrow();
        boolean builds = nixStore.isValid(out);
        assertThat(store.isValid(out)).as(each.name() + " " + result.of(each)).isEqualTo(builds);
        if (builds) {
          built++;
          assertThat(contents(store.physical(out)))
              .as(each.name())
              .isEqualTo(contents(nixStore.physical(out)));
          assertThat(store.find(out).orElseThrow().nar())
              .as(each.name())
              .isEqualTo(nixStore.find(out).orElseThrow().nar());
          assertThat(store.references(out)).isEqualTo(nixStore.references(out));
        }
      }
      assertThat(built).isEqualTo(all.size() - FAILING);
    }
  }

  /// For the message of a comparison that fails.
  private static String contents(Path path) throws IOException {
    return Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS) ? Files.readString(path) : "";
  }

  private static Realiser realiser(LocalStore store, SandboxRunner runner) {
    return new Realiser(
        store,
        runner,
        new EventBus(),
        new RealiseSettings(Limits.NONE, 1, false, RealNix.hostMounts()));
  }
}
