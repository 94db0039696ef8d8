package dev.synapse.gmp.attest;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/// The name of a package that vulnerability databases and other tools know.
///
/// @param type such as `maven`
/// @param namespace such as a group id
/// @param qualifiers sorted by name
/// @see <a href="https://github.com/package-url/purl-spec">package URL</a>
public record PackageUrl(
    String type,
    String namespace,
    String name,
    String version,
    SortedMap<String, String> qualifiers) {
  /// The type of artifacts of Maven repositories.
  public static final String MAVEN = "maven";

  private static final String UNRESERVED =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~:";
  private static final String JAR = "jar";

  /// At the end of a path: artifact, version and file, after one folder or more for the group.
  private static final int ARTIFACT_PARTS = 3;

  private static final int UNSIGNED = 0xff;

  /// Copies.
  public PackageUrl {
    qualifiers = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(qualifiers));
  }

  /// The artifact at `path` of a Maven repository; empty where nothing lies as artifacts do.
  public static Optional<PackageUrl> ofMaven(String path) {
    List<String> parts = List.of(path.split("/"));
    int count = parts.size();
    if (count <= ARTIFACT_PARTS) {
      return Optional.empty();
    }
    String file = parts.getLast();
    String version = parts.get(count - 2);
    String artifact = parts.get(count - ARTIFACT_PARTS);
    String stem = artifact + "-" + version;
    if (!file.startsWith(stem)) {
      return Optional.empty();
    }
    String rest = file.substring(stem.length());
    int dot = rest.indexOf('.');
    if (dot < 0 || (dot > 0 && rest.charAt(0) != '-')) {
      return Optional.empty();
    }
    SortedMap<String, String> qualifiers = new TreeMap<>();
    String extension = rest.substring(dot + 1);
    if (!extension.equals(JAR)) {
      qualifiers.put("type", extension);
    }
    if (dot > 1) {
      qualifiers.put("classifier", rest.substring(1, dot));
    }
    String group = String.join(".", parts.subList(0, count - ARTIFACT_PARTS));
    return Optional.of(new PackageUrl(MAVEN, group, artifact, version, qualifiers));
  }

  /// A Debian package.
  public static PackageUrl ofDebian(
      String name, String version, String architecture, String suite) {
    return new PackageUrl(
        "deb",
        "debian",
        name,
        version,
        new TreeMap<>(Map.of("arch", architecture, "distro", suite)));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("pkg:");
    text.append(type).append('/').append(encoded(namespace)).append('/').append(encoded(name));
    text.append('@').append(encoded(version));
    String separator = "?";
    for (Map.Entry<String, String> each : qualifiers.entrySet()) {
      text.append(separator).append(each.getKey()).append('=').append(encoded(each.getValue()));
      separator = "&";
    }
    return text.toString();
  }

  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte each : text.getBytes(StandardCharsets.UTF_8)) {
      if (each > 0 && UNRESERVED.indexOf(each) >= 0) {
        encoded.append((char) each);
      } else {
        encoded.append("%%%02X".formatted(each & UNSIGNED));
      }
    }
    return encoded.toString();
  }
}
