package dev.synapse.build.lock;

import dev.synapse.build.document.Problem;
import dev.synapse.build.document.Words;
import dev.synapse.build.manifest.Debian;
import dev.synapse.build.manifest.Input;
import dev.synapse.build.manifest.Manifest;
import dev.synapse.build.manifest.PackageSpec;
import dev.synapse.build.manifest.Toolchain;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Compares what a lock answers with what a manifest asks.
final class Staleness {
  private static final Pattern VERSION = Pattern.compile("[0-9]+(?:[._][0-9]+)+");
  private static final String DO = "; run `synapse lock`";

  private final Lock lock;
  private final List<Problem> problems = new ArrayList<>();

  Staleness(Lock lock) {
    this.lock = lock;
  }

  List<Problem> check(Manifest manifest) {
    manifest.inputs().forEach(this::check);
    manifest.toolchains().forEach(this::check);
    manifest.packages().values().forEach(this::check);
    return List.copyOf(problems);
  }

  private void check(String name, Input input) {
    String key = "inputs." + name;
    LockedInput locked = lock.inputs().get(name);
    if (locked == null) {
      note(key, "missing");
      return;
    }
    if (locked.unpack() != input.unpack()) {
      note(key, input.unpack() ? "is locked as a file, not unpacked" : "is locked unpacked");
    }
    switch (input) {
      case Input.Artifact artifact -> check(key, artifact, locked);
      case Input.Url url -> check(key, url, locked);
    }
  }

  private void check(String key, Input.Artifact artifact, LockedInput locked) {
    if (!(locked instanceof LockedInput.Artifact found)) {
      note(key, "has addresses, the manifest asks for " + quoted(artifact.coordinates()));
    } else if (!found.asked().equals(artifact.coordinates())) {
      noteOther(key, quoted(found.asked()), quoted(artifact.coordinates()));
    }
  }

  private void check(String key, Input.Url url, LockedInput locked) {
    if (!(locked instanceof LockedInput.Url found)) {
      note(key, "is an artifact, the manifest asks for " + Words.listed(url.urls()));
    } else if (!found.urls().equals(url.urls())) {
      noteOther(key, Words.listed(found.urls()), Words.listed(url.urls()));
    }
    url.sha256()
        .filter(hash -> !hash.equals(locked.sha256()))
        .ifPresent(hash -> noteOther(key, quoted(locked.sha256()), quoted(hash)));
  }

  private void check(String name, Toolchain toolchain) {
    String key = "toolchains." + name;
    LockedToolchain locked = lock.toolchains().get(name);
    if (locked == null) {
      note(key, "missing");
      return;
    }
    Debian has = locked.asked();
    Debian asks = toolchain.debian();
    compare(key, has.suite(), asks.suite());
    compare(key, has.architecture(), asks.architecture());
    compare(key, has.packages(), asks.packages());
    compare(key, has.components(), asks.components());
    compare(key, written(locked.links()), written(new TreeMap<>(toolchain.links())));
  }

  private static List<String> written(Map<String, String> links) {
    return links.entrySet().stream().map(link -> link.getKey() + " -> " + link.getValue()).toList();
  }

  private void compare(String key, String has, String asks) {
    if (!has.equals(asks)) {
      noteOther(key, quoted(has), quoted(asks));
    }
  }

  private void compare(String key, List<String> has, List<String> asks) {
    Set<String> more = new TreeSet<>(asks);
    has.forEach(more::remove);
    Set<String> less = new TreeSet<>(has);
    asks.forEach(less::remove);
    if (!more.isEmpty()) {
      note(key, "lacks " + Words.listed(more));
    }
    if (!less.isEmpty()) {
      note(key, "was locked with " + Words.listed(less) + ", which the manifest does not ask for");
    }
  }

  private void check(PackageSpec each) {
    List<String> goals = each.recipe().mavenGoals();
    if (goals.isEmpty()) {
      return;
    }
    String key = "maven." + each.name();
    LockedMaven locked = lock.maven().get(each.name());
    if (locked == null) {
      note(key, "missing");
    } else if (!locked.goals().equals(goals)) {
      noteOther(key, Words.listed(locked.goals()), Words.listed(goals));
    }
  }

  private static String quoted(Object value) {
    return Words.quoted(value.toString());
  }

  private void noteOther(String key, String has, String asks) {
    note(key, "is for %s, the manifest asks for %s".formatted(has, asks));
  }

  private void note(String key, String what) {
    problems.add(new Problem(Lock.FILE_NAME, 0, key, what + DO));
  }

  List<Problem> staleSources(Lock later) {
    later
        .inputs()
        .forEach(
            (name, resolved) -> {
              LockedInput locked = lock.inputs().get(name);
              if (locked != null && locked.sha256().equals(resolved.sha256())) {
                noteStale(name, places(locked), places(resolved), locked);
              }
            });
    return List.copyOf(problems);
  }

  List<Problem> staleSources(Manifest manifest) {
    manifest
        .inputs()
        .forEach(
            (name, input) -> {
              LockedInput locked = lock.inputs().get(name);
              if (locked != null
                  && input instanceof Input.Url url
                  && url.sha256().equals(Optional.of(locked.sha256()))) {
                noteStale(name, places(locked), url.urls(), locked);
              }
            });
    return List.copyOf(problems);
  }

  private static List<String> places(LockedInput input) {
    return switch (input) {
      case LockedInput.Artifact artifact -> List.of(artifact.path());
      case LockedInput.Url url -> url.urls();
    };
  }

  /// An address that both have makes them the same source: another mirror was added or taken away.
  private void noteStale(String name, List<String> before, List<String> now, LockedInput locked) {
    if (Collections.disjoint(before, now)
        && !versionOf(before.getFirst()).equals(versionOf(now.getFirst()))) {
      problems.add(
          new Problem(
              Manifest.FILE_NAME,
              0,
              "inputs." + name,
              "%s is the content of %s, not of %s: the version changed, the content did not"
                  .formatted(
                      locked.sha256(),
                      Words.quoted(before.getFirst()),
                      Words.quoted(now.getFirst()))));
    }
  }

  /// What of a place tells versions apart: its numbers with dots; where it has none, the file's
  /// name.
  private static List<String> versionOf(String place) {
    String path = place.contains("://") ? pathOf(place) : place;
    List<String> versions = VERSION.matcher(path).results().map(MatchResult::group).toList();
    return versions.isEmpty() ? List.of(path.substring(path.lastIndexOf('/') + 1)) : versions;
  }

  private static String pathOf(String address) {
    int start = address.indexOf('/', address.indexOf("://") + "://".length());
    return start < 0 ? "" : address.substring(start);
  }
}
