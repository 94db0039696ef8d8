package dev.synapse.gmp.change;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/// Reads unified differences, as `git diff`, `diff -u` and pull requests have them.
///
/// A hunk says how many lines it has, and that many are read, whatever they look like; so a removed
/// line `-- x`, which a patch shows as `--- x`, is no header. A patch that ends within a hunk is
/// damaged. Renames, new and binary files, names in quotes and lines without an end are understood;
/// the combined differences of merges are refused, for they have no single old side.
///
/// @see <a href="https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html">
///   Detailed description of unified format</a>
public final class Patch {
  private static final Pattern HUNK =
      Pattern.compile(
          "@@ -[0-9]+(?:,(?<removed>[0-9]{1,9}))? \\+(?<line>[0-9]{1,9})(?:,(?<added>[0-9]{1,9}))?"
              + " @@.*",
          Pattern.DOTALL);
  private static final String NEW_FILE = "+++ ";
  private static final String NOTHING = "/dev/null";

  private final String name;
  private final LineHeads lines;
  private final ChangedLines.Builder changed;
  private Optional<String> oldHeader = Optional.empty();
  private Optional<String> path = Optional.empty();
  private int headers;

  private Patch(String name, InputStream in, ChangedLines.Builder changed) {
    this.name = name;
    this.lines = new LineHeads(in);
    this.changed = changed;
  }

  /// Reads a file.
  ///
  /// @throws ChangeException if it is no patch, or a damaged one
  /// @throws IOException if it cannot be read
  public static ChangedLines read(Path file) throws ChangeException, IOException {
    try (InputStream in = Files.newInputStream(file)) {
      var changed = new ChangedLines.Builder();
      read(String.valueOf(file.getFileName()), in, changed);
      return changed.since(Optional.empty());
    }
  }

  /// Adds what a stream says, which messages call `name`.
  static void read(String name, InputStream in, ChangedLines.Builder changed)
      throws ChangeException, IOException {
    new Patch(name, in, changed).readAll();
  }

  private void readAll() throws ChangeException, IOException {
    boolean something = false;
    Optional<String> line = lines.next();
    while (line.isPresent()) {
      something |= !line.get().isBlank();
      readLine(line.get());
      line = lines.next();
    }
    if (something && headers == 0) {
      throw new ChangeException(name + ": no unified difference is in it");
    }
  }

  private void readLine(String line) throws ChangeException, IOException {
    if (line.startsWith("@@@ ")) {
      throw damaged("a combined difference of a merge; compare with one commit");
    } else if (line.startsWith("diff ")) {
      headers++;
      path = Optional.empty();
    } else if (line.startsWith("--- ")) {
      oldHeader = Optional.of(line);
    } else if (line.startsWith(NEW_FILE) && oldHeader.isPresent()) {
      headers++;
      path = newPath(line.substring(NEW_FILE.length()));
      oldHeader = Optional.empty();
    } else if (line.startsWith("@@ ")) {
      readHunk(line);
    }
  }

  private void readHunk(String header) throws ChangeException, IOException {
    Hunk hunk = begin(header);
    while (hunk.goesOn()) {
      readHunkLine(hunk, lines.next().orElseThrow(() -> damaged("ends within a hunk")));
      if (hunk.isOverfull()) {
        throw damaged("a hunk has more lines than its header says");
      }
    }
  }

  private Hunk begin(String header) throws ChangeException {
    Matcher written = HUNK.matcher(header);
    if (!written.matches()) {
      throw damaged("the header of a hunk is malformed");
    }
    if (headers == 0) {
      throw damaged("a hunk without the name of its file before it");
    }
    return new Hunk(written);
  }

  private void readHunkLine(Hunk hunk, String line) throws ChangeException {
    switch (line.isEmpty() ? ' ' : line.charAt(0)) {
      case '+' -> {
        add(hunk.line);
        hunk.addLine();
      }
      case '-' -> hunk.removeLine();
      case ' ', '\r' -> {
        hunk.addLine();
        hunk.removeLine();
      }
      case '\\' -> {} // "\ No newline at end of file"
      default -> throw damaged("a line of a hunk starts with neither blank, + nor -");
    }
  }

  private void add(int line) throws ChangeException {
    changed.add(path.orElseThrow(() -> damaged("a deleted file gets lines")), line, line);
  }

  /// Empty for a deleted file.
  private Optional<String> newPath(String header) throws ChangeException {
    String named = unquoted(header);
    if (named.equals(NOTHING)) {
      return Optional.empty();
    }
    String relative = isPrefixed(named) ? named.substring(2) : named;
    boolean leaves = relative.startsWith("/") || ("/" + relative + "/").contains("/../");
    if (leaves || relative.isEmpty()) {
      throw damaged("'%s' is no path below a folder".formatted(relative));
    }
    return Optional.of(relative);
  }

  /// git's prefixes, also the ones that tell index, commit and work tree apart.
  private boolean isPrefixed(String named) {
    String old = unquoted(oldHeader.orElse("").substring(NEW_FILE.length()));
    boolean oldPrefixed = old.equals(NOTHING) || old.matches("(?s)[aciow]/.+");
    return oldPrefixed && named.matches("(?s)[bciow]/.+");
  }

  /// The name without what `diff -u` puts after a tab, and without git's quotes.
  private static String unquoted(String header) {
    if (header.startsWith("\"")) {
      return QuotedName.read(header);
    }
    String line = header.endsWith("\r") ? header.substring(0, header.length() - 1) : header;
    int tab = line.indexOf('\t');
    return tab < 0 ? line : line.substring(0, tab);
  }

  private ChangeException damaged(String what) {
    return new ChangeException("%s:%d: %s".formatted(name, lines.number(), what));
  }

  /// A hunk that is read: the next line of the new file, and how many lines of each file are to
  /// come.
  private static final class Hunk {
    private int line;
    private int added;
    private int removed;

    Hunk(Matcher header) {
      line = Integer.parseInt(header.group("line"));
      added = count(header.group("added"));
      removed = count(header.group("removed"));
    }

    private static int count(@Nullable String digits) {
      return digits == null ? 1 : Integer.parseInt(digits);
    }

    boolean goesOn() {
      return removed > 0 || added > 0;
    }

    boolean isOverfull() {
      return removed < 0 || added < 0;
    }

    void addLine() {
      line++;
      added--;
    }

    void removeLine() {
      removed--;
    }
  }
}
