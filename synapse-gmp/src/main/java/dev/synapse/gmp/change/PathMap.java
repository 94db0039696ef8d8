package dev.synapse.gmp.change;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// Finds the file that another tool means: reports name files from other folders, from the root of
/// a package, from another machine, with `\` between names.
///
/// A file is meant by a name when one of the two ends with the other, name by name. Where several
/// are, the one with the most names in common is taken, and none where two have as many.
public final class PathMap {
  private final Map<String, List<String>> byLastName = new HashMap<>();

  /// Files to find, relative to the project's folder.
  public PathMap(Collection<String> files) {
    for (String file : files) {
      byLastName.computeIfAbsent(lastName(file), _ -> new ArrayList<>()).add(file);
    }
  }

  private static String lastName(String path) {
    return path.substring(path.lastIndexOf('/') + 1);
  }

  /// The file that is meant; empty when none is, or when it cannot be told which.
  ///
  /// @param named a path; one of a package, `a/b/C.java`, too
  public Optional<String> find(String named) {
    return find(named, "");
  }

  /// The same, where the name is known to stand in a module's folder.
  ///
  /// @param module the module's folder, which decides among several; may be empty
  public Optional<String> find(String named, String module) {
    String path = named.replace('\\', '/');
    List<String> candidates =
        byLastName.getOrDefault(lastName(path), List.of()).stream()
            .filter(file -> endsWith(file, path) || endsWith(path, file))
            .toList();
    if (candidates.contains(path)) {
      return Optional.of(path);
    }
    List<String> inside = candidates.stream().filter(file -> isIn(file, module)).toList();
    return longest(inside.isEmpty() ? candidates : inside, path);
  }

  private static Optional<String> longest(List<String> candidates, String path) {
    int most = candidates.stream().mapToInt(file -> common(file, path)).max().orElse(0);
    List<String> best = candidates.stream().filter(file -> common(file, path) == most).toList();
    return best.size() == 1 ? Optional.of(best.getFirst()) : Optional.empty();
  }

  private static boolean isIn(String file, String module) {
    return !module.isEmpty()
        && (file.startsWith(module + "/") || file.contains("/" + module + "/"));
  }

  private static boolean endsWith(String path, String end) {
    return path.equals(end) || path.endsWith("/" + end);
  }

  /// How many letters of whole names both share: the shorter one's.
  private static int common(String file, String path) {
    return Math.min(file.length(), path.length());
  }
}
