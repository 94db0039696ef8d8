package dev.synapse.gmp.osv;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.json.CanonicalJson.NotCanonicalException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// Documents of OSV on the disk: the zip that OSV offers of each ecosystem, or a folder of such
/// zips and of `.json` files.
public final class OsvSnapshot {
  private static final String SUFFIX = ".json";
  private static final String ZIP = ".zip";

  /// No document is near as long.
  private static final int LONGEST = 16 << 20;

  private final Map<String, List<OsvEntry>> byName = new HashMap<>();
  private final Set<String> ecosystems = new HashSet<>();
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
      throw OsvException.ofAdvisory(folderOrZip.toString(), "there is no document in it");
    }
    return snapshot;
  }

  private void readFolder(Path folder) throws IOException, OsvException {
    List<Path> files;
    try (Stream<Path> all = Files.walk(folder)) {
      files = all.filter(Files::isRegularFile).sorted().toList();
    }
    for (Path file : files) {
      if (file.toString().endsWith(ZIP)) {
        readZip(file);
      } else if (file.toString().endsWith(SUFFIX)) {
        try (InputStream in = Files.newInputStream(file)) {
          add(folder.relativize(file).toString(), in);
        }
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
      throw OsvException.ofAdvisory(name, "it is too long");
    }
    try {
      OsvEntry entry = OsvEntry.parse(name, CanonicalJson.parse(bytes));
      documents++;
      entry.affected().stream().map(OsvEntry.Affected::ecosystem).forEach(ecosystems::add);
      entry.affected().stream()
          .map(OsvEntry.Affected::name)
          .distinct()
          .forEach(each -> byName.computeIfAbsent(each, _ -> new ArrayList<>()).add(entry));
    } catch (NotCanonicalException e) {
      throw OsvException.ofAdvisory(name, String.valueOf(e.getMessage()));
    }
  }

  /// How many documents it has.
  public int documents() {
    return documents;
  }

  /// Whether it knows of vulnerabilities in that ecosystem: where it has no document of it, nothing
  /// was looked up.
  boolean covers(Lookup wanted) {
    return ecosystems.contains(wanted.ecosystem());
  }

  /// What may affect a package, in the order of its ids.
  List<OsvEntry> of(Lookup wanted) {
    return byName.getOrDefault(wanted.name(), List.of()).stream()
        .filter(entry -> entry.affected().stream().anyMatch(each -> each.isOf(wanted)))
        .sorted(Comparator.comparing(OsvEntry::id))
        .toList();
  }
}
