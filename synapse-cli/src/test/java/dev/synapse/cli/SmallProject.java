package dev.synapse.cli;

import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.build.manifest.Debian;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreDamage;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/// A project that is really built, in a moment: its packages are shell text, its toolchain is a
/// [HostToolchain] that lies in the store already.
record SmallProject(Path folder, Path storeFolder, Program program) {
  private static final Debian ASKED =
      new Debian("trixie", List.of("bash"), Debian.DEFAULT_COMPONENTS, Debian.DEFAULT_ARCHITECTURE);

  private static final String MANIFEST =
      """
      [project]
      name = "demo"
      version = "1.0"
      source-date = 0

      [toolchains.tools]
      debian = { suite = "trixie", packages = ["bash"] }
      """;

  /// A project without packages, or a visible skip where none can be built.
  ///
  /// @param home an empty folder, not the project's
  static SmallProject in(Path home) throws Exception {
    HostToolchain.requireSandbox();
    Path folder = Files.createDirectory(home.resolve("project"));
    Path storeFolder = home.resolve("store");
    var project =
        new SmallProject(
            folder, storeFolder, Program.of(home).with("SYNAPSE_HOME", storeFolder.toString()));
    Files.writeString(folder.resolve("file"), "source");
    Files.writeString(folder.resolve("synapse.toml"), MANIFEST);
    Path root = HostToolchain.copyTo(home.resolve("root"));
    try (LocalStore store = LocalStore.open(storeFolder)) {
      StorePath added = store.addTree(root, "tools-toolchain");
      Hash narHash = store.find(added).orElseThrow().narHash();
      Hash release = Hash.of(HashAlgorithm.SHA256, "no release".getBytes(StandardCharsets.UTF_8));
      new Lock(
              new TreeMap<>(),
              new TreeMap<>(
                  Map.of(
                      "tools",
                      new LockedToolchain(ASKED, new TreeMap<>(), release, narHash, List.of()))),
              new TreeMap<>())
          .write(folder.resolve(Lock.FILE_NAME));
    }
    return project;
  }

  /// Adds a package.
  ///
  /// @param build the phase `build`; it makes `$out` and what other outputs there are
  /// @param more further lines of its table
  SmallProject add(String name, String build, String... more) throws IOException {
    String text =
        """

        [packages.%s]
        source = { include = ["file"] }
        toolchain = "tools"
        %s
        phases.unpack = ""
        phases.build = '''
        %s
        '''
        """
            .formatted(name, String.join("\n", more), build);
    Path manifest = folder.resolve("synapse.toml");
    Files.writeString(manifest, Files.readString(manifest) + text);
    return this;
  }

  /// Changes the manifest.
  void replace(String text, String by) throws IOException {
    Path manifest = folder.resolve("synapse.toml");
    String before = Files.readString(manifest);
    if (!before.contains(text)) {
      throw new IllegalArgumentException("the manifest does not hold: " + text);
    }
    Files.writeString(manifest, before.replace(text, by));
  }

  /// Adds text to the end of the manifest.
  void append(String text) throws IOException {
    Files.writeString(folder.resolve("synapse.toml"), text, StandardOpenOption.APPEND);
  }

  Program.Result build(String... args) throws IOException, InterruptedException {
    return start(args).end();
  }

  Program.Running start(String... args) throws IOException {
    return program.start(
        Stream.concat(Stream.of("-C", folder.toString(), "build"), Stream.of(args))
            .toArray(String[]::new));
  }

  boolean linked() {
    return Files.exists(folder.resolve("result"), LinkOption.NOFOLLOW_LINKS);
  }

  /// Names of the outputs that are valid.
  List<String> outputs() throws IOException {
    try (LocalStore store = LocalStore.open(storeFolder)) {
      return store.allValid().stream()
          .filter(path -> !path.isDerivation())
          .map(StorePath::name)
          .filter(name -> name.endsWith("-1.0") || name.contains("-1.0-"))
          .toList();
    }
  }

  /// What is damaged in the store; reads everything.
  List<StoreDamage> damage() throws IOException {
    try (LocalStore store = LocalStore.open(storeFolder)) {
      return store.verify(true);
    }
  }

  /// Whatever only a run that goes on may have: build directories, locks, files not yet whole, and
  /// store objects that are not valid.
  List<Path> leftovers() throws IOException {
    try (LocalStore store = LocalStore.open(storeFolder)) {
      List<String> valid = store.allValid().stream().map(StorePath::baseName).toList();
      List<Path> found = new ArrayList<>();
      for (Path each :
          List.of(
              storeFolder.resolve("nix/var/nix/builds"),
              storeFolder.resolve("synapse/runs"),
              program.temporary())) {
        found.addAll(children(each));
      }
      for (Path object : children(store.objects())) {
        String name = object.getFileName().toString();
        if (!valid.contains(name) && !name.equals(".links")) {
          found.add(object);
        }
      }
      try (Stream<Path> all = Files.walk(storeFolder)) {
        all.filter(path -> path.toString().matches(".*(\\.part|\\.partial|\\.tmp)"))
            .forEach(found::add);
      }
      return found;
    }
  }

  private static List<Path> children(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      return List.of();
    }
    try (Stream<Path> list = Files.list(folder)) {
      return list.toList();
    }
  }
}
