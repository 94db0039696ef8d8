package dev.synapse.build.manifest;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/// A first `synapse.toml` for a project, made from what lies in its folder, with comments that say
/// what to change. It is a valid manifest as it is.
public final class ManifestTemplate {
  private static final String FALLBACK_NAME = "project";

  private final Path folder;
  private final Map<String, String> pom;

  private ManifestTemplate(Path folder, Map<String, String> pom) {
    this.folder = folder;
    this.pom = pom;
  }

  /// The text for the project in `folder`: of Maven where there is a `pom.xml`, of Python where
  /// there is a `pyproject.toml` or a `setup.py`, else of `make`.
  public static String forProject(Path folder) throws IOException {
    Path place = folder.toRealPath();
    Path pom = place.resolve("pom.xml");
    if (Files.isRegularFile(pom)) {
      return new ManifestTemplate(place, ofPom(pom)).maven(hasText(pom, "jacoco"));
    }
    var template = new ManifestTemplate(place, Map.of());
    if (template.has("pyproject.toml") || template.has("setup.py")) {
      return template.python();
    }
    return template.has("Makefile") || template.has("makefile") || template.has("GNUmakefile")
        ? template.make()
        : template.other();
  }

  private boolean has(String file) {
    return Files.isRegularFile(folder.resolve(file));
  }

  private static boolean hasText(Path file, String text) throws IOException {
    return new String(Files.readAllBytes(file), java.nio.charset.StandardCharsets.ISO_8859_1)
        .contains(text);
  }

  /// The name and the version that a POM has for itself, where it has them in words. A broken POM
  /// is Maven's to complain of.
  private static Map<String, String> ofPom(Path file) throws IOException {
    Map<String, String> found = new HashMap<>();
    XMLInputFactory factory = XMLInputFactory.newDefaultFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    try (InputStream stream = Files.newInputStream(file)) {
      readPom(factory.createXMLStreamReader(stream), found);
    } catch (XMLStreamException _) {
      return found;
    }
    return found;
  }

  private static void readPom(XMLStreamReader reader, Map<String, String> found)
      throws XMLStreamException {
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
          if (place.size() == 2) {
            found.put(place.getLast(), text.toString().strip());
          }
          place.removeLast();
        }
        default -> {}
      }
    }
  }

  private String name() {
    String wanted = pom.getOrDefault("artifactId", String.valueOf(folder.getFileName()));
    return named(wanted)
        .or(() -> named(wanted.replaceAll("[^A-Za-z0-9._+-]+", "-").replaceAll("^[^A-Za-z]+", "")))
        .orElse(FALLBACK_NAME);
  }

  private static Optional<String> named(String text) {
    return Form.NAME.parse().apply(text);
  }

  private String version() {
    return Form.VERSION.parse().apply(pom.getOrDefault("version", "")).orElse("0.1.0");
  }

  private String source() {
    for (Path above = folder; above != null; above = above.getParent()) {
      if (Files.exists(above.resolve(".git"))) {
        return "source = { git = true }              # the files that git tracks";
      }
    }
    return "source = { include = [\"**\"], exclude = [\"**/target\", \"**/__pycache__\","
        + " \"**/*.o\"] }";
  }

  private String head() {
    return """
    # What `synapse build` makes of this project. `synapse lock` finds out which bytes it needs.

    [project]
    name = "%s"
    version = "%s"
    # description = "…"
    # license = "MIT"
    source-date = "1980-01-02"           # every time stamp in an output: a date, or seconds since 1970
    """
        .formatted(name(), version());
  }

  private static String toolchain(String name, List<String> packages, String more) {
    StringBuilder lines = new StringBuilder();
    for (String each : packages) {
      lines.append("  \"").append(each).append("\",\n");
    }
    return """

    # The programs a build can call: Debian packages, with what they depend on.
    [toolchains.%s]
    debian.suite = "trixie"
    debian.packages = [
    %s]
    %s\
    """
        .formatted(name, lines, more);
  }

  private String packageHead(String toolchain) {
    return """

    [packages.%s]
    %s
    toolchain = "%s"
    """
        .formatted(quotedName(), source(), toolchain);
  }

  private String gate(String how, boolean commented) {
    String text =
        """

        # The quality that a build has to show; see `synapse gmp`.
        [packages.%s.gmp]
        stage = "bootstrap"                  # bootstrap, growth, stabilize or strict
        mode = "warn"                        # warn writes deviations down, strict rejects
        %s\
        """
            .formatted(quotedName(), how);
    return commented
        ? text.lines()
            .map(line -> line.isEmpty() || line.startsWith("#") ? line : "# " + line)
            .reduce("", (all, line) -> all + line + "\n")
        : text;
  }

  private String quotedName() {
    String name = name();
    return name.matches("[A-Za-z0-9_-]+") ? name : '"' + name + '"';
  }

  private String maven(boolean measured) {
    return head()
        + toolchain(
            "java",
            List.of(
                "bash",
                "coreutils",
                "dash",
                "findutils",
                "grep",
                "mawk",
                "openjdk-25-jdk-headless",
                "sed"),
            """
            env = { JAVA_HOME = "/usr/lib/jvm/java-25-openjdk-amd64" }
            links = { "/usr/bin/awk" = "/usr/bin/mawk" }
            """)
        + """

        # Maven itself: the newest release of 3.9 when `synapse lock` runs.
        [inputs.maven]
        artifact = "org.apache.maven:apache-maven:3.9.x:tar.gz:bin"
        unpack = true
        """
        + packageHead("java")
        + """
        inputs = ["maven"]                   # $maven in a phase; its programs are found
        maven.record = ["verify"]            # the goals whose downloads are locked
        # phases.build = "mvn -B -DskipTests package"
        # limits = { wall-time = "2h", memory = "8GiB" }
        """
        + gate(
            measured
                ? ""
                : "# The coverage thresholds need the JaCoCo plugin in pom.xml, goal report.\n",
            !measured);
  }

  private String make() {
    return head()
        + toolchain(
            "c",
            List.of(
                "bash",
                "coreutils",
                "dash",
                "findutils",
                "gcc",
                "grep",
                "libc6-dev",
                "make",
                "mawk",
                "sed"),
            "links = { \"/usr/bin/awk\" = \"/usr/bin/mawk\" }\n")
        + packageHead("c")
        + """
        # What is done unless you write it here; an empty text leaves a phase out.
        # phases.build = "make"
        # phases.check = "make check"
        # phases.install = 'make install PREFIX="$out"'
        """;
  }

  private String python() {
    return head()
        + toolchain(
            "python",
            List.of(
                "bash",
                "coreutils",
                "dash",
                "findutils",
                "grep",
                "mawk",
                "python3",
                "python3-pip",
                "python3-pytest",
                "python3-setuptools",
                "python3-wheel",
                "sed"),
            """
            env = { PYTHONHASHSEED = "0", PYTHONDONTWRITEBYTECODE = "1" }
            links = { "/usr/bin/awk" = "/usr/bin/mawk" }
            """)
        + packageHead("python")
        + """
        phases.build = ""
        phases.check = "python3 -m pytest --junit-xml=reports/TEST-pytest.xml"
        # With a build system other than setuptools, add its Debian package to the toolchain.
        phases.install = '''
        python3 -m pip install --no-index --no-deps --no-build-isolation --no-compile \\
          --prefix "$out" .
        '''
        """
        + gate("tests = [\"reports/TEST-*.xml\"]\n", true);
  }

  private String other() {
    return head()
        + toolchain(
            "tools",
            List.of("bash", "coreutils", "dash", "findutils", "grep", "mawk", "sed"),
            "links = { \"/usr/bin/awk\" = \"/usr/bin/mawk\" }\n")
        + packageHead("tools")
        + """
        # Nothing here says how this project is built: write it down.
        phases.build = ""
        phases.install = 'mkdir -p "$out" && cp -r . "$out"'
        """;
  }
}
