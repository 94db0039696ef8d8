package dev.synapse.build.maven;

import static java.util.Objects.requireNonNull;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/// One file of a Maven repository: `group:artifact:version[:extension[:classifier]]`.
///
/// The version is fixed, or a pattern like `3.9.x` that `synapse lock` replaces by the newest release
/// it admits. Ranges, `LATEST`, `RELEASE` and snapshots are refused.
///
/// @param extension of the file's name, without the dot: `jar`, `tar.gz`
/// @param classifier empty when there is none
public record Coordinates(
    String group, String artifact, String version, String extension, String classifier) {
  private static final Pattern WORD = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_.+\\-]*");
  private static final Pattern WILDCARD = Pattern.compile("[0-9]+(\\.[0-9]+)*\\.x");
  private static final Set<String> MOVING = Set.of("LATEST", "RELEASE");
  private static final int LEAST = 3;
  private static final int MOST = 5;

  public Coordinates {
    requireWord("group", group);
    requireWord("artifact", artifact);
    requireWord("version", version);
    requireWord("extension", extension);
    if (!classifier.isEmpty()) {
      requireWord("classifier", classifier);
    }
    if (!isFixedOrPattern(version)) {
      throw new IllegalArgumentException("version '" + version + "' is not fixed");
    }
  }

  /// Reads what a manifest says.
  ///
  /// @throws MavenException with [MavenProblem.BadCoordinates]
  public static Coordinates parse(String text) throws MavenException {
    requireNonNull(text, "text");
    List<String> parts = Arrays.asList(text.split(":", -1));
    if (parts.size() < LEAST || parts.size() > MOST) {
      throw bad(text, "expected group:artifact:version[:extension[:classifier]]");
    }
    String version = parts.get(2);
    if (version.startsWith("[") || version.startsWith("(") || version.indexOf(',') >= 0) {
      throw bad(text, "version '" + version + "' is a range; name one, or a pattern like 3.9.x");
    }
    for (String part : parts) {
      if (!isWord(part)) {
        throw bad(text, part.isEmpty() ? "a part is empty" : "unexpected '" + part + "'");
      }
    }
    if (!isFixedOrPattern(version)) {
      throw bad(text, "version '" + version + "' moves; name one, or a pattern like 3.9.x");
    }
    return new Coordinates(
        parts.get(0),
        parts.get(1),
        version,
        parts.size() > LEAST ? parts.get(LEAST) : "jar",
        parts.size() == MOST ? parts.get(MOST - 1) : "");
  }

  /// Whether the version has to be resolved first, as that of `…:3.9.x`.
  public boolean isPattern() {
    return WILDCARD.matcher(version).matches();
  }

  /// The same file of another version.
  public Coordinates withVersion(String other) {
    return new Coordinates(group, artifact, other, extension, classifier);
  }

  /// Where the file is, below a repository's root.
  ///
  /// @throws IllegalStateException if the version is a pattern
  public String path() {
    if (isPattern()) {
      throw new IllegalStateException("version of '" + this + "' is not resolved");
    }
    return "%s/%s/%s-%s%s.%s"
        .formatted(
            folder(),
            version,
            artifact,
            version,
            classifier.isEmpty() ? "" : "-" + classifier,
            extension);
  }

  /// Where the list of versions is, below a repository's root. Read at lock time only.
  public String metadataPath() {
    return folder() + "/maven-metadata.xml";
  }

  /// As a manifest writes it, with the extension always named.
  @Override
  public String toString() {
    String start = String.join(":", group, artifact, version, extension);
    return classifier.isEmpty() ? start : start + ":" + classifier;
  }

  private String folder() {
    return group.replace('.', '/') + "/" + artifact;
  }

  private static boolean isFixedOrPattern(String version) {
    return !MOVING.contains(version)
        && !version.toUpperCase(Locale.ROOT).endsWith("SNAPSHOT")
        && (!("." + version).endsWith(".x") || WILDCARD.matcher(version).matches());
  }

  private static boolean isWord(String text) {
    return WORD.matcher(text).matches() && !text.contains("..") && !text.endsWith(".");
  }

  private static void requireWord(String what, String text) {
    if (!isWord(text)) {
      throw new IllegalArgumentException("invalid " + what + " '" + text + "'");
    }
  }

  private static MavenException bad(String text, String reason) {
    return new MavenException(new MavenProblem.BadCoordinates(text, reason));
  }
}
