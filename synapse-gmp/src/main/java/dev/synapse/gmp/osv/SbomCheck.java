package dev.synapse.gmp.osv;

import dev.synapse.gmp.verdict.KnownVulnerabilities;
import dev.synapse.gmp.verdict.Vulnerability;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SequencedMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;

/// Holds a bill of materials against a snapshot, and lets VEX statements answer what is found.
/// Nothing but the files that are given is asked.
public final class SbomCheck {
  private final Bill bill;
  private final List<VexStatement> statements = new ArrayList<>();
  private final Set<VexStatement> used = new HashSet<>();
  private final List<Vulnerability> found = new ArrayList<>();
  private final List<String> unknown = new ArrayList<>();
  private final List<String> notes = new ArrayList<>();

  private SbomCheck(Bill bill) {
    this.bill = bill;
  }

  /// What is known of the bill's components: what it lists itself, and what the snapshot has.
  ///
  /// @param advisories a folder or a zip of OSV's documents; empty when the bill lists its
  ///   vulnerabilities itself
  /// @param vex documents that answer vulnerabilities
  /// @throws OsvException if one of them cannot be read, or nothing says which vulnerabilities
  ///   there are: that is no zero
  public static KnownVulnerabilities of(Bill bill, Optional<Path> advisories, List<Path> vex)
      throws IOException, OsvException {
    if (advisories.isEmpty() && !bill.isHeldAgainstAny()) {
      throw OsvException.ofBill(
          bill.name(),
          "has no list of vulnerabilities, it was not held against any: give --advisories"
              + " SNAPSHOT");
    }
    var check = new SbomCheck(bill);
    check.statements.addAll(Vex.cycloneDx(bill.name(), bill.document(), bill));
    int own = check.statements.size();
    for (Path file : vex) {
      check.statements.addAll(Vex.read(file, bill));
    }
    check.addListed();
    if (advisories.isPresent()) {
      check.lookUp(OsvSnapshot.read(advisories.get()));
    }
    check.noteUnused(check.statements.subList(own, check.statements.size()));
    check.found.sort(
        Comparator.comparing(Vulnerability::id).thenComparing(Vulnerability::component));
    return new KnownVulnerabilities(check.found, check.unknown, check.notes);
  }

  private void addListed() {
    for (JsonNode each : bill.document().path(Bill.VULNERABILITIES).values()) {
      JsonNode affects = each.path("affects");
      if (affects.isEmpty()) {
        add(listed(each, Optional.empty(), List.of()), List.of());
      }
      for (JsonNode affected : affects.values()) {
        Optional<Bill.Part> part = bill.find(affected.path("ref").asString(""));
        List<String> fixed = new ArrayList<>();
        for (JsonNode version : affected.path("versions").values()) {
          if (version.path("status").asString("").equals("unaffected") && version.has("version")) {
            fixed.add(version.path("version").asString(""));
          }
        }
        add(listed(each, part, fixed), part.map(List::of).orElse(List.of()));
      }
    }
  }

  private static Vulnerability listed(JsonNode node, Optional<Bill.Part> part, List<String> fixed) {
    List<String> aliases = new ArrayList<>();
    node.path("references").values().forEach(each -> aliases.add(each.path("id").asString("")));
    return new Vulnerability(
        node.path("id").asString(""),
        aliases,
        part.map(Bill.Part::shown).orElse(""),
        part.map(Bill.Part::version).orElse(""),
        node.path("ratings").path(0).path("severity").asString(""),
        fixed,
        Optional.empty());
  }

  private void lookUp(OsvSnapshot snapshot) {
    SequencedMap<Lookup, List<Bill.Part>> wanted = new LinkedHashMap<>();
    int others = 0;
    for (Bill.Part part : bill.parts()) {
      Optional<Lookup> lookup = part.purl().filter(_ -> part.isCode()).flatMap(Lookup::of);
      if (lookup.isPresent()) {
        wanted.computeIfAbsent(lookup.get(), _ -> new ArrayList<>()).add(part);
      } else if (part.isCode()) {
        unknown.add(part.shown());
      } else {
        others++;
      }
    }
    Map<String, Integer> missing = new TreeMap<>();
    wanted.forEach(
        (lookup, parts) -> {
          if (snapshot.covers(lookup)) {
            lookUp(lookup, parts, snapshot);
          } else {
            unknown.add(parts.getFirst().shown());
            missing.merge(lookup.ecosystem(), 1, Integer::sum);
          }
        });
    Collections.sort(unknown);
    missing.forEach(
        (ecosystem, count) ->
            notes.add(
                "%d components of %s were not looked up: the snapshot has no document of it"
                    .formatted(count, ecosystem)));
    notes.add(
        "%d components were looked up in %d advisories; %d are no packages, of those nothing is"
                .formatted(wanted.size() - sum(missing), snapshot.documents(), others)
            + " known");
  }

  private static int sum(Map<String, Integer> counts) {
    return counts.values().stream().mapToInt(Integer::intValue).sum();
  }

  private void lookUp(Lookup wanted, List<Bill.Part> parts, OsvSnapshot snapshot) {
    SortedMap<String, Vulnerability> byName = new TreeMap<>();
    for (OsvEntry entry : snapshot.of(wanted)) {
      for (OsvEntry.Affected affected : entry.affected()) {
        if (affected.isOf(wanted)) {
          switch (affected.includes(wanted)) {
            case YES -> addOnce(vulnerability(entry, affected, wanted, parts), byName);
            case UNKNOWN -> unknown.add(parts.getFirst().shown() + " (" + entry.id() + ")");
            case NO -> {}
          }
        }
      }
    }
    byName.values().stream().distinct().forEach(each -> add(each, parts));
  }

  private static Vulnerability vulnerability(
      OsvEntry entry, OsvEntry.Affected affected, Lookup wanted, List<Bill.Part> parts) {
    String severity = affected.severity().isEmpty() ? entry.severity() : affected.severity();
    List<String> fixed =
        affected
            .fixedAfter(wanted)
            .distinct()
            .sorted((left, right) -> wanted.order().compare(left, right).orElse(0))
            .toList();
    Bill.Part part = parts.getFirst();
    return new Vulnerability(
        entry.id(),
        entry.aliases(),
        part.shown(),
        wanted.version(),
        severity,
        fixed,
        Optional.empty());
  }

  /// Databases have one vulnerability under several ids.
  private static void addOnce(Vulnerability one, Map<String, Vulnerability> byName) {
    Set<String> names = names(one);
    if (names.stream().noneMatch(byName::containsKey)) {
      names.forEach(name -> byName.put(name, one));
    }
  }

  private static Set<String> names(Vulnerability one) {
    Set<String> names = new HashSet<>(one.aliases());
    names.add(one.id());
    return names;
  }

  private void add(Vulnerability one, List<Bill.Part> parts) {
    boolean again =
        found.stream()
            .anyMatch(
                each ->
                    each.component().equals(one.component())
                        && names(each).stream().anyMatch(names(one)::contains));
    if (!again) {
      found.add(answered(one, parts));
    }
  }

  /// The latest statement counts, and one without a reason is no answer.
  private Vulnerability answered(Vulnerability one, List<Bill.Part> parts) {
    Set<String> names = names(one);
    List<VexStatement> about =
        statements.stream()
            .filter(each -> each.isAbout(names, bill.root(), parts))
            .sorted(Comparator.comparing(VexStatement::time))
            .toList();
    used.addAll(about);
    if (about.isEmpty() || !about.getLast().isAnswer()) {
      return one;
    }
    VexStatement last = about.getLast();
    if (last.reason().isEmpty()) {
      notes.add(
          "VEX %s says '%s' of %s and not why: that is no answer"
              .formatted(last.document(), last.status(), one.id()));
      return one;
    }
    return one.answeredBy(last.shown());
  }

  private void noteUnused(List<VexStatement> given) {
    Map<String, Integer> unused = new TreeMap<>();
    given.stream()
        .filter(each -> !used.contains(each))
        .forEach(each -> unused.merge(each.document(), 1, Integer::sum));
    unused.forEach(
        (document, count) ->
            notes.add(
                "VEX %s: %d statements are about nothing that was found"
                    .formatted(document, count)));
  }
}
