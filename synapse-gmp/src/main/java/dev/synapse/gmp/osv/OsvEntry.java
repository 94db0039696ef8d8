package dev.synapse.gmp.osv;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;

/// What one document of OSV says.
///
/// @param id such as `GHSA-jfh8-c2jp-5v3q`
/// @param aliases other ids of the same thing
/// @param severity a word, else a vector of CVSS, else empty
/// @param affected which packages, and which of their versions
/// @see <a href="https://ossf.github.io/osv-schema/">OSV schema 1</a>
record OsvEntry(String id, List<String> aliases, String severity, List<Affected> affected) {
  private static final Set<String> ORDERED = Set.of("ECOSYSTEM", "SEMVER");
  private static final String SPECIFIC = "database_specific";
  private static final String SEVERITY = "severity";

  /// Whether a version has it.
  enum Answer {
    YES,
    NO,
    /// The order of the versions is not known here.
    UNKNOWN
  }

  /// A package.
  ///
  /// @param ecosystem with the release where it has one: `Debian:13`
  /// @param name as the ecosystem writes it: `GROUP:ARTIFACT` of Maven
  /// @param severity where it is another one than that of the document
  /// @param versions those that are named one by one
  /// @param ranges events, each list as the document has it
  record Affected(
      String ecosystem,
      String name,
      String severity,
      List<String> versions,
      List<List<Event>> ranges) {
    boolean isOf(Lookup wanted) {
      return name.equals(wanted.name())
          && (ecosystem.equals(wanted.ecosystem())
              || wanted.ecosystem().startsWith(ecosystem + ":"));
    }

    Answer includes(Lookup wanted) {
      if (versions.stream().anyMatch(each -> wanted.order().same(each, wanted.version()))) {
        return Answer.YES;
      }
      if (wanted.order() == VersionOrder.UNKNOWN) {
        // Who cannot order versions has to find each of them named.
        return versions.isEmpty() && !ranges.isEmpty() ? Answer.UNKNOWN : Answer.NO;
      }
      List<Answer> answers = ranges.stream().map(range -> in(range, wanted)).toList();
      if (answers.contains(Answer.YES)) {
        return Answer.YES;
      }
      return answers.contains(Answer.UNKNOWN) ? Answer.UNKNOWN : Answer.NO;
    }

    private static Answer in(List<Event> range, Lookup wanted) {
      for (Event event : range) {
        if (!event.first() && wanted.order().compare(event.version, wanted.version()).isEmpty()) {
          return Answer.UNKNOWN;
        }
      }
      boolean in = false;
      for (Event event : sorted(range, wanted.order())) {
        in = event.after(in, wanted);
      }
      return in ? Answer.YES : Answer.NO;
    }

    private static List<Event> sorted(List<Event> range, VersionOrder order) {
      return range.stream()
          .sorted(
              Comparator.comparing((Event event) -> !event.first())
                  .thenComparing(
                      Event::version, (left, right) -> order.compare(left, right).orElse(0)))
          .toList();
    }

    /// The versions after `wanted` that have it no more.
    Stream<String> fixedAfter(Lookup wanted) {
      return ranges.stream()
          .flatMap(List::stream)
          .filter(event -> event.kind() == Event.Kind.FIXED)
          .map(Event::version)
          .filter(fixed -> wanted.order().compare(fixed, wanted.version()).orElse(1) > 0);
    }
  }

  /// Where a range begins or ends.
  record Event(Kind kind, String version) {
    /// What happens there.
    enum Kind {
      INTRODUCED,
      FIXED,
      LAST_AFFECTED;

      String field() {
        return name().toLowerCase(Locale.ROOT);
      }
    }

    private boolean first() {
      return kind == Kind.INTRODUCED && version.equals("0");
    }

    boolean after(boolean before, Lookup wanted) {
      OptionalInt order = wanted.order().compare(wanted.version(), version);
      int compared = first() ? 1 : order.orElseThrow();
      return switch (kind) {
        case INTRODUCED -> before || compared >= 0;
        case FIXED -> before && compared < 0;
        case LAST_AFFECTED -> before && compared <= 0;
      };
    }
  }

  /// Reads a document; one that was withdrawn affects nothing.
  static OsvEntry parse(String document, JsonNode node) throws OsvException {
    String id = node.path("id").asString("");
    if (id.isEmpty()) {
      throw OsvException.ofAdvisory(document, "it has no 'id'");
    }
    Set<String> aliases = new TreeSet<>();
    node.path("aliases").values().forEach(alias -> aliases.add(alias.asString("")));
    JsonNode upstream = node.path("upstream");
    if (upstream.size() == 1) {
      // An advisory of several vulnerabilities is not answered by an answer to one of them.
      aliases.add(upstream.get(0).asString(""));
    }
    List<Affected> affected = new ArrayList<>();
    if (!node.has("withdrawn")) {
      for (JsonNode each : node.path("affected").values()) {
        if (each.has("package")) {
          affected.add(affected(document, each));
        }
      }
    }
    return new OsvEntry(id, List.copyOf(aliases), severity(node), List.copyOf(affected));
  }

  private static String severity(JsonNode node) {
    String word = node.path(SPECIFIC).path(SEVERITY).asString("");
    return word.isEmpty() ? node.path(SEVERITY).path(0).path("score").asString("") : word;
  }

  private static Affected affected(String document, JsonNode node) throws OsvException {
    String ecosystem = ecosystem(node);
    String name = node.path("package").path("name").asString("");
    if (name.isEmpty() || (ecosystem.equals(Lookup.MAVEN) && name.indexOf(':') < 1)) {
      throw OsvException.ofAdvisory(document, "'%s' is no %s package".formatted(name, ecosystem));
    }
    List<String> versions = new ArrayList<>();
    node.path("versions").values().forEach(version -> versions.add(version.asString("")));
    List<List<Event>> ranges = new ArrayList<>();
    for (JsonNode range : node.path("ranges").values()) {
      if (ORDERED.contains(range.path("type").asString(""))) {
        ranges.add(events(range));
      }
    }
    String urgency = node.path("ecosystem_specific").path("urgency").asString("");
    String severity = urgency.isEmpty() ? severity(node) : urgency;
    return new Affected(ecosystem, name, severity, List.copyOf(versions), List.copyOf(ranges));
  }

  /// Of Debian with the release that follows after a colon; of Maven without the repository.
  private static String ecosystem(JsonNode affected) {
    String whole = affected.path("package").path("ecosystem").asString("");
    return whole.startsWith(Lookup.DEBIAN) ? whole : whole.split(":", 2)[0];
  }

  private static List<Event> events(JsonNode range) {
    List<Event> events = new ArrayList<>();
    for (JsonNode each : range.path("events").values()) {
      for (Event.Kind kind : Event.Kind.values()) {
        if (each.has(kind.field())) {
          events.add(new Event(kind, each.path(kind.field()).asString("")));
        }
      }
    }
    return List.copyOf(events);
  }
}
