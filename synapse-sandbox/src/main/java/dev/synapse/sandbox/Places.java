package dev.synapse.sandbox;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// Where the mounts of a sandbox come to be, before they are made.
final class Places {
  private static final Path TOP = Path.of("/");

  private final List<Mount> mounts;
  private final Map<Path, Mount> before = new HashMap<>();

  Places(List<Mount> mounts) {
    this.mounts = mounts;
  }

  /// Whether no mount goes through a symbolic link, to a place that has something else already, or
  /// into a folder that the kernel fills.
  boolean arePlain() {
    for (Mount mount : mounts) {
      Path at = mount.at();
      if (!at.equals(at.normalize()) || at.equals(TOP) || !isPlain(mount, at)) {
        return false;
      }
      before.put(at, mount);
    }
    return true;
  }

  private boolean isPlain(Mount mount, Path at) {
    Mount here = before.get(at);
    if (here != null) {
      return isFolder(here) && isFolder(mount); // the later one covers the other
    }
    Path above = at.getParent();
    while (above != null && !above.equals(TOP)) {
      Mount around = before.get(above);
      if (around != null) {
        return admits(around, mount, above.relativize(at));
      }
      above = above.getParent();
    }
    return true;
  }

  private static boolean admits(Mount around, Mount mount, Path rest) {
    return switch (around) {
      case Mount.Temporary _, Mount.Folder _ -> true;
      case Mount.ReadOnly(var from, _) -> isThere(from, rest, mount, false);
      case Mount.Writable(var from, _) -> isThere(from, rest, mount, true);
      case Mount.Symlink _, Mount.Text _, Mount.OfKernel _ -> false;
    };
  }

  /// Whether a folder of this machine has what is mounted on, or, `writable`, nothing there.
  private static boolean isThere(Path from, Path rest, Mount mount, boolean writable) {
    Path on = from;
    for (int i = 0; i < rest.getNameCount(); i++) {
      on = on.resolve(rest.getName(i));
      if (!Files.exists(on, LinkOption.NOFOLLOW_LINKS)) {
        return writable && isBound(mount);
      }
      boolean last = i == rest.getNameCount() - 1;
      if (last ? !fits(mount, on) : !Files.isDirectory(on, LinkOption.NOFOLLOW_LINKS)) {
        return false;
      }
    }
    return true;
  }

  private static boolean isFolder(Mount mount) {
    Path from = source(mount);
    return from != null && Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS);
  }

  private static boolean isBound(Mount mount) {
    return source(mount) != null || mount instanceof Mount.Temporary;
  }

  private static boolean fits(Mount mount, Path on) {
    Path from = source(mount);
    boolean folder = from == null || Files.isDirectory(from, LinkOption.NOFOLLOW_LINKS);
    return isBound(mount)
        && (folder
            ? Files.isDirectory(on, LinkOption.NOFOLLOW_LINKS)
            : Files.isRegularFile(on, LinkOption.NOFOLLOW_LINKS));
  }

  private static @Nullable Path source(Mount mount) {
    return mount instanceof Mount.OfHost ofHost ? ofHost.from() : null;
  }
}
