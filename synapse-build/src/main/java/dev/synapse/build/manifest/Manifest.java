package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import dev.synapse.build.document.Node;
import dev.synapse.build.document.Problems;
import dev.synapse.build.document.Section;
import dev.synapse.build.document.TomlFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.SequencedMap;

/// What a project's `synapse.toml` says. Tables are in the order of the file, each by its name.
public record Manifest(
    Project project,
    SequencedMap<String, Toolchain> toolchains,
    SequencedMap<String, Input> inputs,
    SequencedMap<String, PackageSpec> packages,
    SequencedMap<String, Check> checks,
    SequencedMap<String, Shell> shells,
    SequencedMap<String, Runner> runners) {
  /// The name of the file.
  public static final String FILE_NAME = "synapse.toml";

  /// Copies the tables.
  public Manifest {
    requireNonNull(project, "project");
    toolchains = Tables.copyOf(toolchains);
    inputs = Tables.copyOf(inputs);
    packages = Tables.copyOf(packages);
    checks = Tables.copyOf(checks);
    shells = Tables.copyOf(shells);
    runners = Tables.copyOf(runners);
  }

  /// Reads a manifest, and checks it wholly.
  ///
  /// @param file the manifest; problems call it by its name without folders
  /// @throws ManifestException with everything that is wrong in it, or that it is not there
  public static Manifest read(Path file) throws ManifestException, IOException {
    var problems = new Problems(String.valueOf(file.getFileName()));
    if (Files.notExists(file)) {
      problems.add(0, "", "not found in '%s'; `synapse init` writes one".formatted(folderOf(file)));
    }
    return checked(problems, problems.isEmpty() ? TomlFile.read(file, problems) : Optional.empty());
  }

  /// What only turns out when it is used: that something which a manifest names is not there.
  ///
  /// @param file the manifest, which was read before without problems
  /// @param tables the names of the tables that lead to `key`
  /// @param item the value of the key, or the one at fault of its array
  public static ManifestException wrong(
      Path file, List<String> tables, String key, String item, String what) throws IOException {
    var problems = new Problems(String.valueOf(file.getFileName()));
    Optional<Section> section =
        TomlFile.read(file, problems).map(content -> Section.root(problems, content));
    for (String table : tables) {
      section = section.flatMap(found -> found.section(table));
    }
    section.ifPresent(found -> found.noteItem(key, item, what));
    if (problems.isEmpty()) {
      problems.add(0, "", what);
    }
    return new ManifestException(problems.list());
  }

  private static Path folderOf(Path file) {
    return requireNonNull(file.toAbsolutePath().normalize().getParent(), "folder of the manifest");
  }

  /// Reads the text of a manifest.
  ///
  /// @throws ManifestException with everything that is wrong in it
  public static Manifest parse(String text) throws ManifestException {
    var problems = new Problems(FILE_NAME);
    return checked(problems, TomlFile.parse(text, problems));
  }

  private static Manifest checked(Problems problems, Optional<Node.Table> content)
      throws ManifestException {
    Optional<Manifest> manifest = content.map(table -> new ManifestReader(problems, table).read());
    if (manifest.isEmpty() || !problems.isEmpty()) {
      throw new ManifestException(problems.list());
    }
    return manifest.get();
  }

  /// The package that has this name or alias.
  public Optional<PackageSpec> findPackage(String name) {
    return packages.values().stream()
        .filter(candidate -> candidate.name().equals(name) || candidate.aliases().contains(name))
        .findFirst();
  }

  /// The toolchain of a package of this manifest.
  public Toolchain toolchainOf(PackageSpec wanted) {
    return requireNonNull(toolchains.get(wanted.recipe().toolchain()), "toolchain");
  }
}
