package dev.synapse.build.realise;

import static org.assertj.core.api.Assertions.assertThat;

import dev.synapse.build.fetch.Downloader;
import dev.synapse.build.fetch.Host;
import dev.synapse.build.fetch.LoopbackServer;
import dev.synapse.build.fetch.Repositories;
import dev.synapse.events.EventBus;
import dev.synapse.sandbox.Limits;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.derivation.DerivationBuilder;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.nar.NarHasher;
import dev.synapse.store.path.StorePath;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/// Derivations whose builder is part of the builder, ours and Nix's.
@Timeout(120)
final class BuiltinTest {
  @TempDir private Path folder;
  private LocalStore store;
  private Realiser realiser;

  @BeforeEach
  void open() throws Exception {
    store = LocalStore.open(folder.resolve("store"));
    realiser = realiser(store);
  }

  private Realiser realiser(LocalStore in) {
    var bus = new EventBus();
    var downloader =
        new Downloader(
            Repositories.of(Map.of()), new Host(Map.of(), folder, folder, List.of()), bus);
    // An engine without builders: what is built here needs none.
    return new Realiser(
            in, new JavaBuilders(), bus, new RealiseSettings(Limits.NONE, 1, false, List.of()))
        .withDownloads(() -> downloader);
  }

  @AfterEach
  void close() throws Exception {
    if (store != null) {
      store.close();
    }
  }

  private static DerivationBuilder fetch(String name, String url, boolean recursive, Hash hash) {
    return Derivation.named(name)
        .system("builtin")
        .builder("builtin:fetchurl")
        .env("url", url)
        .env("outputHashMode", recursive ? "recursive" : "flat")
        .fixedOutput(recursive, hash);
  }

  private static Hash sha256(byte[] bytes) {
    return Hash.of(HashAlgorithm.SHA256, bytes);
  }

  private Path file(String name, String contents) throws Exception {
    return Files.writeString(folder.resolve(name), contents);
  }

  private StorePath built(DerivationBuilder builder) throws Exception {
    StorePath derivation = RealNix.add(store, builder);
    RealiseResult result = realiser.realise(derivation);
    assertThat(result).as(result.toString()).isInstanceOf(RealiseResult.Built.class);
    return store.readDerivation(derivation).outputPath("out").orElseThrow();
  }

  private String reasonOf(DerivationBuilder builder) throws Exception {
    RealiseResult result = realiser.realise(RealNix.add(store, builder));
    assertThat(result).isInstanceOf(RealiseResult.Failed.class);
    return ((RealiseResult.Failed) result).reason();
  }

  @Test
  void aFileIsFetchedFromTheDiskAndOverHttp() throws Exception {
    byte[] bytes = "fetched\n".getBytes(StandardCharsets.UTF_8);
    Path file = file("x", "fetched\n");
    try (var server =
        new LoopbackServer(
            (asked, out) -> {
              if (asked.path().equals("/x")) {
                LoopbackServer.reply(out, "200 OK", bytes);
              } else {
                LoopbackServer.reply(out, "404 Not Found", new byte[0]);
              }
            })) {
      String address = server.base().toString();
      StorePath fromDisk = built(fetch("disk", file.toUri().toString(), false, sha256(bytes)));
      StorePath fromWeb = built(fetch("web", address + "x", false, sha256(bytes)));

      assertThat(store.physical(fromDisk)).hasBinaryContent(bytes);
      assertThat(store.physical(fromWeb)).hasBinaryContent(bytes);
      assertThat(reasonOf(fetch("none", address + "none", false, sha256(new byte[0]))))
          .contains("/none' is not there");
    }
  }

  @Test
  void aWrongHashIsShownWithTheRightOne() throws Exception {
    Path file = file("x", "fetched\n");
    Hash wrong = sha256(new byte[0]);

    assertThat(reasonOf(fetch("wrong", file.toUri().toString(), false, wrong)))
        .contains(wrong.toSri())
        .contains(sha256("fetched\n".getBytes(StandardCharsets.UTF_8)).toSri());
  }

  @Test
  void onlyWhatHasAFixedHashMayFetch() throws Exception {
    assertThat(
            reasonOf(
                Derivation.named("free")
                    .system("builtin")
                    .builder("builtin:fetchurl")
                    .env("url", file("x", "").toUri().toString())
                    .output("out")))
        .contains("fixed hash");
    assertThat(reasonOf(fetch("scheme", "gopher://x", false, sha256(new byte[0]))))
        .contains("'gopher://x'");
  }

  private Path tree() throws Exception {
    Path tree = Files.createDirectories(folder.resolve("tree/bin"));
    Path program = Files.writeString(tree.resolve("run"), "#!/bin/sh\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Files.createSymbolicLink(tree.resolve("link"), Path.of("run"));
    return folder.resolve("tree");
  }

  /// All kinds of fetches that a derivation can ask for, with their right hashes.
  private List<DerivationBuilder> fetches() throws Exception {
    Path file = file("plain", "plain\n");
    Path tree = tree();
    Path nar = folder.resolve("tree.nar");
    try (var out = Files.newOutputStream(nar)) {
      Nar.write(tree, out);
    }
    Path xz = folder.resolve("tree.nar.xz");
    try (var out = new XZOutputStream(Files.newOutputStream(xz), new LZMA2Options(1))) {
      Files.copy(nar, out);
    }
    Path program = file("program", "plain\n");
    Files.setPosixFilePermissions(program, PosixFilePermissions.fromString("rwxr-xr-x"));
    Hash sha1 = Hash.of(HashAlgorithm.SHA1, "plain\n".getBytes(StandardCharsets.UTF_8));
    Hash sha512;
    try (NarHasher hasher = new NarHasher(HashAlgorithm.SHA512)) {
      Nar.write(file, hasher);
      sha512 = hasher.finish().hash();
    }
    return List.of(
        fetch(
            "flat",
            file.toUri().toString(),
            false,
            sha256("plain\n".getBytes(StandardCharsets.UTF_8))),
        fetch("sha1", file.toUri().toString(), false, sha1),
        fetch("recursive", file.toUri().toString(), true, sha512),
        fetch("executable", file.toUri().toString(), true, Nar.hash(program).hash())
            .env("executable", "1"),
        fetch("unpacked", nar.toUri().toString(), true, Nar.hash(tree).hash()).env("unpack", "1"),
        fetch("unpacked-xz", xz.toUri().toString(), true, Nar.hash(tree).hash())
            .env("unpack", "1"));
  }

  @Test
  void everyKindOfFetchGivesWhatItsHashSays() throws Exception {
    for (DerivationBuilder each : fetches()) {
      assertThat(store.find(built(each)).orElseThrow().contentAddress()).isPresent();
    }
  }

  @Test
  void everyKindOfFetchGivesWhatNixGets() throws Exception {
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    try (LocalStore nixStore = LocalStore.open(theirs)) {
      for (DerivationBuilder each : fetches()) {
        StorePath out = built(each);
        StorePath derivation = RealNix.add(nixStore, each);
        // Nix itself enters its sandbox, and finds there only what it shows.
        assertThat(
                nix.realise(
                    theirs,
                    List.of(derivation),
                    "--option",
                    "extra-sandbox-paths",
                    folder.toString()))
            .as(derivation.name() + ": " + nix.said())
            .isZero();
        assertThat(nixStore.isValid(out)).isTrue();
        assertThat(store.find(out).orElseThrow().nar())
            .isEqualTo(nixStore.find(out).orElseThrow().nar());
        assertThat(store.find(out).orElseThrow().contentAddress())
            .isEqualTo(nixStore.find(out).orElseThrow().contentAddress());
      }
    }
  }

  private static void tar(Path file, Map<String, String> contents) throws Exception {
    try (var out = new TarArchiveOutputStream(Files.newOutputStream(file))) {
      for (var each : contents.entrySet()) {
        byte[] bytes = each.getValue().getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry(each.getKey());
        entry.setSize(bytes.length);
        out.putArchiveEntry(entry);
        out.write(bytes);
        out.closeArchiveEntry();
      }
    }
  }

  private static DerivationBuilder channel(StorePath source) {
    return Derivation.named("channel")
        .system("builtin")
        .builder("builtin:unpack-channel")
        .source(source)
        .env("src", source.toString())
        .env("channelName", "mine")
        .output("out");
  }

  private static DerivationBuilder environment(List<StorePath> packages, StorePath manifest) {
    var listed = new StringBuilder();
    int priority = 5;
    DerivationBuilder builder =
        Derivation.named("profile").system("builtin").builder("builtin:buildenv");
    for (StorePath each : packages) {
      listed.append("true ").append(priority++).append(" 1 ").append(each).append(' ');
      builder.source(each);
    }
    return builder
        .source(manifest)
        .env("derivations", listed.toString())
        .env("manifest", manifest.toString())
        .output("out");
  }

  /// Packages that share folders and files, one that is a link into another, one that brings a
  /// third along.
  private List<StorePath> packages(LocalStore in) throws Exception {
    List<StorePath> added = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      Path one = folder.resolve("package-" + i);
      Files.createDirectories(one.resolve("bin"));
      Files.createDirectories(one.resolve("share/only-" + i + "/deep"));
      Files.createDirectories(one.resolve("share/all/nested"));
      Files.createDirectories(one.resolve("nix-support"));
      Files.writeString(one.resolve("bin/same"), "from " + i);
      Files.writeString(one.resolve("bin/own-" + i), "own");
      Files.writeString(one.resolve("share/all/nested/f" + i), "x");
      Files.writeString(one.resolve(".hidden"), "x");
      Files.writeString(one.resolve("log"), "x");
      if (!Files.isSymbolicLink(one.resolve("dangling"))) {
        Files.createSymbolicLink(one.resolve("dangling"), Path.of("nowhere"));
        Files.createSymbolicLink(one.resolve("sbin-" + i), Path.of("bin"));
      }
      added.add(in.addTree(one, "package-" + i));
    }
    return added;
  }

  /// The hash is that of what real Nix made of the same archive.
  @Test
  void aChannelHoldsTheOneFolderOfAnArchive() throws Exception {
    Path archive = folder.resolve("channel.tar");
    tar(archive, new java.util.TreeMap<>(Map.of("top/default.nix", "1", "top/lib/x.nix", "2")));

    StorePath out = built(channel(store.addTree(archive, "channel.tar")));

    assertThat(store.find(out).orElseThrow().nar().hash().toSri())
        .isEqualTo("sha256-olQfMuu/n9XdhA+Q3T47VBS5+AtLaPEXpSBa5oPOm4U=");
  }

  @Test
  void aProfileLeadsToThePackagesAndMergesTheFoldersTheyShare() throws Exception {
    List<StorePath> packages = packages(store);
    Path out = store.physical(built(environment(packages, packages.get(1))));

    assertThat(out.resolve("bin")).isDirectory();
    assertThat(Files.readSymbolicLink(out.resolve("bin/same")))
        .isEqualTo(Path.of(packages.get(0) + "/bin/same"));
    for (int i = 0; i < packages.size(); i++) {
      assertThat(Files.readSymbolicLink(out.resolve("bin/own-" + i)))
          .isEqualTo(Path.of(packages.get(i) + "/bin/own-" + i));
      assertThat(Files.readSymbolicLink(out.resolve("share/only-" + i)))
          .isEqualTo(Path.of(packages.get(i) + "/share/only-" + i));
      assertThat(out.resolve("share/all/nested/f" + i)).isSymbolicLink();
    }
    assertThat(out.resolve("log")).doesNotExist();
    assertThat(out.resolve("nix-support")).doesNotExist();
    assertThat(Files.readSymbolicLink(out.resolve("manifest.nix")))
        .isEqualTo(Path.of(packages.get(1).toString()));
  }

  private StorePath tree(String name, String... files) throws Exception {
    Path place = Files.createDirectories(folder.resolve("trees").resolve(name));
    for (String file : files) {
      Path each = place.resolve(file);
      Files.createDirectories(each.getParent());
      Files.writeString(each, name);
    }
    return store.addTree(place, name);
  }

  private DerivationBuilder profile(String listed, StorePath... packages) {
    DerivationBuilder builder =
        Derivation.named("profile").system("builtin").builder("builtin:buildenv");
    for (StorePath each : packages) {
      builder.source(each);
    }
    return builder
        .source(packages[0])
        .env("derivations", listed)
        .env("manifest", packages[0].toString())
        .output("out");
  }

  @Test
  void whatAPackageBringsAlongComesLastAndWhatIsOffNotAtAll() throws Exception {
    StorePath along = tree("along", "bin/tool", "bin/more");
    StorePath off = tree("off", "bin/off");
    Path place = Files.createDirectories(folder.resolve("trees/first/nix-support"));
    Files.writeString(place.resolve("propagated-user-env-packages"), along + "\n");
    StorePath first = store.addText(new byte[] {'x'}, "file", Set.of());
    StorePath one = tree("first", "bin/tool");

    Path out =
        store.physical(
            built(
                profile(
                    "true 5 1 %s false 5 1 %s true 6 1 %s".formatted(one, off, first),
                    one,
                    off,
                    along,
                    first)));

    assertThat(Files.readSymbolicLink(out.resolve("bin/tool")))
        .isEqualTo(Path.of(one + "/bin/tool"));
    assertThat(Files.readSymbolicLink(out.resolve("bin/more")))
        .isEqualTo(Path.of(along + "/bin/more"));
    assertThat(out.resolve("bin/off")).doesNotExist();
  }

  @Test
  void packagesThatDoNotGoTogetherAreNamed() throws Exception {
    StorePath file = tree("file", "share");
    StorePath deep = tree("deep", "share/doc");
    StorePath more = tree("more", "share/other");
    StorePath twin = tree("twin", "share");
    Map<String, String> refused = new LinkedHashMap<>();
    refused.put("true 5 1 %s true 5 1 %s".formatted(file, twin), "have the same priority 5");
    refused.put("true 5 1 %s true 6 1 %s".formatted(file, deep), "is a folder and");
    refused.put(
        "true 5 1 %s true 6 1 %s true 7 1 %s".formatted(deep, more, file),
        "is a file, and other packages have a folder");
    refused.put("true five 1 " + file, "is no list of packages");
    refused.put("true 5 2 " + file, "is no list of packages");
    refused.put("true 5 1 /nix/store/" + "0".repeat(32) + "-none", "is not among the inputs");
    for (var each : refused.entrySet()) {
      StorePath derivation = RealNix.add(store, profile(each.getKey(), file, deep, more, twin));
      assertThat(realiser.realise(derivation))
          .isInstanceOfSatisfying(
              RealiseResult.Failed.class,
              failed -> assertThat(failed.reason()).contains(each.getValue()));
    }
  }

  @Test
  void channelsAndProfilesAreWhatNixMakesOfThem() throws Exception {
    Path theirs = folder.resolve("theirs");
    var nix = new RealNix(folder);
    nix.assumeBuilds(theirs);
    Path archive = folder.resolve("channel.tar");
    tar(archive, new java.util.TreeMap<>(Map.of("top/default.nix", "1", "top/lib/x.nix", "2")));
    try (LocalStore nixStore = LocalStore.open(theirs)) {
      for (int i = 0; i < 2; i++) {
        List<StorePath> outs = new ArrayList<>();
        List<StorePath> derivations = new ArrayList<>();
        for (LocalStore each : List.of(store, nixStore)) {
          StorePath source = each.addTree(archive, "channel.tar");
          DerivationBuilder builder =
              i == 0 ? channel(source) : environment(packages(each), source);
          StorePath added = RealNix.add(each, builder);
          derivations.add(added);
          outs.add(each.readDerivation(added).outputPath("out").orElseThrow());
        }
        StorePath derivation = derivations.getFirst();
        assertThat(outs.getFirst()).isEqualTo(outs.getLast());
        assertThat(nix.realise(theirs, List.of(derivation))).as(nix.said()).isZero();
        RealiseResult result = realiser.realise(derivation);
        assertThat(result).as(result.toString()).isInstanceOf(RealiseResult.Built.class);
        assertThat(store.find(outs.getFirst()).orElseThrow().nar())
            .isEqualTo(nixStore.find(outs.getFirst()).orElseThrow().nar());
        assertThat(store.references(outs.getFirst()))
            .isEqualTo(nixStore.references(outs.getFirst()));
      }
    }
  }

  @Test
  void aChannelOfTwoFoldersIsRefused() throws Exception {
    Path archive = folder.resolve("channel.tar");
    tar(archive, Map.of("one/a", "1", "two/b", "2"));

    assertThat(reasonOf(channel(store.addTree(archive, "channel.tar"))))
        .contains("does not hold exactly one entry");
  }

  @Test
  void equalFilesOfEqualPriorityAreRefused() throws Exception {
    List<StorePath> packages = packages(store);
    StorePath manifest = packages.get(2);
    DerivationBuilder builder =
        environment(packages, manifest)
            .env("derivations", "true 5 1 " + packages.get(0) + " true 5 1 " + packages.get(1));

    assertThat(reasonOf(builder)).contains("have the same priority 5");
  }
}
