package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Compares two trees as the store sees them: names, types, contents, executable bits and link
/// targets. A differing zip archive (also a jar) is opened and compared entry by entry.
///
/// Cost: both trees are read once, archives that differ a second time. Files are streamed.
public final class OutputComparison {
  private final Path first;
  private final Path second;
  private final List<Difference> differences = new ArrayList<>();

  private OutputComparison(Path first, Path second) {
    this.first = first;
    this.second = second;
  }

  /// Every difference between the tree at `first` and the one at `second`, sorted by path.
  ///
  /// @throws IOException when one of the trees cannot be read
  public static List<Difference> compare(Path first, Path second) throws IOException {
    var comparison = new OutputComparison(first, second);
    comparison.compareNodes(Path.of(""));
    return List.copyOf(comparison.differences);
  }

  private void compareNodes(Path relative) throws IOException {
    Path one = first.resolve(relative);
    Path other = second.resolve(relative);
    String name = relative.toString().isEmpty() ? "." : relative.toString();
    BasicFileAttributes oneAttributes = attributes(one);
    BasicFileAttributes otherAttributes = attributes(other);
    if (!typeOf(oneAttributes).equals(typeOf(otherAttributes))) {
      differences.add(
          Difference.of(
              name, Aspect.TYPE, typeOf(oneAttributes) + ", then " + typeOf(otherAttributes)));
    } else if (oneAttributes.isSymbolicLink()) {
      Path oneTarget = Files.readSymbolicLink(one);
      Path otherTarget = Files.readSymbolicLink(other);
      if (!oneTarget.equals(otherTarget)) {
        differences.add(Difference.of(name, Aspect.TARGET, oneTarget + ", then " + otherTarget));
      }
    } else if (oneAttributes.isDirectory()) {
      compareFolders(relative, one, other);
    } else {
      compareFiles(name, one, other);
    }
  }

  private void compareFolders(Path relative, Path one, Path other) throws IOException {
    List<Path> ones = namesIn(one);
    List<Path> others = namesIn(other);
    var all = new TreeSet<>(ones);
    all.addAll(others);
    for (Path name : all) {
      Path below = relative.resolve(name);
      if (!others.contains(name)) {
        differences.add(Difference.of(below.toString(), Aspect.ONLY_IN_FIRST, ""));
      } else if (!ones.contains(name)) {
        differences.add(Difference.of(below.toString(), Aspect.ONLY_IN_SECOND, ""));
      } else {
        compareNodes(below);
      }
    }
  }

  private void compareFiles(String name, Path one, Path other) throws IOException {
    boolean oneRuns = executable(one);
    if (oneRuns != executable(other)) {
      differences.add(
          Difference.of(
              name,
              Aspect.MODE,
              oneRuns ? "executable, then not" : "not executable, then executable"));
    }
    long mismatch = Files.mismatch(one, other);
    if (mismatch < 0) {
      return;
    }
    if (looksLikeZip(one) && looksLikeZip(other)) {
      differences.addAll(ZipComparison.compare(name, one, other));
    } else {
      differences.add(
          Difference.of(
              name,
              Aspect.CONTENT,
              String.format(
                  Locale.ROOT,
                  "first at byte %d; %d bytes, then %d",
                  mismatch,
                  Files.size(one),
                  Files.size(other))));
    }
  }

  private static List<Path> namesIn(Path folder) throws IOException {
    try (Stream<Path> children = Files.list(folder)) {
      return children.map(Path::getFileName).sorted(Comparator.naturalOrder()).toList();
    }
  }

  private static BasicFileAttributes attributes(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
  }

  private static String typeOf(BasicFileAttributes attributes) {
    if (attributes.isSymbolicLink()) {
      return "symbolic link";
    }
    return attributes.isDirectory() ? "folder" : "file";
  }

  private static boolean executable(Path file) throws IOException {
    return Files.getPosixFilePermissions(file).contains(PosixFilePermission.OWNER_EXECUTE);
  }

  private static boolean looksLikeZip(Path file) throws IOException {
    try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
      byte[] magic = in.readNBytes(4);
      return magic.length == 4
          && magic[0] == 'P'
          && magic[1] == 'K'
          && magic[2] == 3
          && magic[3] == 4;
    }
  }
}
