package dev.synapse.cli;

import dev.synapse.build.document.Problem;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.plan.BuilderScripts;
import dev.synapse.build.plan.Planner;
import dev.synapse.build.project.ProjectInputs;
import dev.synapse.build.realise.RealiseSettings;
import dev.synapse.store.derivation.Derivation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/// The project that a command works on: its manifest, its lock, and a workshop for it.
final class OpenProject {
  private final Workshop workshop;
  private final Path folder;
  private final Manifest manifest;

  private OpenProject(Workshop workshop, Path folder, Manifest manifest) {
    this.workshop = workshop;
    this.folder = folder;
    this.manifest = manifest;
  }

  /// Reads the manifest in `folder`.
  static OpenProject in(Path folder, Workshop workshop) throws Exception {
    Path file = folder.resolve(Manifest.FILE_NAME);
    if (!Files.exists(file)) {
      throw new CommandException(
          ExitCode.USAGE,
          "there is no %s in '%s'".formatted(Manifest.FILE_NAME, folder),
          "synapse init writes one");
    }
    return new OpenProject(workshop, folder, Manifest.read(SynapseCommand.readable(file)));
  }

  Manifest manifest() {
    return manifest;
  }

  Path manifestFile() {
    return folder.resolve(Manifest.FILE_NAME);
  }

  Path lockFile() {
    return folder.resolve(Lock.FILE_NAME);
  }

  /// The lock, which has to hold what the manifest asks for.
  Lock lock() throws Exception {
    if (!Files.exists(lockFile())) {
      throw new CommandException(
          ExitCode.USAGE,
          "there is no %s in '%s'".formatted(Lock.FILE_NAME, folder),
          "synapse lock writes one");
    }
    Lock lock = Lock.read(SynapseCommand.readable(lockFile()));
    List<Problem> problems = lock.check(manifest);
    if (!problems.isEmpty()) {
      throw new CommandException(
          ExitCode.USAGE,
          problems.stream().map(Problem::message).collect(Collectors.joining("\nerror: ")),
          "run synapse lock");
    }
    return lock;
  }

  /// The package that `.#NAME` or `NAME` names; without a name the only one.
  PackageSpec find(Optional<String> named) throws CommandException {
    String name = named.map(text -> text.startsWith(".#") ? text.substring(2) : text).orElse("");
    if (name.equals(".")) {
      name = "";
    }
    List<String> names = List.copyOf(manifest.packages().keySet());
    if (name.isEmpty()) {
      if (names.size() != 1) {
        throw new CommandException(
            ExitCode.USAGE,
            "the manifest has %d packages; say which".formatted(names.size()),
            names.stream().map(each -> ".#" + each).collect(Collectors.joining(", ")));
      }
      return manifest.packages().firstEntry().getValue();
    }
    String wanted = name;
    return manifest
        .findPackage(wanted)
        .orElseThrow(
            () ->
                new CommandException(
                    ExitCode.USAGE,
                    "the manifest has no package '%s'".formatted(wanted),
                    names.isEmpty() ? "it has none at all" : "it has " + String.join(", ", names)));
  }

  /// The derivation of a package, its inputs in the store.
  Derivation plan(PackageSpec wanted) throws Exception {
    return Planner.plan(
        manifest,
        wanted,
        projectInputs().prepare(manifest, wanted, lock(), true),
        BuilderScripts.in(workshop.store()));
  }

  ProjectInputs projectInputs() throws Exception {
    return new ProjectInputs(folder, workshop.store(), workshop.inputs());
  }

  /// Within the limits of a package.
  static RealiseSettings settings(PackageSpec wanted, boolean keepFailed) {
    return new RealiseSettings(
        Planner.limits(wanted), Runtime.getRuntime().availableProcessors(), keepFailed, List.of());
  }
}
