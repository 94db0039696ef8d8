package dev.synapse.gmp.analysis;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// A folder of sources. What of it is measured and what is not follows from names, and in the end
/// from what a file says about itself; everything that is left out is listed.
public final class SourceSet {
  private final Path folder;

  private SourceSet(Path folder) {
    this.folder = requireNonNull(folder, "folder");
  }

  /// All sources below a folder.
  public static SourceSet below(Path folder) {
    return new SourceSet(folder);
  }

  /// The folder.
  public Path folder() {
    return folder;
  }

  /// Looks into all folders that no rule leaves out.
  ///
  /// @throws IOException if a folder cannot be read
  Selection select(AnalysisOptions options) throws IOException {
    var selection = new Selection(new ArrayList<>(), new ArrayList<>());
    if (!Files.isDirectory(folder)) {
      throw new IOException("'%s' is no folder".formatted(folder));
    }
    walk(folder.toRealPath(), "", new LeavingOut(options.leaveOut()), selection);
    return selection;
  }

  private static void walk(Path folder, String path, LeavingOut rules, Selection selection)
      throws IOException {
    List<Path> entries;
    try (Stream<Path> listed = Files.list(folder)) {
      entries = listed.toList();
    }
    for (Path entry : entries) {
      String name = path + entry.getFileName();
      if (Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
        Optional<LeftOut.Rule> rule = rules.folder(entry, name);
        if (rule.isPresent()) {
          selection.leftOut().add(new LeftOut(name + "/", rule.get()));
        } else {
          walk(entry, name + "/", rules, selection);
        }
      } else {
        file(entry, name, rules, selection);
      }
    }
  }

  private static void file(Path entry, String name, LeavingOut rules, Selection selection) {
    Optional<Language> language = Language.ofFile(name);
    if (language.isEmpty()) {
      return;
    }
    Optional<LeftOut.Rule> rule = rules.file(entry, name, language.get());
    if (rule.isPresent()) {
      selection.leftOut().add(new LeftOut(name, rule.get()));
    } else {
      selection.files().add(new Candidate(entry, name, language.get()));
    }
  }

  /// What names alone tell.
  record Selection(List<Candidate> files, List<LeftOut> leftOut) {}

  /// A file that belongs to the sources unless its content says that it does not.
  record Candidate(Path file, String path, Language language) {}
}
