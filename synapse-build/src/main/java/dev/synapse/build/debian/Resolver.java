package dev.synapse.build.debian;

import dev.synapse.build.debian.Dependency.Relation;
import dev.synapse.build.document.Words;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Finds the packages that the wanted ones need: Depends and Pre-Depends, all the way down.
///
/// First what leaves no choice is taken, then the choices in the order in which they turned up: an
/// alternative that is there already, else the first that the suite has, by its own name or, in the
/// order of priority and name, provided by another. One that conflicts with what is there is passed
/// over. Nothing is taken back, as in apt's own first try; a set that this cannot make consistent
/// is reported, and the manifest decides by naming a package. The result depends on the set of
/// wanted names alone.
final class Resolver {
  private final PackageIndex index;
  private final String suite;
  private final String architecture;
  private final Map<String, Chosen> chosen = new TreeMap<>();
  private final Map<String, List<Dependency>> parsed = new HashMap<>();
  private final Deque<Need> certain = new ArrayDeque<>();
  private final Deque<Need> choices = new ArrayDeque<>();

  private record Chosen(PackageEntry entry, List<String> chain) {}

  private record Need(Dependency dependency, List<String> chain) {}

  Resolver(PackageIndex index, String suite, String architecture) {
    this.index = index;
    this.suite = suite;
    this.architecture = architecture;
  }

  /// The wanted packages and all they need, sorted by name.
  ///
  /// @throws DebianException when one is missing or two conflict
  List<PackageEntry> resolve(Collection<String> wanted) throws DebianException {
    for (String name : new TreeSet<>(wanted)) {
      var named = new Relation(name, "", Optional.empty());
      PackageEntry entry = candidates(named).findFirst().orElseThrow(() -> unknown(name));
      choose(entry, List.of());
    }
    while (!certain.isEmpty() || !choices.isEmpty()) {
      satisfy(certain.isEmpty() ? choices.removeFirst() : certain.removeFirst());
    }
    refuseConflicts();
    return chosen.values().stream().map(Chosen::entry).toList();
  }

  private void satisfy(Need need) throws DebianException {
    for (Relation relation : need.dependency().alternatives()) {
      if (isThere(relation)) {
        return;
      }
    }
    Optional<PackageEntry> fallback = Optional.empty();
    for (Relation relation : need.dependency().alternatives()) {
      for (PackageEntry candidate : candidates(relation).toList()) {
        if (!chosen.containsKey(candidate.name())) {
          if (conflict(candidate).isEmpty()) {
            choose(candidate, need.chain());
            return;
          }
          fallback = fallback.or(() -> Optional.of(candidate));
        }
      }
    }
    choose(
        fallback.orElseThrow(() -> missing(need.dependency().text(), need.chain())), need.chain());
  }

  private void choose(PackageEntry entry, List<String> askedBy) throws DebianException {
    if (chosen.containsKey(entry.name())) {
      return;
    }
    var chain = new ArrayList<>(askedBy);
    chain.add(entry.name());
    chosen.put(entry.name(), new Chosen(entry, List.copyOf(chain)));
    for (String field : List.of("pre-depends", "depends")) {
      for (Dependency dependency : relations(entry, field)) {
        boolean free =
            dependency.alternatives().size() > 1
                || index.named(dependency.alternatives().getFirst().name()).isEmpty();
        (free ? choices : certain).add(new Need(dependency, List.copyOf(chain)));
      }
    }
  }

  /// What satisfies a relation, the best first.
  private Stream<PackageEntry> candidates(Relation relation) {
    if (!relation.isFor(architecture)) {
      return Stream.empty();
    }
    Stream<PackageEntry> real =
        index.named(relation.name()).stream().filter(entry -> relation.admits(entry.version()));
    Stream<PackageEntry> providers =
        index.providing(relation.name()).stream()
            .filter(provision -> provides(provision.what(), relation))
            .map(PackageIndex.Provision::by);
    return Stream.concat(real, providers);
  }

  private static boolean provides(Relation provided, Relation wanted) {
    return wanted.bound().isEmpty()
        || (provided.bound().isPresent() && wanted.admits(provided.bound().get().version().text()));
  }

  private boolean isThere(Relation relation) {
    if (!relation.isFor(architecture)) {
      return false;
    }
    Chosen same = chosen.get(relation.name());
    if (same != null && relation.admits(same.entry().version())) {
      return true;
    }
    return index.providing(relation.name()).stream()
        .filter(provision -> provides(provision.what(), relation))
        .anyMatch(provision -> isChosen(provision.by()));
  }

  private boolean isChosen(PackageEntry entry) {
    Chosen same = chosen.get(entry.name());
    return same != null && same.entry().equals(entry);
  }

  /// A chosen package that a candidate, or that the candidate, excludes.
  private Optional<DebianProblem.Conflict> conflict(PackageEntry candidate) throws DebianException {
    for (Chosen other : chosen.values()) {
      if (!other.entry().name().equals(candidate.name())) {
        Optional<String> relation = exclusion(candidate, other.entry());
        if (relation.isEmpty()) {
          relation = exclusion(other.entry(), candidate);
        }
        if (relation.isPresent()) {
          return Optional.of(
              new DebianProblem.Conflict(
                  other.entry().name(), candidate.name(), relation.get(), other.chain()));
        }
      }
    }
    return Optional.empty();
  }

  /// The relation by which one package excludes another, if it does.
  private Optional<String> exclusion(PackageEntry one, PackageEntry other) throws DebianException {
    for (String field : List.of("conflicts", "breaks")) {
      for (Dependency excluded : relations(one, field)) {
        Relation relation = excluded.alternatives().getFirst();
        if (excludes(relation, other)) {
          return Optional.of("%s %s %s".formatted(one.name(), field, relation.text()));
        }
      }
    }
    return Optional.empty();
  }

  private boolean excludes(Relation relation, PackageEntry other) throws DebianException {
    if (relation.name().equals(other.name())) {
      return relation.admits(other.version());
    }
    for (Dependency provided : relations(other, "provides")) {
      Relation what = provided.alternatives().getFirst();
      if (what.name().equals(relation.name()) && provides(what, relation)) {
        return true;
      }
    }
    return false;
  }

  private List<Dependency> relations(PackageEntry entry, String field) throws DebianException {
    String text = entry.field(field);
    List<Dependency> known = parsed.get(text);
    if (known == null) {
      known = Dependency.parse(text, entry.name());
      parsed.put(text, known);
    }
    return known;
  }

  private void refuseConflicts() throws DebianException {
    for (Chosen one : chosen.values()) {
      Optional<DebianProblem.Conflict> conflict = conflict(one.entry());
      if (conflict.isPresent()) {
        throw new DebianException(conflict.get());
      }
    }
  }

  private DebianException unknown(String name) {
    return new DebianException(
        new DebianProblem.Unknown(
            DebianProblem.Asked.PACKAGE,
            name,
            "the Debian suite " + suite,
            Words.nearest(name, index.names()).stream().toList()));
  }

  private DebianException missing(String wanted, List<String> chain) {
    return new DebianException(new DebianProblem.Missing(suite, wanted, chain));
  }
}
