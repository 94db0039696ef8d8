package dev.synapse.build.archive;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// Writes a tree below one folder, from entries that nobody vouches for.
///
/// It knows every entry it has made, and decides by that alone where a path leads: the folder is
/// its own, and must be new. A path that climbs out is refused. A path that leads through a
/// symbolic link is refused ([Links#REFUSE]), or followed as it would be if the folder were the
/// root of a system ([Links#FOLLOW]), which never leaves it; then only links of the same owner, and
/// those of [#layout], are followed, so that the order in which archives come never matters. Modes
/// become 0755 and 0644; owners, times and set-id bits are dropped. A path comes once; only a
/// folder may come again.
///
/// Several threads may write different entries at once.
public final class TreeWriter {
  private static final Set<PosixFilePermission> PLAIN =
      PosixFilePermissions.fromString("rw-r--r--");
  private static final Set<PosixFilePermission> EXECUTABLE =
      PosixFilePermissions.fromString("rwxr-xr-x");
  private static final int MOST_LINKS = 40;
  private static final String LAYOUT = "the layout of the tree";

  private final Path root;
  private final Links links;
  private final Map<String, Entry> entries = new HashMap<>();

  /// What to do with a path that leads through a symbolic link of the tree.
  public enum Links {
    /// It is an error.
    REFUSE,
    /// The link is followed within the tree, if the same archive or the layout brought it.
    FOLLOW
  }

  private enum Kind {
    FOLDER,
    FILE,
    LINK
  }

  private record Entry(Kind kind, String target, String owner) {}

  /// A writer into a folder that has nothing in it yet.
  public TreeWriter(Path root, Links links) throws IOException {
    this.root = root;
    this.links = links;
    Files.createDirectories(root);
    Files.setPosixFilePermissions(root, EXECUTABLE);
  }

  /// Makes a folder and those above it. A link that leads to a folder counts as one when links are
  /// followed.
  ///
  /// @throws ArchiveException when the path is taken or not allowed
  public synchronized void folder(String path, String owner) throws IOException {
    List<String> parts = parts(path, owner, path);
    resolve(parts, path, owner);
  }

  /// Makes a link that every archive may be written through, and may bring itself.
  public void layout(String path, String target) throws IOException {
    link(path, target, LAYOUT);
  }

  /// Writes a file; the stream is read to its end.
  ///
  /// @throws ArchiveException when the path is taken or not allowed
  public void file(String path, boolean executable, InputStream contents, String owner)
      throws IOException {
    Path file = claim(path, new Entry(Kind.FILE, "", owner));
    try (OutputStream out =
        Files.newOutputStream(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
      contents.transferTo(out);
    }
    Files.setPosixFilePermissions(file, executable ? EXECUTABLE : PLAIN);
  }

  /// Makes a symbolic link; where it points to is not looked at.
  ///
  /// @throws ArchiveException when the path is taken or not allowed
  public void link(String path, String target, String owner) throws IOException {
    if (target.isEmpty() || target.indexOf('\0') >= 0) {
      throw bad(owner, path, "is a link to nowhere");
    }
    if (isLayout(path, target, owner)) {
      return;
    }
    Path link = claim(path, new Entry(Kind.LINK, target, owner));
    try {
      Files.createSymbolicLink(link, Path.of(target));
    } catch (InvalidPathException e) {
      throw unwritable(owner, path);
    }
  }

  /// Makes a second name for a file that the same owner brought before.
  ///
  /// @throws ArchiveException when there is no such file
  public void hardLink(String path, String existing, String owner) throws IOException {
    Path from;
    synchronized (this) {
      String known = name(existing, owner, path);
      Entry entry = entries.get(known);
      if (entry == null || entry.kind() != Kind.FILE || !entry.owner().equals(owner)) {
        throw bad(owner, path, "is a hard link to '" + existing + "', which is no file before it");
      }
      from = place(known, owner);
    }
    Files.createLink(claim(path, new Entry(Kind.FILE, "", owner)), from);
  }

  /// Whether a path leads to something the tree has, following every link within it.
  public synchronized boolean exists(String path) {
    var walk = new Walk(List.of(path.split("/", -1)));
    while (walk.advance()) {
      Entry entry = entries.get(walk.name());
      if (entry == null || (entry.kind() == Kind.LINK && !walk.follow(entry.target()))) {
        return false;
      }
    }
    return true;
  }

  private synchronized boolean isLayout(String path, String target, String owner)
      throws IOException {
    Entry entry = entries.get(name(path, owner, path));
    return entry != null
        && entry.kind() == Kind.LINK
        && entry.owner().equals(LAYOUT)
        && entry.target().equals(target);
  }

  private synchronized Path claim(String path, Entry entry) throws IOException {
    String owner = entry.owner();
    String name = name(path, owner, path);
    if (name.isEmpty()) {
      throw bad(owner, path, "stands for the root");
    }
    Entry before = entries.putIfAbsent(name, entry);
    if (before != null) {
      throw conflict(name, before.owner(), owner);
    }
    return place(name, owner);
  }

  /// Where an entry itself goes: the folder above it is made, and its links followed.
  private String name(String path, String owner, String shown) throws IOException {
    List<String> parts = parts(path, owner, shown);
    if (parts.isEmpty()) {
      return "";
    }
    String above = resolve(parts.subList(0, parts.size() - 1), shown, owner);
    return above.isEmpty() ? parts.getLast() : above + "/" + parts.getLast();
  }

  private static List<String> parts(String path, String owner, String shown)
      throws ArchiveException {
    var parts = new ArrayList<String>();
    for (String part : path.split("/", -1)) {
      if (part.equals("..")) {
        throw bad(owner, shown, "leaves the folder");
      }
      if (part.indexOf('\0') >= 0 || part.indexOf('\uFFFD') >= 0) {
        throw bad(owner, shown, "has a name that is not UTF-8");
      }
      if (!part.isEmpty() && !part.equals(".")) {
        parts.add(part);
      }
    }
    if (path.startsWith("/")) {
      throw bad(owner, shown, "has an absolute name");
    }
    return parts;
  }

  /// The name of a folder after following links, made when it is not there.
  private String resolve(List<String> parts, String shown, String owner) throws IOException {
    var walk = new Walk(parts);
    while (walk.advance() && !walk.climbedOut()) {
      Entry entry = entries.get(walk.name());
      if (entry == null) {
        makeFolder(walk.name(), owner);
      } else {
        enter(entry, walk, shown, owner);
      }
    }
    if (walk.climbedOut()) {
      throw bad(owner, shown, "leads through a link that leaves the folder");
    }
    return walk.name();
  }

  private void makeFolder(String name, String owner) throws IOException {
    entries.put(name, new Entry(Kind.FOLDER, "", owner));
    Path folder = place(name, owner);
    Files.createDirectory(folder);
    Files.setPosixFilePermissions(folder, EXECUTABLE);
  }

  /// Goes on through an entry that is there.
  private void enter(Entry entry, Walk walk, String shown, String owner) throws ArchiveException {
    String name = walk.name();
    switch (entry.kind()) {
      case FOLDER -> {}
      case FILE -> throw conflict(name, entry.owner(), owner);
      case LINK -> {
        if (links == Links.REFUSE || !walk.follow(entry.target())) {
          throw bad(owner, shown, "leads through the link '" + name + "'");
        }
        if (!entry.owner().equals(LAYOUT) && !entry.owner().equals(owner)) {
          throw conflict(name, entry.owner(), owner);
        }
      }
    }
  }

  /// A path on its way through links: what is left of it, and where it has come to.
  private static final class Walk {
    private final Deque<String> left;
    private final Deque<String> done = new ArrayDeque<>();
    private int followed;
    private boolean climbedOut;

    Walk(List<String> parts) {
      left = new ArrayDeque<>(parts);
    }

    /// Goes on by one name; false at the end.
    boolean advance() {
      while (!left.isEmpty()) {
        String part = left.removeFirst();
        if (part.equals("..")) {
          climbedOut |= done.pollLast() == null; // above the root is the root, as in a system
        } else if (!part.isEmpty() && !part.equals(".")) {
          done.addLast(part);
          return true;
        }
      }
      return false;
    }

    /// Where it has come to, below the root.
    String name() {
      return String.join("/", done);
    }

    boolean climbedOut() {
      return climbedOut;
    }

    /// Takes the target of the link it has come to for the link; false if these were too many.
    boolean follow(String target) {
      done.removeLast();
      if (target.startsWith("/")) {
        done.clear();
      }
      List.of(target.split("/", -1)).reversed().forEach(left::addFirst);
      return ++followed <= MOST_LINKS;
    }
  }

  private Path place(String name, String owner) throws ArchiveException {
    try {
      return root.resolve(name);
    } catch (InvalidPathException e) {
      throw unwritable(owner, name);
    }
  }

  private static ArchiveException conflict(String name, String one, String other) {
    // sorted, so that the message does not depend on which thread was faster
    String[] owners = {one, other};
    Arrays.sort(owners);
    return new ArchiveException(new ArchiveProblem.Conflict(name, owners[0], owners[1]));
  }

  private static ArchiveException unwritable(String owner, String name) {
    return bad(owner, name, "has a name that this locale cannot write: set LC_ALL=C.UTF-8");
  }

  private static ArchiveException bad(String owner, String entry, String reason) {
    return new ArchiveException(new ArchiveProblem.BadEntry(owner, entry, reason));
  }
}
