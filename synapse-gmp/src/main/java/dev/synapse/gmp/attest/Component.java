package dev.synapse.gmp.attest;

import static java.util.Objects.requireNonNull;

import dev.synapse.build.lock.Lock;
import dev.synapse.build.lock.LockedDeb;
import dev.synapse.build.lock.LockedFile;
import dev.synapse.build.lock.LockedInput;
import dev.synapse.build.lock.LockedMaven;
import dev.synapse.build.lock.LockedToolchain;
import dev.synapse.store.hash.Hash;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// Something that a build was made of.
///
/// @param uri what names it: a package URL, an address or a path
/// @param purl its package URL, if it has one
/// @param sha256 of its bytes
public record Component(
    String uri, String name, String version, Optional<PackageUrl> purl, Hash sha256) {
  /// Refuses null.
  public Component {
    requireNonNull(uri, "uri");
    requireNonNull(name, "name");
    requireNonNull(version, "version");
    requireNonNull(purl, "purl");
    requireNonNull(sha256, "sha256");
  }

  /// All that a lock names, each once, sorted by what names it.
  public static Collection<Component> of(Lock lock) {
    List<Component> all = new ArrayList<>();
    lock.inputs().values().forEach(input -> all.add(of(input)));
    for (LockedToolchain toolchain : lock.toolchains().values()) {
      toolchain.debs().forEach(deb -> all.add(of(deb, toolchain)));
    }
    for (LockedMaven maven : lock.maven().values()) {
      maven.files().forEach(file -> all.add(of(file)));
    }
    SortedMap<String, Component> sorted = new TreeMap<>();
    all.forEach(each -> sorted.put(each.uri(), each));
    return sorted.values();
  }

  private static Component of(LockedInput input) {
    return switch (input) {
      case LockedInput.Artifact artifact -> ofMaven(artifact.path(), artifact.sha256());
      case LockedInput.Url url ->
          new Component(url.urls().getFirst(), url.storeName(), "", Optional.empty(), url.sha256());
    };
  }

  private static Component of(LockedFile file) {
    return ofMaven(file.path(), file.sha256());
  }

  private static Component ofMaven(String path, Hash sha256) {
    Optional<PackageUrl> purl = PackageUrl.ofMaven(path);
    return purl.map(
            each -> new Component(each.toString(), each.name(), each.version(), purl, sha256))
        .orElse(new Component(path, path, "", purl, sha256));
  }

  private static Component of(LockedDeb deb, LockedToolchain toolchain) {
    PackageUrl purl =
        PackageUrl.ofDebian(
            deb.name(),
            deb.version(),
            toolchain.asked().architecture(),
            toolchain.asked().suite(),
            source(deb));
    return new Component(
        purl.toString(), deb.name(), deb.version(), Optional.of(purl), deb.file().sha256());
  }

  /// The name of the folder of the pool in which it lies.
  private static String source(LockedDeb deb) {
    String[] folders = deb.file().path().split("/", -1);
    return folders.length > 1 ? folders[folders.length - 2] : deb.name();
  }
}
