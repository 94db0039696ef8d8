package dev.synapse.build.debian;

import java.util.Map;

/// One paragraph of a `Packages` file; relations are kept as text and read when needed.
record PackageEntry(Map<String, String> fields) {
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
    return switch (field("priority")) {
      case "required" -> 0;
      case "important" -> 1;
      case "standard" -> 2;
      case "optional" -> 3;
      default -> 4;
    };
  }
}
