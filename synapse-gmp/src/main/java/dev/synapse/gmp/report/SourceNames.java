package dev.synapse.gmp.report;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Tells which source file a report means, as far as the report and the folder that was searched
/// let it be known.
final class SourceNames {
  private static final Pattern WINDOWS = Pattern.compile("[A-Za-z]:[\\\\/].*|[^/]*\\\\[^/]*");

  private final Path folder;
  private final String report;
  private final @Nullable Path start;

  /// @param folder what was searched
  /// @param report the file below it that is read
  SourceNames(Path folder, String report) {
    this.folder = folder.toAbsolutePath().normalize();
    this.report = report;
    this.start = this.folder.resolve(report).getParent();
  }

  String module() {
    return BareReports.moduleOf(report);
  }

  SourceName byPackage(String module, String packageName, String name) {
    String path = packageName.isEmpty() ? name : packageName + "/" + name;
    return new SourceName(
        module, packageName, path, List.of(), Optional.empty(), true, module + "\0" + path);
  }

  SourceName byPath(String module, String packageName, String written, List<String> roots) {
    String path = normal(written);
    Optional<String> source = source(path, roots);
    String identity = source.orElseGet(() -> roots.size() == 1 ? under(roots.get(0), path) : path);
    return new SourceName(module, packageName, path, roots, source, false, identity);
  }

  private static String under(String root, String path) {
    return isAbsolute(path) ? path : normal(root) + "/" + path;
  }

  private static String normal(String path) {
    String slashes = WINDOWS.matcher(path).matches() ? path.replace('\\', '/') : path;
    return slashes.startsWith("./") ? slashes.substring(2) : slashes;
  }

  private static boolean isAbsolute(String path) {
    return path.startsWith("/") || path.startsWith(":", 1);
  }

  /// The first file that the path leads to: from a root that the report names, or else from the
  /// folder of the report or one above it.
  private Optional<String> source(String path, List<String> roots) {
    try {
      for (String root : roots) {
        Optional<String> found = upwards(Path.of(normal(root)).resolve(path));
        if (found.isPresent()) {
          return found;
        }
      }
      return upwards(Path.of(path));
    } catch (InvalidPathException _) {
      return Optional.empty();
    }
  }

  private Optional<String> upwards(Path path) {
    for (Path from = start; from != null && from.startsWith(folder); from = from.getParent()) {
      Path file = from.resolve(path).normalize();
      if (file.startsWith(folder) && Files.isRegularFile(file)) {
        return Optional.of(folder.relativize(file).toString());
      }
    }
    return Optional.empty();
  }
}
