package dev.synapse.gmp.osv;

import dev.synapse.gmp.attest.Component;
import dev.synapse.gmp.attest.PackageUrl;
import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// Documents of OSV on the disk: a folder of `.json` files, or the zip that OSV offers of each
/// ecosystem. Only packages of Maven repositories are matched; what of a bill of materials was not
/// is counted, for it is not known to be free of vulnerabilities.
public final class OsvSnapshot {
  private static final String SUFFIX = ".json";

  /// No document is near as long.
  private static final int LONGEST = 16 << 20;

  private final Map<String, List<OsvEntry>> byName = new HashMap<>();
  private int documents;

  private OsvSnapshot() {}

  /// Reads a snapshot.
  ///
  /// @throws OsvException if a document in it cannot be read, or there is none
  public static OsvSnapshot read(Path folderOrZip) throws IOException, OsvException {
    OsvSnapshot snapshot = new OsvSnapshot();
    if (Files.isDirectory(folderOrZip)) {
      snapshot.readFolder(folderOrZip);
    } else {
      snapshot.readZip(folderOrZip);
    }
    if (snapshot.documents == 0) {
      throw new OsvException(folderOrZip.toString(), "there is no document in it");
    }
    return snapshot;
  }

  private void readFolder(Path folder) throws IOException, OsvException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(each -> each.toString().endsWith(SUFFIX)).sorted().toList();
    }
    for (Path file : files) {
      try (InputStream in = Files.newInputStream(file)) {
        add(folder.relativize(file).toString(), in);
      }
    }
  }

  private void readZip(Path zip) throws IOException, OsvException {
    try (ZipInputStream in = new ZipInputStream(Files.newInputStream(zip))) {
      for (ZipEntry entry = in.getNextEntry(); entry != null; entry = in.getNextEntry()) {
        if (entry.getName().endsWith(SUFFIX)) {
          add(entry.getName(), in);
        }
      }
    }
  }

  private void add(String name, InputStream in) throws IOException, OsvException {
    byte[] bytes = in.readNBytes(LONGEST);
    if (bytes.length == LONGEST) {
      throw new OsvException(name, "it is too long");
    }
    try {
      OsvEntry entry = OsvEntry.parse(name, CanonicalJson.parse(bytes));
      documents++;
      entry.affected().stream()
          .map(OsvEntry.Affected::name)
          .distinct()
          .forEach(each -> byName.computeIfAbsent(each, _ -> new ArrayList<>()).add(entry));
    } catch (NotCanonicalException e) {
      throw new OsvException(name, String.valueOf(e.getMessage()));
    }
  }

  /// How many documents it has.
  public int documents() {
    return documents;
  }

  /// What is known of `components`.
  public SbomFindings match(Collection<Component> components) {
    List<SbomFindings.Finding> findings = new ArrayList<>();
    int matched = 0;
    List<String> unmatched = new ArrayList<>();
    for (Component component : components) {
      Optional<PackageUrl> maven =
          component.purl().filter(purl -> purl.type().equals(PackageUrl.MAVEN));
      if (maven.isPresent()) {
        matched++;
        findings.addAll(findings(maven.get()));
      } else {
        unmatched.add(component.uri());
      }
    }
    findings.sort(
        Comparator.comparing(SbomFindings.Finding::id)
            .thenComparing(SbomFindings.Finding::component));
    return new SbomFindings(findings, matched, unmatched);
  }

  private List<SbomFindings.Finding> findings(PackageUrl maven) {
    String name = maven.namespace() + ":" + maven.name();
    return byName.getOrDefault(name, List.of()).stream()
        .filter(entry -> affects(entry, name, maven.version()))
        .map(entry -> new SbomFindings.Finding(entry.id(), entry.aliases(), maven.toString()))
        .toList();
  }

  private static boolean affects(OsvEntry entry, String name, String version) {
    return entry.affected().stream()
        .anyMatch(each -> each.name().equals(name) && each.includes(version));
  }
}
