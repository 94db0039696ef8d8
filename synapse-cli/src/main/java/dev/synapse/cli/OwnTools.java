package dev.synapse.cli;

import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.events.EventBus;
import dev.synapse.gmp.record.BatchMethod;
import dev.synapse.gmp.verdict.Verdict;
import dev.synapse.sandbox.SandboxLevel;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.local.LocalStore;
import dev.synapse.store.nar.Nar;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/// What this program consists of, by its bytes.
final class OwnTools {
  /// One of each of Synapse's program files.
  private static final List<Class<?>> FILES =
      List.of(
          EventBus.class,
          SandboxLevel.class,
          LocalStore.class,
          PackageSpec.class,
          Verdict.class,
          OwnTools.class);

  private OwnTools() {}

  /// How a verdict came about: definitions of its metrics, and the programs that measured.
  static BatchMethod method(Verdict verdict) throws IOException {
    SortedMap<String, String> definitions = new TreeMap<>();
    verdict
        .limits()
        .forEach(check -> definitions.put(check.metric().id(), check.metric().definition()));
    return new BatchMethod(definitions, hashes());
  }

  /// The SHA-256 of each file, or where classes lie in a folder of its archive (as `synapse store
  /// dump` writes it), by the name of the package in it.
  private static SortedMap<String, String> hashes() throws IOException {
    SortedMap<String, String> hashes = new TreeMap<>();
    for (Class<?> each : FILES) {
      String[] names = each.getPackageName().split("\\.", -1);
      Path file = file(each);
      Hash hash =
          Files.isDirectory(file)
              ? Nar.hash(file).hash()
              : Hash.of(HashAlgorithm.SHA256, Files.readAllBytes(file));
      hashes.put(names[1] + "-" + names[2], hash.toHex());
    }
    return hashes;
  }

  private static Path file(Class<?> each) {
    CodeSource source = each.getProtectionDomain().getCodeSource();
    try {
      return Path.of(source.getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
