package dev.synapse.cli;

import dev.synapse.events.EventBus;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.local.Deletion;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.signature.SigningKey;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/// What the start-up cache is made from: the launcher runs this once, and the JVM writes down which
/// classes were loaded and how. It does what commands do, in a folder of its own: above all the
/// build of a package of which everything is in the store already, the case that has to be quick.
public final class WarmUp {
  private static final String MANIFEST =
      """
      [project]
      name = "warm-up"
      version = "1"
      description = "What the start-up cache is made from"
      license = "MIT"
      source-date = 0

      [toolchains.tools]
      debian = { suite = "trixie", packages = ["make"] }
      env = { TOOLS = "/usr/lib/tools" }

      [packages.warm-up]
      aliases = ["warm"]
      source = { %s }
      toolchain = "tools"
      outputs = ["out", "report"]
      env = { NAME = "value" }
      phases.build = "make"
      phases.install = '''
      mkdir -p "$out"
      '''

      [packages.warm-up.gmp]
      stage = "bootstrap"
      mode = "warn"
      tests = ["*.xml"]
      coverage = ["*.xml"]
      sources = ["code"]
      """;

  private static final String CODE =
      """
      class A {
        int number() {
          return 42;
        }
      }
      """;

  private static final String LINES =
      """
      {"files": [{"lines": "2:0:3:1:1", "module": ".", "path": "A.java"}], "version": 1}
      """;

  private static final String LOCK =
      """
      {"for": {"inputs": {}, "maven": {}, "toolchains": {"tools":
        {"architecture": "amd64", "components": ["main"], "links": {}, "packages": ["make"]}}},
       "inputs": {}, "maven": {}, "toolchains": {"tools": {
        "debs": [{"name": "make", "path": "pool/main/m/make/make_1_amd64.deb",
          "repository": "debian", "sha256": "HASH", "size": 1, "version": "1:1+deb13u1"}],
        "narHash": "HASH", "release": "HASH", "suite": "trixie"}},
       "version": 1}
      """;

  private static final String REPORT =
      """
      {"coverage": {"branches": {"covered": 3, "missed": 1}, "files": 1,
         "lines": {"covered": 9, "missed": 1},
         "modules": [{"branches": {"covered": 3, "missed": 1},
           "lines": {"covered": 9, "missed": 1}, "name": "warm-up"}]},
       "notes": [],
       "tests": {"errors": 0, "executed": 2, "failed": 0, "files": 1, "flaky": 0,
         "modules": [{"errors": 0, "executed": 2, "failed": 0, "failures": [], "flaky": 0,
           "name": "warm-up", "passed": 2, "skipped": 1,
           "skippedTests": ["warm.Up.skipped"]}],
         "passed": 2, "skipped": 1},
       "version": 1}
      """;

  /// So much is hashed later than it is read, which takes other classes.
  private static final int LARGE = 1 << 24;

  private WarmUp() {}

  /// What a start-up cache is for.
  enum Kind {
    /// For all commands.
    ALL,
    /// For those that need no project.
    STORE,
    /// For those that need neither a project nor the store's database.
    BARE
  }

  /// Runs commands in the new folder `args[0]`, of the kind that `args[1]` names in lower case.
  /// What they print is thrown away, and some of them fail on purpose.
  public static void main(String[] args) {
    run(Path.of(args[0]).toAbsolutePath(), Kind.valueOf(args[1].toUpperCase(Locale.ROOT)));
    // Last the way that every start takes, to its end.
    Main.main(new String[] {"--version"});
  }

  /// Runs the commands in a new folder, of which nothing stays; answers their exit codes.
  static List<Integer> run(Path folder, Kind kind) {
    try {
      Files.createDirectory(folder);
      try {
        return switch (kind) {
          case ALL -> all(folder);
          case STORE -> store(folder);
          case BARE -> bare(folder);
        };
      } finally {
        Deletion.delete(folder);
      }
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Integer> bare(Path folder) throws Exception {
    Path _ = Files.write(folder.resolve("large"), new byte[LARGE]);
    Path store = folder.resolve("store");
    return List.of(
        run(folder, store, "store", "hash", folder.toString()),
        run(folder, store, "store", "dump", folder.toString()));
  }

  private static List<Integer> store(Path folder) throws Exception {
    Path store = folder.resolve("store");
    Path tree = Files.createDirectory(folder.resolve("tree"));
    Path _ = Files.write(tree.resolve("large"), new byte[LARGE]);
    List<Integer> statuses = new ArrayList<>();
    statuses.add(run(folder, store, "store", "add", tree.toString()));
    String added;
    try (LocalStore open = LocalStore.open(store)) {
      added = open.allValid().first().toString();
    }
    for (String question : List.of("--references", "--requisites", "--tree")) {
      statuses.add(run(folder, store, "store", "query", question, added));
    }
    statuses.add(run(folder, store, "store", "path-info", "--all"));
    statuses.add(run(folder, store, "store", "verify", "--check-contents"));
    statuses.add(run(folder, store, "store", "gc", "--dry-run"));
    statuses.add(run(folder, store, "store", "gc"));
    return statuses;
  }

  private static List<Integer> all(Path folder) throws Exception {
    Path store = folder.resolve("store");
    Path project = Files.createDirectory(folder.resolve("project"));
    Path unversioned = Files.createDirectory(folder.resolve("unversioned"));
    prepare(project, store);
    Files.writeString(unversioned.resolve("synapse.toml"), MANIFEST.formatted("git = true"));
    Files.copy(project.resolve("synapse.lock"), unversioned.resolve("synapse.lock"));

    List<Integer> statuses = new ArrayList<>();
    statuses.add(run(project, store, "build", ".#warm-up"));
    statuses.add(run(project, store, "build", ".#warm", "--no-link", "--json"));
    statuses.add(run(project, store, "gmp", "verify"));
    statuses.add(run(unversioned, store, "build"));
    statuses.add(run(project, store, "build", "--help"));
    statuses.add(run(project, store, "store", "add", project.toString()));
    statuses.add(run(project, store, "store", "path-info", "--all", "--json"));
    statuses.addAll(shared(project, store, folder));
    return statuses;
  }

  /// Into a cache and out of it again.
  private static List<Integer> shared(Path project, Path store, Path folder) throws Exception {
    SigningKey key = SigningKey.generate("warm-up");
    Path secret = Files.writeString(folder.resolve("secret"), key.secret());
    String cache = folder.resolve("cache").toUri().toString();
    Path built = Files.readSymbolicLink(project.resolve("result")).getFileName();
    String path = StoreDirectory.NIX + "/" + built;
    Path other = folder.resolve("other");
    return List.of(
        run(project, store, "cache", "push", cache, path, "--key-file", secret.toString()),
        run(project, other, "cache", "pull", cache, path, "--trusted-key", publicHalf(key)));
  }

  private static String publicHalf(SigningKey key) {
    return key.verificationKey().toString();
  }

  private static int run(Path folder, Path store, String... command) {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    Stream<String> where = Stream.of("-C", folder.toString(), "--store", store.toString());
    return Main.run(
        Stream.concat(where, Arrays.stream(command)).toArray(String[]::new),
        Map.of(),
        nowhere,
        nowhere);
  }

  /// A project with a lock, and a store in which its toolchain and its outputs are.
  private static void prepare(Path project, Path storeFolder) throws Exception {
    PrintStream nowhere =
        new PrintStream(OutputStream.nullOutputStream(), false, StandardCharsets.UTF_8);
    var synapse = new SynapseCommand(Map.of(), nowhere, nowhere);
    Files.writeString(project.resolve("synapse.toml"), MANIFEST.formatted("include = [\"**\"]"));
    Files.writeString(project.resolve("file"), "contents");
    Files.writeString(Files.createDirectory(project.resolve("code")).resolve("A.java"), CODE);
    Files.write(project.resolve("large"), new byte[LARGE]);
    try (LocalStore store = LocalStore.open(storeFolder);
        Workshop workshop = new Workshop(synapse, store, new EventBus())) {
      StorePath tools = store.addTree(project, "tools-toolchain");
      String hash = store.find(tools).orElseThrow().narHash().toSri();
      Files.writeString(project.resolve("synapse.lock"), LOCK.replace("HASH", hash));
      OpenProject opened = OpenProject.in(project, workshop);
      Derivation plan = opened.plan(opened.find(Optional.empty()));
      StorePath derivation = store.addDerivation(plan);
      for (StorePath output : plan.outputPaths().values()) {
        Path tree = Files.createDirectory(storeFolder.resolve(output.name()));
        Files.writeString(tree.resolve("report.json"), canonical(REPORT));
        Files.writeString(tree.resolve("lines.json"), LINES);
        try (PathLocks _ = store.lock(List.of(output))) {
          store.adopt(tree, output);
          var origin = PathInfo.Origin.builtBy(derivation, 1);
          var nar = Nar.hash(store.physical(output));
          store.registerOutputs(List.of(PathInfo.of(output, nar, List.of(), origin)));
        }
      }
    }
  }

  private static String canonical(String json) {
    return json.replaceAll("\\s", "") + "\n";
  }
}
