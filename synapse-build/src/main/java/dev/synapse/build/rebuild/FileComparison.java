package dev.synapse.build.rebuild;

import dev.synapse.build.archive.Decompression;
import dev.synapse.build.rebuild.Difference.Aspect;
import dev.synapse.build.rebuild.OpenArchive.Entry;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/// Says in what two files differ, down to the entries of archives, which is where most builds that
/// cannot be repeated differ (reproducible-builds.org, "Archive metadata").
///
/// Compression is taken off, archives are opened, and what differs in them is compared the same way
/// again: a file in a tar in a zip is named as `a.zip!b.tar.gz!c`. Each layer is read where the one
/// around it differs, and what differs is written to the scratch folder, once for each side. A file
/// that is called an archive and cannot be read as one is compared byte by byte.
final class FileComparison {
  /// An archive that holds itself, compressed, has no end.
  private static final int MOST_LAYERS = 12;

  private static final long MOST_BYTES = 4L << 30;
  private static final int BUFFER = 1 << 16;
  private static final int LONGEST_LINE_SHOWN = 120;

  private final Path scratch;
  private int written;

  /// @param scratch a folder to write into; everything is deleted again
  FileComparison(Path scratch) {
    this.scratch = scratch;
  }

  /// What differs between two files, the one at `place` and its twin; nothing if they are the same.
  List<Difference> compare(Place place, Path one, Path other) throws IOException {
    return compare(place, one, other, 0);
  }

  private List<Difference> compare(Place place, Path one, Path other, int layer)
      throws IOException {
    long mismatch = Files.mismatch(one, other);
    if (mismatch < 0) {
      return List.of();
    }
    String detail = detail(one, other, mismatch);
    Format format = Format.of(one);
    if (format != Format.PLAIN && format == Format.of(other) && layer < MOST_LAYERS) {
      try {
        return format == Format.COMPRESSED
            ? compareCompressed(place, one, other, layer)
            : compareArchives(place, format, one, other, layer);
      } catch (IOException | IllegalArgumentException e) {
        detail += "; cannot be looked into: " + e.getMessage();
      }
    }
    return List.of(place.differs(Aspect.CONTENT, detail));
  }

  private List<Difference> compareCompressed(Place place, Path one, Path other, int layer)
      throws IOException {
    List<Difference> found = new ArrayList<>();
    place.differs(header(one), header(other)).ifPresent(found::add);
    found.addAll(compareCopies(place, () -> decompressed(one), () -> decompressed(other), layer));
    if (found.isEmpty()) {
      found.add(place.differs(Aspect.PACKING, "compressed in another way"));
    }
    return place.merged(found);
  }

  private static InputStream decompressed(Path file) throws IOException {
    InputStream in = Files.newInputStream(file);
    try {
      return Decompression.of(in);
    } catch (IOException e) {
      in.close();
      throw e;
    }
  }

  /// What gzip says before the first byte (RFC 1952, section 2.3); other formats say nothing.
  private static Map<Aspect, String> header(Path file) throws IOException {
    if (!Decompression.format(head(file)).equals(Optional.of(Decompression.Format.GZIP))) {
      return Map.of();
    }
    try (var in =
        new GzipCompressorInputStream(new BufferedInputStream(Files.newInputStream(file)))) {
      GzipParameters header = in.getMetaData();
      Map<Aspect, String> properties = new EnumMap<>(Aspect.class);
      properties.put(Aspect.TIME, "gzip header " + header.getModificationInstant());
      properties.put(
          Aspect.PACKING,
          "gzip header name '%s', comment '%s', system %d, level %d"
              .formatted(
                  header.getFileName(),
                  header.getComment(),
                  header.getOperatingSystem(),
                  header.getCompressionLevel()));
      return properties;
    }
  }

  private List<Difference> compareArchives(
      Place place, Format format, Path one, Path other, int layer) throws IOException {
    try (OpenArchive first = format.open(one);
        OpenArchive second = format.open(other)) {
      Map<String, Integer> firsts = numbers(first);
      Map<String, Integer> seconds = numbers(second);
      List<Difference> found = new ArrayList<>();
      firsts.keySet().stream()
          .filter(name -> !seconds.containsKey(name))
          .forEach(name -> found.add(place.below(name).differs(Aspect.ONLY_IN_FIRST, "")));
      seconds.keySet().stream()
          .filter(name -> !firsts.containsKey(name))
          .forEach(name -> found.add(place.below(name).differs(Aspect.ONLY_IN_SECOND, "")));
      for (var entry : firsts.entrySet()) {
        Integer twin = seconds.get(entry.getKey());
        if (twin != null) {
          found.addAll(
              compareEntries(
                  place.below(entry.getKey()), first, entry.getValue(), second, twin, layer));
        }
      }
      firstOutOfOrder(firsts, seconds)
          .ifPresent(
              name ->
                  found.add(
                      place
                          .below(name)
                          .differs(Aspect.ORDER, "entries come in another order from here on")));
      if (found.isEmpty()) {
        found.add(place.differs(Aspect.PACKING, "the entries are the same"));
      }
      return found;
    }
  }

  /// The numbers of the entries by their names; the second of one name is called `NAME (2)`.
  private static Map<String, Integer> numbers(OpenArchive archive) {
    Map<String, Integer> numbers = new LinkedHashMap<>();
    Map<String, Integer> times = new HashMap<>();
    List<Entry> entries = archive.entries();
    for (int i = 0; i < entries.size(); i++) {
      String name = entries.get(i).name();
      int time = times.merge(name, 1, Integer::sum);
      numbers.put(time == 1 ? name : "%s (%d)".formatted(name, time), i);
    }
    return numbers;
  }

  private List<Difference> compareEntries(
      Place place, OpenArchive first, int one, OpenArchive second, int other, int layer)
      throws IOException {
    List<Difference> found = new ArrayList<>();
    if (!sameContents(first, one, second, other)) {
      found.addAll(
          compareCopies(place, () -> first.contents(one), () -> second.contents(other), layer));
    }
    place
        .differs(first.entries().get(one).properties(), second.entries().get(other).properties())
        .ifPresent(found::add);
    return place.merged(found);
  }

  private static boolean sameContents(OpenArchive first, int one, OpenArchive second, int other)
      throws IOException {
    try (InputStream ones = first.contents(one);
        InputStream others = second.contents(other)) {
      byte[] buffer = new byte[BUFFER];
      byte[] otherBuffer = new byte[BUFFER];
      while (true) {
        int count = ones.readNBytes(buffer, 0, BUFFER);
        int otherCount = others.readNBytes(otherBuffer, 0, BUFFER);
        if (!Arrays.equals(buffer, 0, count, otherBuffer, 0, otherCount)) {
          return false;
        }
        if (count == 0) {
          return true;
        }
      }
    }
  }

  private interface Source {
    InputStream open() throws IOException;
  }

  private List<Difference> compareCopies(Place place, Source one, Source other, int layer)
      throws IOException {
    Path oneCopy = scratch.resolve("compared-" + written++);
    Path otherCopy = scratch.resolve("compared-" + written++);
    try {
      copy(one, oneCopy);
      copy(other, otherCopy);
      return compare(place, oneCopy, otherCopy, layer + 1);
    } finally {
      Files.deleteIfExists(oneCopy);
      Files.deleteIfExists(otherCopy);
    }
  }

  private static void copy(Source source, Path to) throws IOException {
    try (InputStream in = source.open();
        OutputStream out = Files.newOutputStream(to)) {
      long left = MOST_BYTES;
      byte[] buffer = new byte[BUFFER];
      for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
        left -= count;
        if (left < 0) {
          throw new IOException("it holds more than " + MOST_BYTES + " bytes");
        }
        out.write(buffer, 0, count);
      }
    }
  }

  private static Optional<String> firstOutOfOrder(
      Map<String, Integer> firsts, Map<String, Integer> seconds) {
    List<String> inFirst = new ArrayList<>(firsts.keySet());
    List<String> inSecond = new ArrayList<>(seconds.keySet());
    inFirst.removeIf(name -> !seconds.containsKey(name));
    inSecond.removeIf(name -> !firsts.containsKey(name));
    for (int i = 0; i < inFirst.size(); i++) {
      if (!inFirst.get(i).equals(inSecond.get(i))) {
        return Optional.of(inFirst.get(i));
      }
    }
    return Optional.empty();
  }

  /// Where both files begin as text, the first line that differs; else the first byte, and the
  /// sizes.
  private static String detail(Path one, Path other, long mismatch) throws IOException {
    byte[] ones = head(one);
    byte[] others = head(other);
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
    return String.format(
        Locale.ROOT,
        "first at byte %d; %d bytes, then %d",
        mismatch,
        Files.size(one),
        Files.size(other));
  }

  private static byte[] head(Path file) throws IOException {
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(BUFFER);
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
}
