package dev.synapse.sandbox;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/// A folder with the files of an operating system, to be mounted as that of a sandbox.
public final class ToolchainRoot {
  private static final List<String> SYSTEM =
      List.of("usr", "bin", "sbin", "lib", "lib32", "lib64", "libx32", "opt", "var");

  /// These three a sandbox has of its own; see [Sandbox#furniture()].
  private static final Set<String> OWN = Set.of("passwd", "group", "hosts");

  private ToolchainRoot() {}

  /// Mounts `root`'s `/usr`, `/bin`, `/lib` and so on, and every entry of its `/etc` but the users,
  /// groups and hosts, each at its place. Where the root has a symbolic link, so has the sandbox.
  public static List<Mount> mounts(Path root) throws IOException {
    var mounts = new ArrayList<Mount>();
    for (String name : SYSTEM) {
      add(mounts, root.resolve(name), Path.of("/", name));
    }
    Path etc = root.resolve("etc");
    if (Files.isDirectory(etc)) {
      try (var entries = Files.list(etc).sorted()) {
        for (Path entry : (Iterable<Path>) entries::iterator) {
          String name = entry.getFileName().toString();
          if (!OWN.contains(name)) {
            add(mounts, entry, Path.of("/etc", name));
          }
        }
      }
    }
    return List.copyOf(mounts);
  }

  private static void add(List<Mount> mounts, Path from, Path at) {
    if (Files.exists(from, LinkOption.NOFOLLOW_LINKS)) {
      mounts.add(new Mount.ReadOnly(from.toAbsolutePath(), at));
    }
  }
}
