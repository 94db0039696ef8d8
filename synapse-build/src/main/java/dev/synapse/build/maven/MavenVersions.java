package dev.synapse.build.maven;

import dev.synapse.build.manifest.Coordinates;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.regex.Pattern;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// The versions that a repository lists for an artifact, as its `maven-metadata.xml` says.
///
/// Only numbers with dots count as stable: `4.0.0-rc-4` and `2.0-M1` are never chosen.
///
/// @param artifact `group:artifact`, for messages
public record MavenVersions(String artifact, List<String> versions) {
  private static final Pattern STABLE = Pattern.compile("[0-9]{1,9}(\\.[0-9]{1,18})*");
  private static final Pattern PATTERN = Pattern.compile("[0-9]+(\\.[0-9]+)*\\.x");
  private static final List<String> PLACE =
      List.of("metadata", "versioning", "versions", "version");

  public MavenVersions {
    versions = List.copyOf(versions);
  }

  /// Reads the `maven-metadata.xml` of an artifact. Entities and document types are refused.
  ///
  /// @throws MavenException with [MavenProblem.BadMetadata]
  public static MavenVersions read(String artifact, InputStream metadata)
      throws MavenException, IOException {
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    factory.setProperty(XMLInputFactory.IS_COALESCING, true);
    try {
      return new MavenVersions(artifact, versions(factory.createXMLStreamReader(metadata)));
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof IOException cause) {
        throw cause;
      }
      String reason = String.valueOf(e.getMessage()).lines().findFirst().orElse("not XML");
      throw new MavenException(new MavenProblem.BadMetadata(artifact, reason));
    }
  }

  /// Whether a version stands for the newest of several, as `3.9.x` does.
  public static boolean isPattern(String version) {
    return PATTERN.matcher(version).matches();
  }

  /// The same file with its version fixed: what a pattern admits is asked of the repository,
  /// anything else stays as it is. For `synapse lock` only.
  ///
  /// @throws MavenException if the version is `LATEST`, `RELEASE` or a snapshot, or if there is no
  ///   release that it admits
  public static Coordinates resolve(
      Coordinates coordinates, String repository, ArtifactSource source)
      throws MavenException, IOException {
    if (!coordinates.isFixed()) {
      throw new MavenException(new MavenProblem.MovingVersion(coordinates.toString()));
    }
    if (!isPattern(coordinates.version())) {
      return coordinates;
    }
    String artifact = coordinates.group() + ":" + coordinates.artifact();
    String path =
        coordinates.group().replace('.', '/')
            + "/"
            + coordinates.artifact()
            + "/maven-metadata.xml";
    try (InputStream metadata = source.open(repository, path).orElse(null)) {
      if (metadata == null) {
        throw new MavenException(new MavenProblem.Missing(repository, path));
      }
      return new Coordinates(
          coordinates.group(),
          coordinates.artifact(),
          read(artifact, metadata).newest(coordinates.version()),
          coordinates.extension(),
          coordinates.classifier());
    }
  }

  /// The newest stable release that a pattern like `3.9.x` admits: `3.9.16` before `3.9.9`, never
  /// `3.10.0`.
  ///
  /// @throws MavenException with [MavenProblem.NoMatchingRelease]
  public String newest(String pattern) throws MavenException {
    if (!isPattern(pattern)) {
      throw new IllegalArgumentException("'" + pattern + "' is not a pattern of versions");
    }
    String start = pattern.substring(0, pattern.length() - 1);
    return versions.stream()
        .filter(version -> version.startsWith(start) && STABLE.matcher(version).matches())
        .max(
            Comparator.comparing(MavenVersions::numbers, MavenVersions::compare)
                .thenComparing(Comparator.naturalOrder()))
        .orElseThrow(
            () -> new MavenException(new MavenProblem.NoMatchingRelease(artifact, pattern)));
  }

  private static List<String> versions(XMLStreamReader reader) throws XMLStreamException {
    List<String> found = new ArrayList<>();
    Deque<String> place = new ArrayDeque<>();
    StringBuilder text = new StringBuilder();
    while (reader.hasNext()) {
      switch (reader.next()) {
        case XMLStreamConstants.START_ELEMENT -> {
          place.addLast(reader.getLocalName());
          text.setLength(0);
        }
        case XMLStreamConstants.CHARACTERS -> text.append(reader.getText());
        case XMLStreamConstants.END_ELEMENT -> {
          if (List.copyOf(place).equals(PLACE)) {
            found.add(text.toString().strip());
          }
          place.removeLast();
        }
        default -> {}
      }
    }
    return found;
  }

  private static List<BigInteger> numbers(String version) {
    return Arrays.stream(version.split("\\.", -1)).map(BigInteger::new).toList();
  }

  private static int compare(List<BigInteger> left, List<BigInteger> right) {
    for (int i = 0; i < Math.min(left.size(), right.size()); i++) {
      int order = left.get(i).compareTo(right.get(i));
      if (order != 0) {
        return order;
      }
    }
    return Integer.compare(left.size(), right.size());
  }
}
