package dev.synapse.build.fetch;

import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/// Where apt fetches Debian's archives from; else the project's own mirror list or default mirror,
/// when another package of the system brought it.
///
/// An entry is Debian's when it names a suite of Debian with the component `main` and is signed by
/// the archive's keys, or does not say by which. A mirror of one suite serves all suites.
///
/// @see <a href="https://manpages.debian.org/trixie/apt/sources.list.5.en.html">sources.list(5)</a>
final class AptSources {
  private static final Set<String> SUITES =
      Set.of(
          "buster",
          "bullseye",
          "bookworm",
          "trixie",
          "forky",
          "duke",
          "sid",
          "oldoldstable",
          "oldstable",
          "stable",
          "testing",
          "unstable");

  /// Enough of a long list to survive one that is down.
  private static final int MOST_MIRRORS = 3;

  /// What begins the line of a source of binary packages.
  private static final String BINARY = "deb";

  /// An address, a suite and a component.
  private static final int LEAST_WORDS = 3;

  private final Host host;

  AptSources(Host host) {
    this.host = host;
  }

  List<URI> main(List<String> lookedAt) throws FetchException {
    Set<URI> bases = fromApt(lookedAt, false);
    if (bases.isEmpty()) {
      bases.addAll(fromMirrorList(lookedAt));
    }
    return List.copyOf(bases);
  }

  List<URI> security(List<String> lookedAt) throws FetchException {
    return List.copyOf(fromApt(lookedAt, true));
  }

  private Set<URI> fromApt(List<String> lookedAt, boolean security) {
    var files = new ArrayList<Path>();
    files.add(host.root().resolve("etc/apt/sources.list"));
    try (Stream<Path> more = Files.list(host.root().resolve("etc/apt/sources.list.d"))) {
      more.sorted().forEach(files::add);
    } catch (IOException _) {
      // no such folder: nothing to add
    }
    lookedAt.add("the sources of apt");
    var bases = new LinkedHashSet<URI>();
    for (Path file : files) {
      for (Entry entry : entries(file)) {
        if (entry.isDebian(security)) {
          for (String address : entry.addresses()) {
            bases.addAll(resolve(address));
          }
        }
      }
    }
    return bases;
  }

  /// One address, or those of the list that a `mirror+file:` address names.
  private List<URI> resolve(String address) {
    if (address.startsWith("mirror+file:")) {
      Path list =
          host.root().resolve(address.substring("mirror+file:".length()).replaceFirst("^/+", ""));
      return lines(list).stream()
          .filter(line -> !line.startsWith("#"))
          .flatMap(line -> words(line).stream().limit(1))
          .flatMap(line -> one(line).stream())
          .limit(MOST_MIRRORS)
          .toList();
    }
    return one(address);
  }

  private static List<URI> one(String address) {
    try {
      return List.of(Repositories.parse(Repositories.DEBIAN, address, "apt"));
    } catch (FetchException _) {
      return List.of(); // cdrom:, tor+http:, … : apt knows more kinds than we do
    }
  }

  private List<URI> fromMirrorList(List<String> lookedAt) {
    Path list = host.root().resolve("usr/share/python-apt/templates/Debian.mirrors");
    lookedAt.add("'" + list + "'");
    List<URI> mirrors =
        lines(list).stream()
            .filter(line -> line.startsWith("http"))
            .flatMap(line -> one(line).stream())
            .limit(MOST_MIRRORS)
            .toList();
    if (!mirrors.isEmpty()) {
      return mirrors;
    }
    Path script = host.root().resolve("usr/share/debootstrap/scripts/sid");
    lookedAt.add("'" + script + "'");
    return lines(script).stream()
        .filter(line -> line.startsWith("default_mirror "))
        .flatMap(line -> one(line.substring("default_mirror ".length()).strip()).stream())
        .limit(1)
        .toList();
  }

  private static List<Entry> entries(Path file) {
    if (file.toString().endsWith(".sources")) {
      return deb822(lines(file));
    }
    return file.toString().endsWith(".list") ? oneLine(lines(file)) : List.of();
  }

  private static List<Entry> oneLine(List<String> lines) {
    var entries = new ArrayList<Entry>();
    for (String raw : lines) {
      String line = raw.replaceFirst("#.*", "").strip();
      if (!line.startsWith(BINARY + " ") && !line.startsWith(BINARY + "\t")) {
        continue;
      }
      line = line.substring(BINARY.length()).strip();
      String signedBy = "";
      if (line.startsWith("[")) {
        int end = line.indexOf(']');
        if (end < 0) {
          continue;
        }
        signedBy =
            words(line.substring(1, end)).stream()
                .filter(option -> option.startsWith("signed-by="))
                .findFirst()
                .orElse("");
        line = line.substring(end + 1).strip();
      }
      List<String> words = words(line);
      if (words.size() >= LEAST_WORDS) {
        entries.add(
            new Entry(
                List.of(words.get(0)),
                List.of(words.get(1)),
                words.subList(2, words.size()),
                signedBy));
      }
    }
    return entries;
  }

  private static List<Entry> deb822(List<String> lines) {
    var entries = new ArrayList<Entry>();
    var fields = new HashMap<String, String>();
    String last = "";
    var all = new ArrayList<>(lines);
    all.add("");
    for (String line : all) {
      if (line.startsWith("#")) {
        continue;
      }
      if (line.isBlank()) {
        if (!fields.isEmpty()) {
          entry(fields).ifPresent(entries::add);
          fields.clear();
        }
      } else if (Character.isWhitespace(line.charAt(0))) {
        fields.merge(last, " " + line.strip(), String::concat);
      } else if (line.indexOf(':') > 0) {
        last = line.substring(0, line.indexOf(':')).toLowerCase(Locale.ROOT);
        fields.put(last, line.substring(line.indexOf(':') + 1).strip());
      }
    }
    return entries;
  }

  private static Optional<Entry> entry(Map<String, String> fields) {
    boolean off = fields.getOrDefault("enabled", "yes").equalsIgnoreCase("no");
    if (off || !words(fields.getOrDefault("types", "")).contains(BINARY)) {
      return Optional.empty();
    }
    return Optional.of(
        new Entry(
            words(fields.getOrDefault("uris", "")),
            words(fields.getOrDefault("suites", "")),
            words(fields.getOrDefault("components", "")),
            fields.getOrDefault("signed-by", "")));
  }

  private static List<String> words(String text) {
    return Arrays.stream(text.strip().split("\\s+", -1)).filter(word -> !word.isEmpty()).toList();
  }

  private static List<String> lines(Path file) {
    try {
      return Files.isRegularFile(file)
          ? Files.readString(file, StandardCharsets.ISO_8859_1).lines().toList()
          : List.of();
    } catch (IOException _) {
      return List.of(); // readable only by root: another file may tell
    }
  }

  private record Entry(
      List<String> addresses, List<String> suites, List<String> components, String signedBy) {
    boolean isDebian(boolean security) {
      boolean keys = signedBy.isEmpty() || signedBy.contains("debian-archive");
      return keys
          && components.contains("main")
          && suites.stream().anyMatch(suite -> security ? isSecurity(suite) : isMain(suite));
    }

    private static boolean isMain(String suite) {
      String plain = suite.replaceFirst("-(updates|backports|proposed-updates)$", "");
      return SUITES.contains(plain);
    }

    private static boolean isSecurity(String suite) {
      String plain = suite.replaceFirst("(-security|/updates)$", "");
      return !plain.equals(suite) && SUITES.contains(plain);
    }
  }
}
