package dev.synapse.build.lock;

import dev.synapse.build.manifest.Coordinates;
import dev.synapse.build.manifest.Debian;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// Locks and parts of locks for tests.
final class LockSamples {
  private LockSamples() {}

  static Hash hash(String of) {
    return Hash.of(HashAlgorithm.SHA256, of.getBytes(StandardCharsets.UTF_8));
  }

  static LockedFile file(String path) {
    return new LockedFile("central", path, hash(path), path.length());
  }

  static LockedInput.Artifact artifact(String coordinates, String path, String content) {
    return new LockedInput.Artifact(
        Coordinates.parse(coordinates).orElseThrow(),
        "central",
        path,
        true,
        hash(content),
        hash("tree of " + content));
  }

  static LockedInput.Url url(String content, String... urls) {
    return new LockedInput.Url(
        List.of(urls), "name", false, hash(content), hash("archive of " + content));
  }

  static Lock withInput(String name, LockedInput input) {
    return new Lock(new TreeMap<>(Map.of(name, input)), new TreeMap<>(), new TreeMap<>());
  }

  static Lock full() {
    var inputs = new TreeMap<String, LockedInput>();
    inputs.put(
        "maven",
        artifact(
            "org.apache.maven:apache-maven:3.9.x:tar.gz:bin",
            "org/apache/maven/apache-maven/3.9.16/apache-maven-3.9.16-bin.tar.gz",
            "maven"));
    inputs.put("data", url("data", "https://example.org/data-1.0", "https://example.com/data-1.0"));
    var java =
        new LockedToolchain(
            new Debian("trixie", List.of("coreutils", "bash"), List.of("main"), "amd64"),
            new TreeMap<>(Map.of("/usr/bin/awk", "/usr/bin/mawk")),
            hash("release"),
            hash("root"),
            List.of(deb("coreutils"), deb("bash")));
    var core =
        new LockedMaven(
            List.of("verify"),
            List.of(
                file("org/ow2/asm/asm/9.8/asm-9.8.pom"), file("org/ow2/asm/asm/9.8/asm-9.8.jar")));
    return new Lock(
        inputs, new TreeMap<>(Map.of("java", java)), new TreeMap<>(Map.of("core", core)));
  }

  static LockedDeb deb(String name) {
    String path = "pool/main/" + name + "_1%3a2.0_amd64.deb";
    return new LockedDeb(name, "1:2.0", new LockedFile("debian", path, hash(path), 12));
  }
}
