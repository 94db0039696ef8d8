package dev.synapse.build.maven;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/// A file's place in a repository, `<group>/<artifact>/<version>/<file>` with the group's dots as
/// slashes.
///
/// @see <a href="https://maven.apache.org/repository/layout.html">Maven repository layout</a>
record MavenPath(String group, String artifact, String version, String file) {
  private static final int LEAST = 4;
  private static final Pattern REPOSITORY = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
  private static final Pattern SEGMENT = Pattern.compile("[A-Za-z0-9_+~-][A-Za-z0-9._+~-]*");

  /// Whether the text can name a repository.
  static boolean isRepository(String text) {
    return REPOSITORY.matcher(text).matches();
  }

  /// Whether the text names a file below a root: no segment is empty, starts with a dot, or holds
  /// anything but letters, digits and `. _ + ~ -`.
  static boolean isPath(String text) {
    return Arrays.stream(text.split("/", -1))
        .allMatch(segment -> SEGMENT.matcher(segment).matches());
  }

  /// Empty for what is no file of an artifact's version.
  static Optional<MavenPath> parse(String path) {
    List<String> parts = Arrays.asList(path.split("/", -1));
    if (parts.size() < LEAST || parts.contains("")) {
      return Optional.empty();
    }
    int last = parts.size() - 1;
    return Optional.of(
        new MavenPath(
            String.join(".", parts.subList(0, last - 2)),
            parts.get(last - 2),
            parts.get(last - 1),
            parts.get(last)));
  }

  boolean isSnapshot() {
    return version.endsWith("-SNAPSHOT");
  }

  /// As coordinates where the file's name allows it, else with the file's name.
  @Override
  public String toString() {
    String stem = artifact + "-" + version;
    String rest = file.startsWith(stem) ? file.substring(stem.length()) : "";
    if (rest.startsWith(".")) {
      return "%s:%s:%s:%s".formatted(group, artifact, version, rest.substring(1));
    }
    int dot = rest.indexOf('.');
    return rest.startsWith("-") && dot > 0
        ? "%s:%s:%s:%s:%s"
            .formatted(group, artifact, version, rest.substring(dot + 1), rest.substring(1, dot))
        : "%s:%s:%s (%s)".formatted(group, artifact, version, file);
  }
}
