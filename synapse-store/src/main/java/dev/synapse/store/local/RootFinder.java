package dev.synapse.store.local;

import dev.synapse.store.path.StoreDirectory;
import dev.synapse.store.path.StorePath;
import dev.synapse.store.path.StorePathException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/// Finds what keeps paths alive, by the rules of Nix: links below `gcroots` and `profiles`, links
/// elsewhere that those lead to, files there that are called as a path is, temporary roots of
/// living processes, and what processes have in use. Beyond them a link may lead to the place where
/// the files are instead of saying `/nix/store`.
///
/// @see <a href="https://nix.dev/manual/nix/latest/package-management/garbage-collector-roots">Nix
///   manual, Garbage Collector Roots</a>
final class RootFinder {
  private static final Path LOGICAL = Path.of(StoreDirectory.NIX.directory());
  private static final Path PROCESSES = Path.of("/proc");
  private static final Pattern NUMBER = Pattern.compile("[0-9]+");

  /// A path of any store, wherever it stands in a text.
  private static final Pattern MENTION =
      Pattern.compile("/nix/store/([0-9a-df-np-sv-z]{32}-[0-9a-zA-Z+\\-._?=]+)");

  private final StoreLayout layout;
  private final Predicate<StorePath> valid;
  private final boolean cleaning;
  private final SortedSet<StoreRoot> found = new TreeSet<>();

  /// @param valid whether a path is valid; others have no roots
  /// @param cleaning whether to delete links to links that are gone, and what dead processes left
  RootFinder(StoreLayout layout, Predicate<StorePath> valid, boolean cleaning) {
    this.layout = layout;
    this.valid = valid;
    this.cleaning = cleaning;
  }

  /// The roots that are links and those of running processes.
  SortedSet<StoreRoot> permanent() throws IOException {
    for (Path folder : List.of(layout.roots(), layout.state().resolve("profiles"))) {
      if (Files.exists(folder, LinkOption.NOFOLLOW_LINKS)) {
        below(folder);
      }
    }
    running();
    return found;
  }

  private void below(Path path) throws IOException {
    try {
      BasicFileAttributes attributes =
          Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
      if (attributes.isDirectory()) {
        for (Path child : Canonical.children(path)) {
          below(child);
        }
      } else if (attributes.isSymbolicLink()) {
        link(path);
      } else if (attributes.isRegularFile()) {
        note(path.getFileName().toString(), StoreRoot.Kind.LINK, path.toString());
      }
    } catch (AccessDeniedException | NoSuchFileException | NotDirectoryException _) {
      // As Nix does: what cannot be read now, or is gone meanwhile, is none.
    }
  }

  private void link(Path path) throws IOException {
    Path target = Files.readSymbolicLink(path);
    if (isTwin(path)) {
      twin(path, target);
    } else if (inStore(target).isPresent()) {
      note(inStore(target).get(), StoreRoot.Kind.LINK, path.toString());
    } else {
      indirect(path, path.resolveSibling(target).normalize());
    }
  }

  /// A link outside of the store counts for as long as it leads into the store.
  private void indirect(Path path, Path link) throws IOException {
    try {
      if (Files.readAttributes(link, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
          .isSymbolicLink()) {
        Optional<String> name = inStore(Files.readSymbolicLink(link));
        if (name.isPresent()) {
          note(name.get(), StoreRoot.Kind.LINK, link.toString());
        }
      }
    } catch (NoSuchFileException | NotDirectoryException _) {
      if (cleaning && path.startsWith(layout.roots().resolve("auto"))) {
        Files.deleteIfExists(path);
      }
    }
  }

  private boolean isTwin(Path path) {
    return path.startsWith(layout.roots().resolve("synapse"));
  }

  /// A twin counts for as long as the link that it belongs to, by whose name it is shown.
  private void twin(Path path, Path target) throws IOException {
    IndirectRoots roots = new IndirectRoots(layout);
    Optional<String> name = inStore(target);
    if (name.isPresent() && roots.isShown(path)) {
      String place = path.toString();
      try {
        place = roots.linkOf(path).toString();
      } catch (FileSystemException _) {
        // then by its own
      }
      note(name.get(), StoreRoot.Kind.LINK, place);
    }
  }

  /// The base name of the store path that `target` is or is inside of.
  private Optional<String> inStore(Path target) {
    for (Path store : List.of(LOGICAL, layout.objects())) {
      if (target.startsWith(store) && target.getNameCount() > store.getNameCount()) {
        return Optional.of(target.getName(store.getNameCount()).toString());
      }
    }
    return Optional.empty();
  }

  private void note(String name, StoreRoot.Kind kind, String place) {
    try {
      StorePath path = StorePath.ofBaseName(name);
      if (valid.test(path)) {
        found.add(new StoreRoot(path, kind, place));
      }
    } catch (StorePathException _) {
      // some other file
    }
  }

  /// The paths that living processes named, valid or not: some are only being made.
  Collection<StoreRoot> temporary() throws IOException {
    SortedSet<StoreRoot> temporary = new TreeSet<>();
    if (!Files.isDirectory(layout.temporaryRoots())) {
      return temporary;
    }
    for (Path file : Canonical.children(layout.temporaryRoots())) {
      String process = file.getFileName().toString();
      if (process.startsWith(".")) {
        continue;
      }
      try {
        Optional<FileLock> abandoned = FileLock.tryExclusive(file, false);
        if (abandoned.isPresent()) {
          if (cleaning) {
            abandoned.get().delete();
          } else {
            abandoned.get().close();
          }
        } else {
          String place = "{temp:" + process + "}";
          for (String path : Files.readString(file).split("\0", -1)) {
            named(path).ifPresent(each -> temporary.add(root(each, place)));
          }
        }
      } catch (NoSuchFileException _) {
        // its process has ended meanwhile
      }
    }
    return temporary;
  }

  private static StoreRoot root(StorePath path, String place) {
    return new StoreRoot(path, StoreRoot.Kind.TEMPORARY, place);
  }

  private static Optional<StorePath> named(String path) {
    try {
      return Optional.of(StorePath.parse(path));
    } catch (StorePathException _) {
      return Optional.empty(); // the end of the file, or a line half written
    }
  }

  private void running() throws IOException {
    if (!Files.isDirectory(PROCESSES)) {
      return;
    }
    for (Path process : Canonical.children(PROCESSES)) {
      if (NUMBER.matcher(process.getFileName().toString()).matches()) {
        for (String link : List.of("exe", "cwd")) {
          shown(process.resolve(link));
        }
        try (Stream<Path> open = Files.list(process.resolve("fd"))) {
          open.forEach(this::shown);
        } catch (IOException _) {
          continue; // of another user, who sees to it, or gone
        }
        for (String text : List.of("maps", "environ")) {
          mentioned(process.resolve(text));
        }
      }
    }
  }

  private void shown(Path link) {
    try {
      mentions(Files.readSymbolicLink(link).toString(), link);
    } catch (IOException _) {
      // gone, or of another user
    }
  }

  private void mentioned(Path file) {
    try {
      mentions(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1), file);
    } catch (IOException _) {
      // gone, or of another user
    }
  }

  private void mentions(String text, Path place) {
    Matcher matcher = MENTION.matcher(text);
    while (matcher.find()) {
      note(matcher.group(1), StoreRoot.Kind.RUNNING, place.toString());
    }
  }
}
