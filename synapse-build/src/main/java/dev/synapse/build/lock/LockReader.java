package dev.synapse.build.lock;

import dev.synapse.build.document.Node;
import dev.synapse.build.document.Problems;
import dev.synapse.build.document.Section;
import dev.synapse.build.document.Words;
import dev.synapse.build.manifest.Coordinates;
import dev.synapse.build.manifest.Debian;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import dev.synapse.store.path.StorePath;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/// Turns the objects of `synapse.lock` into a [Lock] and notes every violation. What it gives is to
/// be used only when nothing was noted.
final class LockReader {
  private static final String STRING = "a string";

  private final Section root;

  LockReader(Problems problems, Node.Table table) {
    root = Section.root(problems, table);
  }

  Lock read() {
    Optional<Long> version = root.whole("version", 0, Long.MAX_VALUE);
    if (!root.has("version")) {
      root.noteMissing("version", Integer.toString(Lock.VERSION));
    }
    if (version.isPresent() && version.get() != Lock.VERSION) {
      root.note(
          "version",
          "expected %d, found %d, which this Synapse does not know"
              .formatted(Lock.VERSION, version.get()));
      return Lock.empty(); // What another version means by the rest is not known.
    }
    Section asked = root.neededSection("for").orElse(null);
    var inputs = inputs(Optional.ofNullable(asked));
    var toolchains = toolchains(Optional.ofNullable(asked));
    var maven = maven(Optional.ofNullable(asked));
    if (asked != null) {
      asked.finish();
    }
    root.finish();
    return new Lock(inputs, toolchains, maven);
  }

  private SortedMap<String, LockedInput> inputs(Optional<Section> askedFor) {
    Optional<Section> asked = askedFor.flatMap(section -> section.neededSection("inputs"));
    SortedMap<String, LockedInput> inputs = new TreeMap<>();
    Set<String> artifacts = new HashSet<>();
    root.neededSection("inputs")
        .ifPresent(
            section -> {
              for (String name : section.keys()) {
                section
                    .section(name)
                    .ifPresent(
                        entry -> {
                          if (!entry.has("urls")) {
                            artifacts.add(name);
                          }
                          input(name, entry, asked).ifPresent(found -> inputs.put(name, found));
                        });
              }
            });
    noteExtra(asked, artifacts, "inputs");
    return inputs;
  }

  private static Optional<LockedInput> input(String name, Section entry, Optional<Section> asked) {
    boolean unpack = entry.truth("unpack");
    Optional<Hash> sha256 = hash(entry, "sha256");
    Optional<Hash> narHash = hash(entry, "narHash");
    Optional<LockedInput> input;
    if (entry.has("urls")) {
      List<String> urls = entry.someTexts("urls", STRING, Optional::of);
      Optional<String> storeName =
          entry.neededText("name", "the name of a store object", some(StorePath::isName));
      input =
          allThere(sha256, narHash, storeName) && !urls.isEmpty()
              ? Optional.of(
                  new LockedInput.Url(urls, storeName.get(), unpack, sha256.get(), narHash.get()))
              : Optional.empty();
    } else {
      Optional<String> repository = repository(entry);
      Optional<String> path = path(entry);
      Optional<Coordinates> coordinates =
          asked.flatMap(
              all -> all.neededText(name, "the coordinates of an artifact", Coordinates::parse));
      if (allThere(coordinates, path) && !coordinates.get().admits(path.get())) {
        entry.note(
            "path",
            "%s is not where a repository has %s"
                .formatted(Words.quoted(path.get()), Words.quoted(coordinates.get().toString())));
      }
      input =
          allThere(sha256, narHash, repository, path, coordinates)
              ? Optional.of(
                  new LockedInput.Artifact(
                      coordinates.get(),
                      repository.get(),
                      path.get(),
                      unpack,
                      sha256.get(),
                      narHash.get()))
              : Optional.empty();
    }
    entry.finish();
    return input;
  }

  private SortedMap<String, LockedToolchain> toolchains(Optional<Section> askedFor) {
    Optional<Section> asked = askedFor.flatMap(section -> section.neededSection("toolchains"));
    SortedMap<String, LockedToolchain> toolchains = new TreeMap<>();
    Optional<Section> locked = root.neededSection("toolchains");
    locked.ifPresent(
        section -> {
          for (String name : section.keys()) {
            section
                .section(name)
                .flatMap(entry -> toolchain(name, entry, asked))
                .ifPresent(found -> toolchains.put(name, found));
          }
        });
    noteExtra(
        asked, locked.map(section -> Set.copyOf(section.keys())).orElse(Set.of()), "toolchains");
    return toolchains;
  }

  private static Optional<LockedToolchain> toolchain(
      String name, Section entry, Optional<Section> askedFor) {
    Optional<String> suite = entry.neededText("suite", STRING, some(text -> !text.isEmpty()));
    Optional<Hash> release = hash(entry, "release");
    Optional<Hash> narHash = hash(entry, "narHash");
    List<LockedDeb> debs = new ArrayList<>();
    Set<String> names = new HashSet<>();
    for (Section each : entry.sections("debs")) {
      Optional<String> deb = each.neededText("name", STRING, some(text -> !text.isEmpty()));
      Optional<String> version = each.neededText("version", STRING, some(text -> !text.isEmpty()));
      Optional<LockedFile> file = file(each);
      each.finish();
      if (deb.isPresent() && !names.add(deb.get())) {
        each.note("name", Words.quoted(deb.get()) + " is there twice");
      } else if (allThere(deb, version, file)) {
        debs.add(new LockedDeb(deb.get(), version.get(), file.get()));
      }
    }
    entry.finish();
    Optional<Section> asked = askedFor.flatMap(all -> all.neededSection(name));
    if (asked.isEmpty()) {
      return Optional.empty();
    }
    SortedMap<String, String> links = links(asked.get());
    Optional<Debian> debian = debian(asked.get(), suite.orElse(""));
    return allThere(suite, release, narHash, debian)
        ? Optional.of(new LockedToolchain(debian.get(), links, release.get(), narHash.get(), debs))
        : Optional.empty();
  }

  private static SortedMap<String, String> links(Section asked) {
    SortedMap<String, String> links = new TreeMap<>();
    asked
        .neededSection("links")
        .ifPresent(
            section -> {
              for (String place : section.keys()) {
                section
                    .text(place, STRING, Optional::of)
                    .ifPresent(target -> links.put(place, target));
              }
            });
    return links;
  }

  private static Optional<Debian> debian(Section asked, String suite) {
    List<String> packages = asked.neededTexts("packages", STRING, Optional::of);
    List<String> components = asked.neededTexts("components", STRING, Optional::of);
    Optional<String> architecture = asked.neededText("architecture", STRING, Optional::of);
    asked.finish();
    return packages.isEmpty() || components.isEmpty() || architecture.isEmpty()
        ? Optional.empty()
        : Optional.of(new Debian(suite, packages, components, architecture.get()));
  }

  private SortedMap<String, LockedMaven> maven(Optional<Section> askedFor) {
    Optional<Section> asked = askedFor.flatMap(section -> section.neededSection("maven"));
    SortedMap<String, LockedMaven> maven = new TreeMap<>();
    Optional<Section> locked = root.neededSection("maven");
    locked.ifPresent(
        section -> {
          for (String name : section.keys()) {
            List<String> goals =
                asked.map(all -> all.neededTexts(name, STRING, Optional::of)).orElse(List.of());
            maven.put(name, new LockedMaven(goals, files(section, name)));
          }
        });
    noteExtra(asked, locked.map(section -> Set.copyOf(section.keys())).orElse(Set.of()), "maven");
    return maven;
  }

  private static List<LockedFile> files(Section section, String name) {
    List<LockedFile> files = new ArrayList<>();
    Set<String> places = new HashSet<>();
    for (Section each : section.sections(name)) {
      Optional<LockedFile> file = file(each);
      each.finish();
      if (file.isPresent()) {
        if (places.add(file.get().repository() + ":" + file.get().path())) {
          files.add(file.get());
        } else {
          each.note("path", Words.quoted(file.get().path()) + " is there twice");
        }
      }
    }
    return files;
  }

  private static Optional<LockedFile> file(Section entry) {
    Optional<String> repository = repository(entry);
    Optional<String> path = path(entry);
    Optional<Hash> sha256 = hash(entry, "sha256");
    if (!entry.has("size")) {
      entry.noteMissing("size", "a number of bytes");
    }
    Optional<Long> size = entry.whole("size", 0, Long.MAX_VALUE);
    return allThere(repository, path, sha256, size)
        ? Optional.of(new LockedFile(repository.get(), path.get(), sha256.get(), size.get()))
        : Optional.empty();
  }

  private static Optional<String> repository(Section entry) {
    return entry.neededText("repository", "the name of a repository", some(Places::isRepository));
  }

  private static Optional<String> path(Section entry) {
    return entry.neededText("path", "a path below the repository", some(Places::isPath));
  }

  private static Optional<Hash> hash(Section entry, String key) {
    return entry.neededText(
        key,
        "sha256- and base 64",
        text -> {
          try {
            Hash hash = Hash.parse(text, HashAlgorithm.SHA256);
            return hash.toSri().equals(text) ? Optional.of(hash) : Optional.empty();
          } catch (HashFormatException _) {
            return Optional.empty();
          }
        });
  }

  /// What was asked for without an answer.
  private static void noteExtra(
      Optional<Section> asked, Collection<String> answered, String table) {
    asked.ifPresent(
        section -> {
          for (String name : section.keys()) {
            if (!answered.contains(name)) {
              section.note(name, "has no entry in '%s'".formatted(table));
            }
          }
        });
  }

  private static Function<String, Optional<String>> some(
      java.util.function.Predicate<String> test) {
    return text -> Optional.of(text).filter(test);
  }

  private static boolean allThere(Optional<?>... values) {
    for (Optional<?> value : values) {
      if (value.isEmpty()) {
        return false;
      }
    }
    return true;
  }
}
