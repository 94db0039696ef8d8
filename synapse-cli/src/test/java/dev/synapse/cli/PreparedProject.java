package dev.synapse.cli;

import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.build.manifest.Debian;
import dev.synapse.gmp.report.BareReports;
import dev.synapse.store.derivation.Derivation;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.PathInfo;
import dev.synapse.store.local.PathLocks;
import dev.synapse.store.nar.Nar;
import dev.synapse.store.path.StorePath;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// A project whose inputs and outputs are in the store, as after a build: commands on it need
/// neither network nor sandbox.
record PreparedProject(Session session) {
  private static final String MANIFEST =
      """
      [project]
      name = "demo"
      version = "1.0"
      source-date = 0

      [toolchains.tools]
      debian = { suite = "trixie", packages = ["make"] }

      [inputs.data]
      url = "https://example.org/data-1.0"

      [packages.demo]
      aliases = ["other-name"]
      source = { include = ["src/**"] }
      toolchain = "tools"
      inputs = ["data"]
      """;

  /// A project without gate.
  static PreparedProject in(Path temporary) throws Exception {
    var project = new PreparedProject(Session.in(temporary));
    project.session.write("synapse.toml", MANIFEST);
    project.session.write("src/main.c", "int main(void) { return 0; }\n");
    try (LocalStore store = project.session.store()) {
      project.lock(store, temporary);
    }
    return project;
  }

  /// Gives the package a gate.
  PreparedProject gated(String stage, String mode) throws Exception {
    session.write(
        "synapse.toml",
        MANIFEST
            + """
            outputs = ["out", "report"]

            [packages.demo.gmp]
            stage = "%s"
            mode = "%s"
            tests = ["*.xml"]
            coverage = ["*.xml"]
            """
                .formatted(stage, mode));
    return this;
  }

  /// Gives the package a gate that has these lines, and reports of tests and coverage.
  PreparedProject gatedBy(String gate) throws Exception {
    session.write(
        "synapse.toml",
        MANIFEST
            + "outputs = [\"out\", \"report\"]\n\n[packages.demo.gmp]\n"
            + "tests = [\"*.xml\"]\ncoverage = [\"*.xml\"]\n"
            + gate);
    return this;
  }

  private void lock(LocalStore store, Path temporary) throws Exception {
    Path root = Files.createDirectories(temporary.resolve("root/usr/bin"));
    Files.writeString(root.resolve("bash"), "no program");
    Path data = Files.writeString(temporary.resolve("data"), "data");
    Hash rootHash = added(store, temporary.resolve("root"), "tools-toolchain");
    Hash dataHash = added(store, data, "data-1.0");
    var toolchain =
        new LockedToolchain(
            new Debian(
                "trixie", List.of("make"), Debian.DEFAULT_COMPONENTS, Debian.DEFAULT_ARCHITECTURE),
            new TreeMap<>(),
            hash("release"),
            rootHash,
            List.of());
    var input =
        new LockedInput.Url(
            List.of("https://example.org/data-1.0"), "data-1.0", false, hash("data"), dataHash);
    new Lock(
            new TreeMap<>(Map.of("data", input)),
            new TreeMap<>(Map.of("tools", toolchain)),
            new TreeMap<>())
        .write(session.folder().resolve(Lock.FILE_NAME));
  }

  private static Hash added(LocalStore store, Path tree, String name) throws Exception {
    return store.find(store.addTree(tree, name)).orElseThrow().narHash();
  }

  private static Hash hash(String text) {
    return Hash.of(HashAlgorithm.SHA256, text.getBytes(StandardCharsets.UTF_8));
  }

  /// What commands will plan for the package.
  Derivation plan() throws Exception {
    try (LocalStore store = session.store();
        Workshop workshop = session.workshop(store)) {
      OpenProject project = OpenProject.in(session.folder(), workshop);
      return project.plan(project.find(Optional.empty()));
    }
  }

  /// Makes the outputs valid, as a build would, and keeps a log.
  ///
  /// @param report what the output `report` holds, if there is one
  Derivation built(String report) throws Exception {
    return built(report, Optional.empty());
  }

  /// The same with what was covered by line.
  Derivation built(String report, String lines) throws Exception {
    return built(report, Optional.of(lines));
  }

  private Derivation built(String report, Optional<String> lines) throws Exception {
    Derivation plan = plan();
    try (LocalStore store = session.store()) {
      StorePath derivation = store.addDerivation(plan);
      for (var output : plan.outputPaths().entrySet()) {
        Path tree = Files.createTempDirectory(session.folder().getParent(), "output");
        Files.writeString(
            tree.resolve(output.getKey().equals("report") ? "report.json" : "file"), report);
        if (output.getKey().equals("report") && lines.isPresent()) {
          Files.writeString(tree.resolve("lines.json"), lines.get());
        }
        try (PathLocks _ = store.lock(List.of(output.getValue()))) {
          store.adopt(tree, output.getValue());
          store.registerOutputs(
              List.of(
                  PathInfo.of(
                      output.getValue(),
                      Nar.hash(store.physical(output.getValue())),
                      List.of(),
                      PathInfo.Origin.builtBy(derivation, 1))));
        }
      }
      try (OutputStream log = store.logs().writer(derivation)) {
        log.write("compiling\n".getBytes(StandardCharsets.UTF_8));
      }
    }
    return plan;
  }

  /// The canonical report of that many tests and lines.
  String report(int passed, int failed, int covered, int missed) throws Exception {
    Path folder = Files.createTempDirectory(session.folder().getParent(), "evidence");
    Files.writeString(folder.resolve("TEST-a.xml"), Evidence.tests(passed, failed));
    Files.writeString(folder.resolve("jacoco.xml"), Evidence.coverage(covered, missed));
    return BareReports.read(folder, List.of("TEST-a.xml"), List.of("jacoco.xml")).toJson();
  }
}
