package dev.synapse.build.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.jspecify.annotations.Nullable;
import org.w3c.dom.Document;
import org.w3c.dom.Element;
import org.w3c.dom.Node;
import org.xml.sax.SAXException;

/// Where the installed Maven fetches from: a mirror of `central` in the user's or the
/// installation's `settings.xml`, else the repository that Maven's own super POM names.
///
/// Profiles, and servers that ask for a password, are not looked at.
final class MavenSettings {
  private static final String SUPER_POM = "org/apache/maven/model/pom-4.0.0.xml";
  private static final Pattern VARIABLE = Pattern.compile("\\$\\{(env\\.[^}]+|user\\.home)}");

  private final Host host;

  MavenSettings(Host host) {
    this.host = host;
  }

  List<URI> central(List<String> lookedAt) throws FetchException {
    Set<Path> homes = homes();
    var settings = new ArrayList<Path>();
    settings.add(host.home().resolve(".m2/settings.xml"));
    homes.forEach(home -> settings.add(home.resolve("conf/settings.xml")));
    for (Path file : settings) {
      lookedAt.add("'" + file + "'");
      Optional<URI> mirror = mirror(file);
      if (mirror.isPresent()) {
        return List.of(mirror.get());
      }
    }
    for (Path jar : modelJars(homes)) {
      Optional<URI> builtIn = builtIn(jar);
      if (builtIn.isPresent()) {
        return List.of(builtIn.get());
      }
    }
    lookedAt.add(
        homes.isEmpty()
            ? "an installed Maven, of which there is none"
            : "the super POM of the Maven in '" + homes.iterator().next() + "'");
    return List.of();
  }

  /// Folders of Maven installations: `MAVEN_HOME`, the one whose `mvn` is found first, Debian's.
  private Set<Path> homes() {
    var homes = new LinkedHashSet<Path>();
    for (String variable : List.of("MAVEN_HOME", "M2_HOME")) {
      String value = host.environment().getOrDefault(variable, "");
      if (value.startsWith("/")) {
        homes.add(Path.of(value));
      }
    }
    for (String folder : host.environment().getOrDefault("PATH", "").split(":", -1)) {
      if (folder.startsWith("/")) {
        homeOf(Path.of(folder, "mvn")).ifPresent(homes::add);
      }
    }
    homes.add(host.root().resolve("usr/share/maven"));
    homes.addAll(host.mavenHomes());
    homes.removeIf(home -> !Files.isDirectory(home));
    return homes;
  }

  /// The installation whose `bin` holds a program, or what a link to it leads to.
  private static Optional<Path> homeOf(Path program) {
    if (!Files.isExecutable(program)) {
      return Optional.empty();
    }
    try {
      return Optional.ofNullable(program.toRealPath().getParent()).map(Path::getParent);
    } catch (IOException _) {
      return Optional.empty(); // it has just gone
    }
  }

  private Optional<URI> mirror(Path file) throws FetchException {
    if (!Files.isRegularFile(file)) {
      return Optional.empty();
    }
    Document settings;
    try (InputStream in = Files.newInputStream(file)) {
      settings = parse(in);
    } catch (IOException | SAXException e) {
      throw new FetchException(
          new FetchProblem.BadConfiguration(file, String.valueOf(e.getMessage())));
    }
    for (Element mirrors : children(settings.getDocumentElement(), "mirrors")) {
      for (Element mirror : children(mirrors, "mirror")) {
        boolean blocked = text(mirror, "blocked").equals("true");
        if (!blocked && coversCentral(text(mirror, "mirrorOf"))) {
          String url = interpolate(text(mirror, "url"));
          return Optional.of(Repositories.parse(Repositories.CENTRAL, url, "'" + file + "'"));
        }
      }
    }
    return Optional.empty();
  }

  /// Whether a `mirrorOf` takes in the repository `central`, which is external and https.
  private static boolean coversCentral(String mirrorOf) {
    boolean covers = false;
    for (String part : mirrorOf.split(",", -1)) {
      switch (part.strip()) {
        case "!" + Repositories.CENTRAL -> {
          return false;
        }
        case "*", "external:*", Repositories.CENTRAL -> covers = true;
        default -> {}
      }
    }
    return covers;
  }

  private String interpolate(String text) {
    return VARIABLE
        .matcher(text)
        .replaceAll(
            found -> {
              String name = found.group(1);
              String value =
                  name.startsWith("env.")
                      ? host.environment().getOrDefault(name.substring("env.".length()), "")
                      : host.home().toString();
              return Matcher.quoteReplacement(value);
            });
  }

  /// Jars that may hold the super POM, those of installations first.
  private List<Path> modelJars(Set<Path> homes) {
    var jars = new ArrayList<Path>();
    for (Path home : homes) {
      jars.addAll(list(home.resolve("lib"), "maven-model-builder"));
      jars.addAll(list(home.resolve("lib"), "maven-impl"));
    }
    Path cached = host.home().resolve(".m2/repository/org/apache/maven/maven-model-builder");
    for (Path version : list(cached, "")) {
      jars.addAll(list(version, "maven-model-builder"));
    }
    return jars;
  }

  private static List<Path> list(Path folder, String prefix) {
    try (Stream<Path> entries = Files.list(folder)) {
      return entries
          .filter(entry -> String.valueOf(entry.getFileName()).startsWith(prefix))
          .sorted(Comparator.<Path>naturalOrder().reversed())
          .toList();
    } catch (IOException _) {
      return List.of();
    }
  }

  private Optional<URI> builtIn(Path jar) throws FetchException {
    if (!Files.isRegularFile(jar) || !jar.toString().endsWith(".jar")) {
      return Optional.empty();
    }
    try (ZipFile zip = new ZipFile(jar.toFile())) {
      ZipEntry entry = zip.getEntry(SUPER_POM);
      if (entry == null) {
        return Optional.empty();
      }
      try (InputStream in = zip.getInputStream(entry)) {
        for (Element repositories : children(parse(in).getDocumentElement(), "repositories")) {
          for (Element repository : children(repositories, "repository")) {
            if (text(repository, "id").equals(Repositories.CENTRAL)) {
              return Optional.of(
                  Repositories.parse(
                      Repositories.CENTRAL, text(repository, "url"), "'" + jar + "'"));
            }
          }
        }
      }
      return Optional.empty();
    } catch (IOException | SAXException _) {
      return Optional.empty(); // a damaged copy: another one may tell
    }
  }

  private static Document parse(InputStream in) throws IOException, SAXException {
    try {
      var factory = DocumentBuilderFactory.newInstance();
      factory.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
      factory.setExpandEntityReferences(false);
      var builder = factory.newDocumentBuilder();
      builder.setErrorHandler(null);
      return builder.parse(in);
    } catch (ParserConfigurationException e) {
      throw new IllegalStateException(e);
    }
  }

  private static List<Element> children(Element parent, String name) {
    var children = new ArrayList<Element>();
    for (@Nullable Node node = parent.getFirstChild(); node != null; node = node.getNextSibling()) {
      if (node instanceof Element element && element.getTagName().equals(name)) {
        children.add(element);
      }
    }
    return children;
  }

  private static String text(Element parent, String name) {
    return children(parent, name).stream()
        .findFirst()
        .map(Element::getTextContent)
        .map(String::strip)
        .orElse("");
  }
}
