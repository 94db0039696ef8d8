package dev.synapse.gmp.osv;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/// What one document of OSV says of packages of Maven repositories.
///
/// @param id such as `GHSA-jfh8-c2jp-5v3q`
/// @param aliases other ids of the same thing
/// @param affected which packages, and which of their versions
/// @see <a href="https://ossf.github.io/osv-schema/">OSV schema 1</a>
record OsvEntry(String id, List<String> aliases, List<Affected> affected) {
  private static final String MAVEN = "Maven";
  private static final Set<String> ORDERED = Set.of("ECOSYSTEM", "SEMVER");

  /// A package.
  ///
  /// @param name `GROUP:ARTIFACT`
  /// @param versions those that are named one by one
  /// @param ranges events, each list in the order of its versions
  record Affected(String name, List<String> versions, List<List<Event>> ranges) {
    boolean includes(String version) {
      MavenVersion wanted = MavenVersion.of(version);
      return versions.stream().map(MavenVersion::of).anyMatch(wanted::equals)
          || ranges.stream().anyMatch(range -> in(range, wanted));
    }

    private static boolean in(List<Event> range, MavenVersion wanted) {
      boolean in = false;
      for (Event event : range) {
        in = event.after(in, wanted);
      }
      return in;
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
        return name().toLowerCase(java.util.Locale.ROOT);
      }
    }

    private boolean first() {
      return kind == Kind.INTRODUCED && version.equals("0");
    }

    boolean after(boolean before, MavenVersion wanted) {
      int compared = first() ? 1 : wanted.compareTo(MavenVersion.of(version));
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
      throw new OsvException(document, "it has no 'id'");
    }
    List<String> aliases = new ArrayList<>();
    node.path("aliases").values().forEach(alias -> aliases.add(alias.asString("")));
    List<Affected> affected = new ArrayList<>();
    if (!node.has("withdrawn")) {
      for (JsonNode each : node.path("affected").values()) {
        if (ecosystem(each).equals(MAVEN)) {
          affected.add(affected(document, each));
        }
      }
    }
    return new OsvEntry(id, List.copyOf(aliases), List.copyOf(affected));
  }

  /// Without what some follow it with after a colon, such as a repository.
  private static String ecosystem(JsonNode affected) {
    return affected.path("package").path("ecosystem").asString("").split(":", 2)[0];
  }

  private static Affected affected(String document, JsonNode node) throws OsvException {
    String name = node.path("package").path("name").asString("");
    if (name.indexOf(':') < 1) {
      throw new OsvException(document, "'%s' is no Maven package".formatted(name));
    }
    List<String> versions = new ArrayList<>();
    node.path("versions").values().forEach(version -> versions.add(version.asString("")));
    List<List<Event>> ranges = new ArrayList<>();
    for (JsonNode range : node.path("ranges").values()) {
      if (ORDERED.contains(range.path("type").asString(""))) {
        ranges.add(events(range));
      }
    }
    return new Affected(name, List.copyOf(versions), List.copyOf(ranges));
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
    events.sort(
        Comparator.comparing((Event event) -> !event.first())
            .thenComparing(event -> MavenVersion.of(event.version())));
    return List.copyOf(events);
  }
}
