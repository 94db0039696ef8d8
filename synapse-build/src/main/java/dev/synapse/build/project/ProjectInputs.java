package dev.synapse.build.project;

import dev.synapse.build.inputs.InputException;
import dev.synapse.build.inputs.InputStore;
import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.lock.LockedMaven;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.manifest.Source;
import dev.synapse.build.plan.PlannedInputs;
import dev.synapse.build.source.Glob;
import dev.synapse.build.source.SourceException;
import dev.synapse.build.source.SourceTree;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/// Puts everything one package is built from into the store: its sources as they lie in the
/// project's folder, and what the lock names.
public final class ProjectInputs {
  private final Path folder;
  private final LocalStore store;
  private final InputStore inputs;

  /// For the project in `folder`.
  public ProjectInputs(Path folder, LocalStore store, InputStore inputs) {
    this.folder = folder;
    this.store = store;
    this.inputs = inputs;
  }

  /// Everything but the Maven repository is required of `lock`; that one too if `maven` says so.
  ///
  /// @throws InputException when the lock lacks an entry, or an input is not what was locked
  /// @throws SourceException when the source files cannot be found out
  public PlannedInputs prepare(Manifest manifest, PackageSpec wanted, Lock lock, boolean maven)
      throws InputException, SourceException, StoreException, IOException, InterruptedException {
    String toolchain = wanted.recipe().toolchain();
    LockedToolchain root = required(lock.toolchains().get(toolchain), "toolchains." + toolchain);
    SortedMap<String, StorePath> paths = new TreeMap<>();
    for (String name : wanted.recipe().inputs()) {
      paths.put(name, input(lock, name));
    }
    Optional<StorePath> repository = Optional.empty();
    if (maven && !wanted.recipe().mavenGoals().isEmpty()) {
      LockedMaven recorded = required(lock.maven().get(wanted.name()), "maven." + wanted.name());
      repository = Optional.of(inputs.mavenRepository(wanted.name(), recorded));
    }
    return new PlannedInputs(
        source(manifest, wanted, lock), inputs.toolchain(toolchain, root), paths, repository);
  }

  private StorePath input(Lock lock, String name)
      throws InputException, StoreException, IOException, InterruptedException {
    LockedInput locked = required(lock.inputs().get(name), "inputs." + name);
    return inputs.input(name, locked);
  }

  private StorePath source(Manifest manifest, PackageSpec wanted, Lock lock)
      throws InputException, SourceException, StoreException, IOException, InterruptedException {
    return switch (wanted.source()) {
      case Source.FromInput(var name) -> input(lock, name);
      case Source.Git _ -> add(manifest, SourceTree.ofGit(folder));
      case Source.Globs(var include, var exclude) ->
          add(manifest, SourceTree.ofGlobs(folder, globs(include), globs(exclude)));
    };
  }

  private StorePath add(Manifest manifest, SourceTree tree) throws IOException {
    return store.addTree(folder, tree, manifest.project().name() + "-source");
  }

  private static List<Glob> globs(List<String> texts) throws InputException {
    List<Glob> globs = new ArrayList<>();
    for (String text : texts) {
      globs.add(
          Glob.parse(text)
              .orElseThrow(() -> new InputException("'%s' is no glob".formatted(text))));
    }
    return globs;
  }

  private static <T> T required(@Nullable T entry, String name) throws InputException {
    if (entry == null) {
      throw new InputException("synapse.lock has no entry '%s'; run synapse lock".formatted(name));
    }
    return entry;
  }
}
