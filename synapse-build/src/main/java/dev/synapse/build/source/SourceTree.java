package dev.synapse.build.source;

import dev.synapse.build.document.Words;
import dev.synapse.store.nar.TreeFilter;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;

/// The files of a folder that are a project's source: which ones, not what is in them. As a filter
/// it makes an archive or a copy of just these.
///
/// Who copies has to hash the copy, not the folder: a file may change between the two. What is a
/// file or a symbolic link counts; links are not followed.
public final class SourceTree implements TreeFilter {
  private final Path folder;
  private final List<Path> files;
  private final Set<Path> included;
  private final Set<Path> entered = new HashSet<>();

  private SourceTree(Path folder, SortedSet<Path> files) {
    this.folder = folder;
    this.files = List.copyOf(files);
    this.included = Set.copyOf(files);
    for (Path file : files) {
      for (Path above = file.getParent();
          above != null && entered.add(above);
          above = above.getParent()) {}
    }
  }

  /// The files below `folder` that git tracks, as they lie in the work tree: with changes that were
  /// not committed, without those deleted, without those git does not know. Never: the links
  /// `result` and `result-*` of the folder itself, which builds make. The folder may be any in the
  /// repository.
  ///
  /// @throws SourceException if git cannot tell, if there is a submodule, or if there is no such
  ///   file
  public static SourceTree ofGit(Path folder)
      throws SourceException, IOException, InterruptedException {
    SortedSet<Path> there = new TreeSet<>();
    Map<Path, Boolean> folders = new HashMap<>();
    for (Path file : GitIndex.tracked(folder)) {
      Path entry = folder.resolve(file);
      if (isInFolders(folder, file.getParent(), folders) && !isResult(entry, RawPath.text(file))) {
        Optional<BasicFileAttributes> now = attributes(entry);
        if (now.isPresent() && now.get().isOther()) {
          throw new SourceException(new SourceProblem.Unsupported(folder, RawPath.text(file)));
        }
        if (now.isPresent() && !now.get().isDirectory()) {
          there.add(file);
        }
      }
    }
    return some(folder, there, "tracked by git; run `git add`");
  }

  /// Whether all above a file are folders: one that became a link leads to files that are not
  /// these.
  private static boolean isInFolders(
      Path root, @org.jspecify.annotations.Nullable Path above, Map<Path, Boolean> known) {
    if (above == null) {
      return true;
    }
    Boolean answer = known.get(above);
    if (answer == null) {
      answer =
          isInFolders(root, above.getParent(), known)
              && Files.isDirectory(root.resolve(above), LinkOption.NOFOLLOW_LINKS);
      known.put(above, answer);
    }
    return answer;
  }

  private static boolean isSource(Path entry, String path) throws IOException {
    return attributes(entry).map(now -> now.isRegularFile() || now.isSymbolicLink()).orElse(false)
        && !isResult(entry, path);
  }

  private static Optional<BasicFileAttributes> attributes(Path file) throws IOException {
    try {
      return Optional.of(
          Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS));
    } catch (NoSuchFileException _) {
      return Optional.empty();
    }
  }

  /// The files below `folder` that one of `include` matches and none of `exclude`. Never: what is
  /// in a `.git`, and the links `result` and `result-*` of the folder itself, which builds make.
  ///
  /// @param include at least one
  /// @throws SourceException if there is no such file
  public static SourceTree ofGlobs(Path folder, List<Glob> include, List<Glob> exclude)
      throws SourceException, IOException {
    SortedSet<Path> found = new TreeSet<>();
    walk(folder, Path.of(""), List.copyOf(include), List.copyOf(exclude), found);
    List<String> globs = include.stream().map(Glob::toString).toList();
    return some(folder, found, "one of " + Words.listed(globs));
  }

  private static void walk(
      Path root, Path below, List<Glob> include, List<Glob> exclude, Collection<Path> found)
      throws IOException {
    try (DirectoryStream<Path> entries = Files.newDirectoryStream(root.resolve(below))) {
      for (Path entry : entries) {
        Path path = below.resolve(entry.getFileName());
        String text = RawPath.text(path);
        if (path.endsWith(".git") || matches(exclude, text)) {
          continue;
        }
        if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          walk(root, path, include, exclude, found);
        } else if (matches(include, text) && isSource(entry, text)) {
          found.add(path);
        }
      }
    } catch (java.nio.file.DirectoryIteratorException e) {
      throw e.getCause();
    }
  }

  private static boolean matches(List<Glob> globs, String path) {
    return globs.stream().anyMatch(glob -> glob.matches(path));
  }

  private static boolean isResult(Path entry, String path) {
    return (path.equals("result") || path.startsWith("result-"))
        && path.indexOf('/') < 0
        && Files.isSymbolicLink(entry);
  }

  private static SourceTree some(Path folder, SortedSet<Path> files, String selection)
      throws SourceException {
    if (files.isEmpty()) {
      throw new SourceException(new SourceProblem.Empty(folder, selection));
    }
    return new SourceTree(folder, files);
  }

  /// The folder that the paths are relative to.
  public Path folder() {
    return folder;
  }

  /// The files and links, at least one, sorted by their bytes.
  public List<Path> files() {
    return files;
  }

  /// Whether the file or link at this relative path is one of them.
  @Override
  public boolean includes(Path file) {
    return included.contains(file);
  }

  /// Whether any of them is below the folder at this relative path.
  @Override
  public boolean enters(Path directory) {
    return entered.contains(directory) || directory.toString().isEmpty();
  }
}
