package dev.synapse.build.nix;

import dev.synapse.sandbox.Mount;
import dev.synapse.sandbox.ToolchainRoot;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The parts of a toolchain root as values of Nix's setting `sandbox-paths`: `/usr=…/usr` and so
/// on, the same as our own room has.
///
/// Nix 2.8 follows a symbolic link on the machine that builds and mounts what it leads to there;
/// newer ones copy it. An absolute link would so lead out of the toolchain. Where there is one,
/// what it means within the toolchain is named instead; what leads nowhere is left out.
final class SandboxPaths {
  private static final int MOST_LINKS = 40;

  private SandboxPaths() {}

  /// One value for each part.
  ///
  /// @param toolchain the toolchain root on this machine
  /// @param place where it lies on the machine that builds
  static List<String> of(Path toolchain, String place) throws IOException {
    List<String> paths = new ArrayList<>();
    for (Mount mount : ToolchainRoot.mounts(toolchain)) {
      if (mount instanceof Mount.ReadOnly(var from, var at)) {
        Optional<Path> meant = meant(toolchain.toAbsolutePath(), from);
        if (meant.isPresent()) {
          paths.add(value(at, place + "/" + meant.get()));
        }
      }
    }
    return paths;
  }

  /// Nix divides its list at blanks and each value at the first `=`; a `?` at the end has a
  /// meaning.
  private static String value(Path at, String from) throws NixException {
    String value = at + "=" + from;
    if (at.toString().indexOf('=') >= 0
        || value.endsWith("?")
        || value.chars().anyMatch(Character::isWhitespace)) {
      throw new NixException(new NixProblem.UnfitPath(value));
    }
    return value;
  }

  /// Relative to `root`, the entry itself, or what it means if an absolute link is on the way.
  private static Optional<Path> meant(Path root, Path entry) throws IOException {
    Path at = entry;
    boolean absolute = false;
    for (int links = 0; Files.isSymbolicLink(at); links++) {
      Path target = Files.readSymbolicLink(at);
      absolute |= target.isAbsolute();
      at =
          (target.isAbsolute()
                  ? root.resolve(Path.of("/").relativize(target))
                  : at.resolveSibling(target))
              .normalize();
      if (links == MOST_LINKS || !at.startsWith(root)) {
        return Optional.empty();
      }
    }
    return Files.exists(at, LinkOption.NOFOLLOW_LINKS)
        ? Optional.of(root.relativize(absolute ? at : entry))
        : Optional.empty();
  }
}
