package dev.synapse.build.manifest;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.regex.Pattern;

/// One file of a Maven repository, written `group:artifact:version[:extension[:classifier]]`.
///
/// @param extension `jar` when not written
/// @param classifier empty when not written
public record Coordinates(
    String group, String artifact, String version, String extension, String classifier) {
  private static final Pattern GROUP =
      Pattern.compile("[A-Za-z0-9_][A-Za-z0-9_-]*(\\.[A-Za-z0-9_-]+)*");
  private static final Pattern PART = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._+-]*");
  private static final Pattern VERSION_PATTERN = Pattern.compile("[0-9]+(\\.[0-9]+)*\\.x");
  private static final String DEFAULT_EXTENSION = "jar";

  // Parts of the written form, of which the first three have to be there.
  private static final int EXTENSION = 3;
  private static final int CLASSIFIER = 4;
  private static final int LEAST_PARTS = EXTENSION;
  private static final int MOST_PARTS = CLASSIFIER + 1;

  /// Refuses what cannot be a file of a repository.
  public Coordinates {
    requireNonNull(extension, "extension");
    if (!GROUP.matcher(group).matches()
        || !isPart(artifact)
        || !isPart(version)
        || !isPart(extension)
        || !(classifier.isEmpty() || isPart(classifier))) {
      throw new IllegalArgumentException(
          "invalid coordinates %s:%s:%s:%s:%s"
              .formatted(group, artifact, version, extension, classifier));
    }
  }

  /// Reads the written form; empty when `text` does not have it.
  public static Optional<Coordinates> parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length < LEAST_PARTS || parts.length > MOST_PARTS) {
      return Optional.empty();
    }
    for (int index = 0; index < parts.length; index++) {
      if (index == 0 ? !GROUP.matcher(parts[0]).matches() : !isPart(parts[index])) {
        return Optional.empty();
      }
    }
    return Optional.of(
        new Coordinates(
            parts[0],
            parts[1],
            parts[2],
            parts.length > EXTENSION ? parts[EXTENSION] : DEFAULT_EXTENSION,
            parts.length > CLASSIFIER ? parts[CLASSIFIER] : ""));
  }

  private static boolean isPart(String text) {
    return PART.matcher(text).matches();
  }

  /// Whether the version is that of a release, or a pattern of releases: not a snapshot, not the
  /// newest of some day.
  public boolean isFixed() {
    return !version.endsWith("SNAPSHOT") && !version.equals("LATEST") && !version.equals("RELEASE");
  }

  /// Whether the version is a pattern like `3.9.x`: the newest release it admits is locked.
  public boolean isPattern() {
    return VERSION_PATTERN.matcher(version).matches();
  }

  /// The same file of another version.
  public Coordinates withVersion(String other) {
    return new Coordinates(group, artifact, other, extension, classifier);
  }

  /// Whether a file that a repository has at `place` is what these coordinates ask for.
  public boolean admits(String place) {
    if (!isPattern()) {
      return path().equals(place);
    }
    String[] parts = place.split("/", -1);
    String found = parts.length < 2 ? "" : parts[parts.length - 2];
    return found.startsWith(version.substring(0, version.length() - 1))
        && isPart(found)
        && withVersion(found).path().equals(place);
  }

  /// The last part of [#path()].
  public String fileName() {
    String middle = classifier.isEmpty() ? "" : "-" + classifier;
    return artifact + "-" + version + middle + "." + extension;
  }

  /// Where a repository has the file: `org/ow2/asm/asm/9.8/asm-9.8.jar`.
  public String path() {
    return group.replace('.', '/') + "/" + artifact + "/" + version + "/" + fileName();
  }

  /// The shortest written form.
  @Override
  public String toString() {
    String text = group + ":" + artifact + ":" + version;
    if (!classifier.isEmpty()) {
      return text + ":" + extension + ":" + classifier;
    }
    return extension.equals(DEFAULT_EXTENSION) ? text : text + ":" + extension;
  }
}
