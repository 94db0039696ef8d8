package dev.synapse.gmp.report;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/// Finds what patterns match below a folder. A pattern that matches nothing is a problem: what it
/// was to measure would not be measured.
public final class ReportGlobs {
  private final Path folder;
  private final List<ReportProblem> problems = new ArrayList<>();

  /// @param folder where to look
  public ReportGlobs(Path folder) {
    this.folder = folder;
  }

  /// The files that match, each once, sorted.
  ///
  /// @throws IOException if a folder cannot be read
  public List<Path> files(List<String> patterns) throws IOException {
    SortedSet<String> found = new TreeSet<>();
    for (String pattern : patterns) {
      Optional<Glob> glob = Glob.parse(pattern);
      if (glob.isEmpty()) {
        problems.add(new ReportProblem.BadPattern(pattern));
        continue;
      }
      note(pattern, glob.get().filesBelow(folder), found);
    }
    return found.stream().map(folder::resolve).toList();
  }

  /// The folders that match, each once, sorted, without those within another of them. A dot is the
  /// folder itself.
  ///
  /// @throws IOException if a folder cannot be read
  public List<Path> folders(List<String> patterns) throws IOException {
    SortedSet<String> found = new TreeSet<>();
    for (String pattern : patterns) {
      String plain = pattern.endsWith("/") ? pattern.substring(0, pattern.length() - 1) : pattern;
      if (plain.equals(".")) {
        return List.of(folder);
      }
      Optional<dev.synapse.build.source.Glob> glob = dev.synapse.build.source.Glob.parse(plain);
      if (glob.isEmpty()) {
        problems.add(new ReportProblem.BadPattern(pattern));
        continue;
      }
      note(pattern, foldersMatching(glob.get()), found);
    }
    return outermost(found).stream().map(folder::resolve).toList();
  }

  private void note(String pattern, List<String> matched, SortedSet<String> found) {
    if (matched.isEmpty()) {
      problems.add(new ReportProblem.NoFile(pattern));
    }
    found.addAll(matched);
  }

  private List<String> foldersMatching(dev.synapse.build.source.Glob glob) throws IOException {
    List<String> matched = new ArrayList<>();
    Files.walkFileTree(
        folder,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path each, BasicFileAttributes attributes) {
            String name = folder.relativize(each).toString();
            if (!name.isEmpty() && String.valueOf(each.getFileName()).startsWith(".")) {
              return FileVisitResult.SKIP_SUBTREE;
            }
            if (!name.isEmpty() && glob.matches(name)) {
              matched.add(name);
              return FileVisitResult.SKIP_SUBTREE;
            }
            return FileVisitResult.CONTINUE;
          }
        });
    return matched;
  }

  private static List<String> outermost(SortedSet<String> folders) {
    List<String> outermost = new ArrayList<>();
    for (String each : folders) {
      if (outermost.stream().noneMatch(outer -> each.startsWith(outer + "/"))) {
        outermost.add(each);
      }
    }
    return outermost;
  }

  /// Stops where something was wrong.
  ///
  /// @throws ReportException with every pattern that is none or matched nothing
  public void requireAll() throws ReportException {
    if (!problems.isEmpty()) {
      throw new ReportException(problems);
    }
  }
}
