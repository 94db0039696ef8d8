package dev.synapse.build.debian;

import java.util.List;
import java.util.Map;

/// One paragraph of a `Packages` file; relations are kept as text and read when needed.
record PackageEntry(Map<String, String> fields) {
  /// From the base to what may be left out (Debian Policy, section 2.5).
  private static final List<String> PRIORITIES =
      List.of("required", "important", "standard", "optional");

  String name() {
    return field("package");
  }

  String version() {
    return field("version");
  }

  String field(String name) {
    return fields.getOrDefault(name, "");
  }

  /// The order in which providers of one name are taken: base packages first.
  int priority() {
    int place = PRIORITIES.indexOf(field("priority"));
    return place < 0 ? PRIORITIES.size() : place;
  }
}
