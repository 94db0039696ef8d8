package dev.synapse.build.rebuild;

import dev.synapse.build.rebuild.Difference.Aspect;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/// Compares two trees as the store sees them: names, types, contents, executable bits and link
/// targets. An archive that differs (zip and jar, tar, ar) is opened and compared entry by entry,
/// also when it is compressed or lies in another archive.
///
/// Cost: both trees are read once, archives that differ again, layer by layer. Files are streamed.
public final class OutputComparison {
  private final Path first;
  private final Path second;
  private final List<Difference> differences = new ArrayList<>();

  private final FileComparison files;

  private OutputComparison(Path first, Path second, Path scratch) {
    this.first = first;
    this.second = second;
    this.files = new FileComparison(scratch);
  }

  /// Every difference between the tree at `first` and the one at `second`, sorted by path.
  ///
  /// @param scratch a folder for what is taken out of archives; nothing stays in it
  /// @throws IOException when one of the trees cannot be read
  public static List<Difference> compare(Path first, Path second, Path scratch) throws IOException {
    var comparison = new OutputComparison(first, second, scratch);
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
    differences.addAll(files.compare(Place.of(name), one, other));
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
}
