package dev.synapse.build.debian;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/// One thing a package needs: any one of its alternatives will do.
///
/// @see <a href="https://www.debian.org/doc/debian-policy/ch-relationships.html">Debian Policy,
///   chapter 7</a>
record Dependency(List<Relation> alternatives) {
  private static final Pattern RELATION =
      Pattern.compile(
          "(?<name>[a-z0-9][a-z0-9+.-]*)(?::(?<qualifier>[a-z0-9-]+))?\\s*"
              + "(?:\\(\\s*(?<operator><<|<=|=|>=|>>|<|>)\\s*(?<version>[^\\s)]+)\\s*\\))?");

  Dependency {
    alternatives = List.copyOf(alternatives);
  }

  /// A package name, perhaps with a version.
  ///
  /// @param qualifier `any`, `native` or an architecture; empty when there is none
  record Relation(String name, String qualifier, Optional<Bound> bound) {
    boolean admits(String version) {
      return bound.isEmpty() || bound.get().admits(new DebianVersion(version));
    }

    /// Whether a package of `architecture`, or one for all, can be meant.
    boolean isFor(String architecture) {
      return qualifier.isEmpty()
          || qualifier.equals("any")
          || qualifier.equals("native")
          || qualifier.equals(architecture);
    }

    String text() {
      return name
          + (qualifier.isEmpty() ? "" : ":" + qualifier)
          + bound.map(b -> " (" + b.operator() + " " + b.version() + ")").orElse("");
    }
  }

  /// What a version is held against.
  ///
  /// @param operator `<<`, `<=`, `=`, `>=` or `>>`; `<` and `>` of old mean `<=` and `>=`
  record Bound(String operator, DebianVersion version) {
    boolean admits(DebianVersion other) {
      int order = other.compareTo(version);
      return switch (operator) {
        case "<<" -> order < 0;
        case "<=", "<" -> order <= 0;
        case "=" -> order == 0;
        case ">=", ">" -> order >= 0;
        case ">>" -> order > 0;
        default -> throw new IllegalStateException(operator);
      };
    }
  }

  String text() {
    return alternatives.stream().map(Relation::text).collect(Collectors.joining(" | "));
  }

  /// Reads a field such as `Depends`.
  ///
  /// @throws DebianException when it is malformed
  static List<Dependency> parse(String field, String owner) throws DebianException {
    var dependencies = new ArrayList<Dependency>();
    for (String group : field.split(",", -1)) {
      if (group.isBlank()) {
        continue;
      }
      var alternatives = new ArrayList<Relation>();
      for (String one : group.split("\\|", -1)) {
        alternatives.add(
            relation(one.strip())
                .orElseThrow(
                    () ->
                        new DebianException(
                            new DebianProblem.Malformed(
                                owner, "'" + one.strip() + "' is no relation"))));
      }
      dependencies.add(new Dependency(alternatives));
    }
    return dependencies;
  }

  private static Optional<Relation> relation(String text) {
    Matcher found = RELATION.matcher(text);
    if (!found.matches()) {
      return Optional.empty();
    }
    Optional<String> version = Optional.ofNullable(found.group("version"));
    if (!version.map(DebianVersion::isVersion).orElse(true)) {
      return Optional.empty();
    }
    String qualifier = Optional.ofNullable(found.group("qualifier")).orElse("");
    return Optional.of(
        new Relation(
            found.group("name"),
            qualifier,
            version.map(each -> new Bound(found.group("operator"), new DebianVersion(each)))));
  }
}
