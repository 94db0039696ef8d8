package dev.synapse.gmp.osv;

import dev.synapse.gmp.attest.PackageUrl;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Under what OSV lists a component.
///
/// @param ecosystem such as `Maven` or `Debian:13`
/// @param name as that ecosystem writes it; of a Debian package that of its source
/// @param version of a Debian package without the number of a rebuild of the binary alone
/// @see <a href="https://ossf.github.io/osv-schema/#affectedpackage-field">OSV schema,
///   ecosystems</a>
record Lookup(String ecosystem, String name, String version, VersionOrder order) {
  static final String MAVEN = "Maven";
  static final String DEBIAN = "Debian";
  private static final Map<String, String> ECOSYSTEMS =
      Map.of(
          "npm", "npm",
          "pypi", "PyPI",
          "golang", "Go",
          "cargo", "crates.io",
          "gem", "RubyGems",
          "nuget", "NuGet",
          "composer", "Packagist");
  private static final Map<String, String> SUITES =
      Map.of("buster", "10", "bullseye", "11", "bookworm", "12", "trixie", "13", "forky", "14");
  private static final Pattern RELEASE = Pattern.compile("(?:debian-)?([0-9]+)(?:\\..*)?");
  private static final Pattern BINARY_REBUILD = Pattern.compile("\\+b[0-9]+$");

  /// Empty for what no ecosystem of OSV holds.
  static Optional<Lookup> of(PackageUrl purl) {
    String type = purl.type();
    if (type.equals(PackageUrl.MAVEN)) {
      String name = purl.namespace() + ":" + purl.name();
      return Optional.of(new Lookup(MAVEN, name, purl.version(), VersionOrder.MAVEN));
    }
    if (type.equals("deb")) {
      return debian(purl);
    }
    String name = purl.namespace().isEmpty() ? purl.name() : purl.namespace() + "/" + purl.name();
    return Optional.ofNullable(ECOSYSTEMS.get(type))
        .map(ecosystem -> new Lookup(ecosystem, name, purl.version(), VersionOrder.UNKNOWN));
  }

  /// OSV lists sources. A version of the source is given where it is another one.
  private static Optional<Lookup> debian(PackageUrl purl) {
    String[] source =
        purl.qualifiers().getOrDefault(PackageUrl.UPSTREAM, purl.name()).split("@", 2);
    String version =
        source.length == 2 ? source[1] : BINARY_REBUILD.matcher(purl.version()).replaceFirst("");
    return release(purl.qualifiers().getOrDefault("distro", ""))
        .filter(_ -> purl.namespace().equals("debian"))
        .map(
            release -> new Lookup(DEBIAN + ":" + release, source[0], version, VersionOrder.DEBIAN));
  }

  private static Optional<String> release(String distro) {
    String suite = distro.startsWith("debian-") ? distro.substring("debian-".length()) : distro;
    if (SUITES.containsKey(suite)) {
      return Optional.ofNullable(SUITES.get(suite));
    }
    Matcher number = RELEASE.matcher(distro);
    return number.matches() ? Optional.of(number.group(1)) : Optional.empty();
  }
}
