package dev.synapse.build.lock;

import dev.synapse.build.document.JsonFile;
import dev.synapse.build.document.Problem;
import dev.synapse.build.document.Problems;
import dev.synapse.build.manifest.Manifest;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// What a project's `synapse.lock` says: for each input and toolchain, and for each package that
/// uses Maven, exactly which bytes a build reads, and what the manifest asked for when that was
/// found out.
///
/// @param inputs by the input's name
/// @param toolchains by the toolchain's name
/// @param maven by the package's name
public record Lock(
    SortedMap<String, LockedInput> inputs,
    SortedMap<String, LockedToolchain> toolchains,
    SortedMap<String, LockedMaven> maven) {
  /// The name of the file.
  public static final String FILE_NAME = "synapse.lock";

  /// The version of the format, the only one there is.
  public static final int VERSION = 1;

  /// Copies the tables.
  public Lock {
    inputs = sorted(inputs);
    toolchains = sorted(toolchains);
    maven = sorted(maven);
  }

  /// A lock of nothing.
  public static Lock empty() {
    return new Lock(new TreeMap<>(), new TreeMap<>(), new TreeMap<>());
  }

  /// Reads a lock, strictly.
  ///
  /// @throws LockException with everything that is wrong in it, or that it is not there
  public static Lock read(Path file) throws LockException, IOException {
    var problems = new Problems(String.valueOf(file.getFileName()));
    if (Files.notExists(file)) {
      problems.add(0, "", "not found; `synapse lock` writes it");
      throw new LockException(problems.list());
    }
    Optional<Lock> lock =
        JsonFile.read(file, problems).map(table -> new LockReader(problems, table).read());
    if (lock.isEmpty() || !problems.isEmpty()) {
      throw new LockException(problems.list());
    }
    return lock.get();
  }

  /// Writes the lock: all of it, or nothing where that fails. A file that has the same content
  /// already is left alone.
  public void write(Path file) throws IOException {
    var content = new ByteArrayOutputStream();
    LockWriter.write(this, content);
    ReplacedFile.write(file, content.toByteArray());
  }

  /// What of the manifest's wishes this lock does not answer, each with its entry; `synapse lock`
  /// answers them. Entries that nothing asks for do no harm.
  public List<Problem> check(Manifest manifest) {
    return new Staleness(this).check(manifest);
  }

  /// The inputs whose version is another one in `later` while their content has stayed the same:
  /// who changed the version forgot to change the hash, or the address still gives the old file.
  public List<Problem> staleSources(Lock later) {
    return new Staleness(this).staleSources(later);
  }

  /// As [#staleSources(Lock)], found before anything is fetched: inputs for which the manifest has
  /// a new address and still the hash of the old one.
  public List<Problem> staleSources(Manifest manifest) {
    return new Staleness(this).staleSources(manifest);
  }

  private static <V> SortedMap<String, V> sorted(Map<String, V> table) {
    return Collections.unmodifiableSortedMap(new TreeMap<>(Map.copyOf(table)));
  }
}
