package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipFile;

/// Says which entries of two zip archives differ, and in what: the cause of most builds of the JVM
/// that cannot be repeated (reproducible-builds.org, "JVM").
final class ZipComparison {
  private static final int LONGEST_LINE_SHOWN = 120;

  private ZipComparison() {}

  static List<Difference> compare(String file, Path one, Path other) throws IOException {
    try (ZipFile first = open(one);
        ZipFile second = open(other)) {
      Map<String, ZipArchiveEntry> firsts = entries(first);
      Map<String, ZipArchiveEntry> seconds = entries(second);
      List<Difference> found = new ArrayList<>();
      for (String name : firsts.keySet()) {
        if (!seconds.containsKey(name)) {
          found.add(new Difference(file, Optional.of(name), Set.of(Aspect.ONLY_IN_FIRST), ""));
        }
      }
      for (String name : seconds.keySet()) {
        if (!firsts.containsKey(name)) {
          found.add(new Difference(file, Optional.of(name), Set.of(Aspect.ONLY_IN_SECOND), ""));
        }
      }
      List<String> common = new ArrayList<>(firsts.keySet());
      common.retainAll(seconds.keySet());
      for (String name : common) {
        compareEntries(file, first, firsts, second, seconds, name).ifPresent(found::add);
      }
      firstOutOfOrder(common, seconds)
          .ifPresent(
              name ->
                  found.add(
                      new Difference(
                          file,
                          Optional.of(name),
                          Set.of(Aspect.ORDER),
                          "entries come in another order from here on")));
      if (found.isEmpty()) {
        found.add(Difference.of(file, Aspect.PACKING, "the entries are the same"));
      }
      return found;
    }
  }

  private static ZipFile open(Path file) throws IOException {
    return ZipFile.builder().setPath(file).setCharset(StandardCharsets.UTF_8).get();
  }

  private static Map<String, ZipArchiveEntry> entries(ZipFile archive) {
    Map<String, ZipArchiveEntry> entries = new LinkedHashMap<>();
    for (ZipArchiveEntry entry : Collections.list(archive.getEntriesInPhysicalOrder())) {
      entries.putIfAbsent(entry.getName(), entry);
    }
    return entries;
  }

  private static Optional<Difference> compareEntries(
      String file,
      ZipFile first,
      Map<String, ZipArchiveEntry> firsts,
      ZipFile second,
      Map<String, ZipArchiveEntry> seconds,
      String name)
      throws IOException {
    ZipArchiveEntry one = firsts.get(name);
    ZipArchiveEntry other = seconds.get(name);
    if (one == null || other == null) {
      return Optional.empty();
    }
    Set<Aspect> aspects = EnumSet.noneOf(Aspect.class);
    List<String> details = new ArrayList<>();
    if (one.getCrc() != other.getCrc() || one.getSize() != other.getSize()) {
      aspects.add(Aspect.CONTENT);
      details.add(firstDifferingLine(first, one, second, other));
    }
    if (one.getTime() != other.getTime()) {
      aspects.add(Aspect.TIME);
      details.add(one.getLastModifiedTime() + ", then " + other.getLastModifiedTime());
    }
    if (one.getUnixMode() != other.getUnixMode()) {
      aspects.add(Aspect.MODE);
      details.add(
          String.format(Locale.ROOT, "%o, then %o", one.getUnixMode(), other.getUnixMode()));
    }
    if (aspects.isEmpty()) {
      return Optional.empty();
    }
    details.removeIf(String::isEmpty);
    return Optional.of(
        new Difference(file, Optional.of(name), aspects, String.join("; ", details)));
  }

  /// Where both entries are text, the first line that differs; else the sizes.
  private static String firstDifferingLine(
      ZipFile first, ZipArchiveEntry one, ZipFile second, ZipArchiveEntry other)
      throws IOException {
    int most = 1 << 16;
    byte[] ones = head(first, one, most);
    byte[] others = head(second, other, most);
    if (isText(ones) && isText(others)) {
      List<String> oneLines = new String(ones, StandardCharsets.UTF_8).lines().toList();
      List<String> otherLines = new String(others, StandardCharsets.UTF_8).lines().toList();
      for (int i = 0; i < Math.min(oneLines.size(), otherLines.size()); i++) {
        if (!oneLines.get(i).equals(otherLines.get(i))) {
          return String.format(
              Locale.ROOT,
              "line %d: '%s', then '%s'",
              i + 1,
              cut(oneLines.get(i)),
              cut(otherLines.get(i)));
        }
      }
    }
    return String.format(Locale.ROOT, "%d bytes, then %d", one.getSize(), other.getSize());
  }

  private static byte[] head(ZipFile archive, ZipArchiveEntry entry, int most) throws IOException {
    try (InputStream in = archive.getInputStream(entry)) {
      return in.readNBytes(most);
    }
  }

  private static boolean isText(byte[] bytes) {
    for (byte b : bytes) {
      if (b == 0) {
        return false;
      }
    }
    return true;
  }

  private static String cut(String line) {
    return line.length() <= LONGEST_LINE_SHOWN ? line : line.substring(0, LONGEST_LINE_SHOWN) + "…";
  }

  private static Optional<String> firstOutOfOrder(
      List<String> common, Map<String, ZipArchiveEntry> seconds) {
    List<String> inSecond = new ArrayList<>(seconds.keySet());
    inSecond.retainAll(common);
    for (int i = 0; i < common.size(); i++) {
      if (!common.get(i).equals(inSecond.get(i))) {
        return Optional.of(common.get(i));
      }
    }
    return Optional.empty();
  }
}
