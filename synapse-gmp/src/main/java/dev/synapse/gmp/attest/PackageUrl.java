package dev.synapse.gmp.attest;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

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

  /// The type of Debian packages.
  public static final String DEBIAN = "deb";

  /// The qualifier that names the source of a Debian package, where it has another name.
  public static final String UPSTREAM = "upstream";

  private static final String POM = "pom";
  private static final Pattern FORM =
      Pattern.compile("pkg:/*([^/@?#]+)/(?:([^@?#]*)/)?([^/@?#]+)(?:@([^?#]*))?(?:[?]([^#]*))?.*");
  private static final int NAMESPACE = 2;
  private static final int NAME = 3;
  private static final int VERSION = 4;
  private static final int QUALIFIERS = 5;
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
  ///
  /// @param source the name of its source
  public static PackageUrl ofDebian(
      String name, String version, String architecture, String suite, String source) {
    SortedMap<String, String> qualifiers =
        new TreeMap<>(Map.of("arch", architecture, "distro", suite));
    if (!source.equals(name)) {
      qualifiers.put(UPSTREAM, source);
    }
    return new PackageUrl(DEBIAN, "debian", name, version, qualifiers);
  }

  /// Reads what others wrote; empty where it is none.
  public static Optional<PackageUrl> parse(String text) {
    Matcher form = FORM.matcher(text);
    if (!form.matches()) {
      return Optional.empty();
    }
    try {
      SortedMap<String, String> qualifiers = new TreeMap<>();
      for (String each : part(form, QUALIFIERS).split("&", -1)) {
        String[] pair = each.split("=", 2);
        if (pair.length == 2) {
          qualifiers.put(pair[0].toLowerCase(Locale.ROOT), decoded(pair[1]));
        }
      }
      return Optional.of(
          new PackageUrl(
              form.group(1).toLowerCase(Locale.ROOT),
              decoded(part(form, NAMESPACE)),
              decoded(form.group(NAME)),
              decoded(part(form, VERSION)),
              qualifiers));
    } catch (IllegalArgumentException _) {
      return Optional.empty(); // a percent sign that is none
    }
  }

  private static String part(Matcher form, int group) {
    String found = form.group(group);
    return found == null ? "" : found;
  }

  private static String decoded(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
  }

  /// Whether this means `other` too: what is not said here, version or qualifier, may be any.
  public boolean covers(PackageUrl other) {
    return type.equals(other.type)
        && namespace.equals(other.namespace)
        && name.equals(other.name)
        && (version.isEmpty() || version.equals(other.version))
        && other.qualifiers.entrySet().containsAll(qualifiers.entrySet());
  }

  /// Whether it is a project's description of Maven, which holds no code.
  public boolean isPom() {
    return type.equals(MAVEN) && POM.equals(qualifiers.get("type"));
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("pkg:");
    text.append(type).append('/');
    for (String each : namespace.isEmpty() ? new String[0] : namespace.split("/", -1)) {
      text.append(encoded(each)).append('/');
    }
    text.append(encoded(name));
    if (!version.isEmpty()) {
      text.append('@').append(encoded(version));
    }
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
