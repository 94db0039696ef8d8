package dev.synapse.build.debian;

import dev.synapse.build.archive.Decompression;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// All packages of a suite, found by name and by what they provide.
final class PackageIndex {
  private static final Set<String> KEPT =
      Set.of(
          "package",
          "version",
          "architecture",
          "priority",
          "depends",
          "pre-depends",
          "provides",
          "conflicts",
          "breaks",
          "filename",
          "size",
          "sha256");

  private static final Comparator<PackageEntry> NEWEST_FIRST =
      Comparator.<PackageEntry, DebianVersion>comparing(entry -> new DebianVersion(entry.version()))
          .reversed()
          .thenComparing(entry -> entry.field("filename"));

  private final Map<String, List<PackageEntry>> byName = new HashMap<>();
  private final Map<String, List<Provision>> provisions = new HashMap<>();

  /// A package that stands for another name.
  record Provision(PackageEntry by, Dependency.Relation what) {}

  /// Reads one more `Packages` file, compressed or not, a line at a time.
  ///
  /// @throws DebianException when it is malformed
  void read(Path file, String place) throws IOException {
    try (InputStream in = Decompression.of(Files.newInputStream(file));
        var lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
      Map<String, String> fields = new HashMap<>();
      String last = "";
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (line.isEmpty()) {
          add(fields, place);
          fields = new HashMap<>();
          last = "";
        } else if (line.charAt(0) == ' ' || line.charAt(0) == '\t') {
          if (KEPT.contains(last)) {
            fields.merge(last, " " + line.strip(), String::concat);
          }
        } else {
          int colon = line.indexOf(':');
          if (colon <= 0) {
            throw malformed(place, "'" + line + "' is no field");
          }
          last = line.substring(0, colon).toLowerCase(Locale.ROOT);
          if (KEPT.contains(last)) {
            fields.put(last, line.substring(colon + 1).strip());
          }
        }
      }
      add(fields, place);
    }
  }

  /// The packages of a name, newest version first.
  List<PackageEntry> named(String name) {
    return byName.getOrDefault(name, List.of()).stream().sorted(NEWEST_FIRST).toList();
  }

  /// Who provides a name: by priority, then by name, then newest first.
  List<Provision> providing(String name) {
    return provisions.getOrDefault(name, List.of()).stream()
        .sorted(
            Comparator.<Provision>comparingInt(provision -> provision.by().priority())
                .thenComparing(provision -> provision.by().name())
                .thenComparing(Provision::by, NEWEST_FIRST))
        .toList();
  }

  /// Every name that a package has, sorted.
  SortedSet<String> names() {
    return new TreeSet<>(byName.keySet());
  }

  int size() {
    return byName.size();
  }

  private void add(Map<String, String> fields, String place) throws DebianException {
    if (fields.isEmpty()) {
      return;
    }
    var entry = new PackageEntry(Map.copyOf(fields));
    for (String needed : List.of("package", "version", "filename", "size", "sha256")) {
      if (entry.field(needed).isEmpty()) {
        throw malformed(place, "package '%s' has no %s".formatted(entry.name(), needed));
      }
    }
    if (!DebianVersion.isVersion(entry.version())) {
      throw malformed(
          place, "package '%s' has version '%s'".formatted(entry.name(), entry.version()));
    }
    byName.computeIfAbsent(entry.name(), _ -> new ArrayList<>(1)).add(entry);
    if (!entry.field("provides").isEmpty()) {
      for (Dependency provided : Dependency.parse(entry.field("provides"), entry.name())) {
        Dependency.Relation what = provided.alternatives().getFirst();
        provisions
            .computeIfAbsent(what.name(), _ -> new ArrayList<>(1))
            .add(new Provision(entry, what));
      }
    }
  }

  private static DebianException malformed(String place, String reason) {
    return new DebianException(new DebianProblem.Malformed(place, reason));
  }
}
