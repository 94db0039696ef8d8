package dev.synapse.cli;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.synapse.sandbox.Bubblewrap;
import dev.synapse.sandbox.SandboxUnavailableException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Assumptions;

/// A toolchain root of a few programs of this machine, with the libraries they load: enough for
/// real builds, without a download.
final class HostToolchain {
  private static final List<String> PROGRAMS =
      List.of("bash", "cat", "cp", "head", "mawk", "mkdir", "mv", "sleep", "sort", "stat", "touch");
  private static final Pattern LIBRARY = Pattern.compile("(/\\S+) \\(0x");

  private HostToolchain() {}

  /// Skips the test where nothing can be built.
  static void requireSandbox() throws InterruptedException {
    try {
      Bubblewrap.locate();
    } catch (SandboxUnavailableException problem) {
      Assumptions.abort("no sandbox here: " + problem.getMessage());
    }
  }

  /// Makes the root in the new folder `root`.
  static Path copyTo(Path root) throws IOException, InterruptedException {
    for (String name : List.of("bin", "lib", "lib64")) {
      Files.createDirectories(root.resolve("usr").resolve(name));
      Files.createSymbolicLink(root.resolve(name), Path.of("usr", name));
    }
    for (String program : PROGRAMS) {
      Path found = Path.of("/usr/bin", program);
      assumeThat(found).as("needed for a toolchain").isExecutable();
      copy(found, root);
      Process list = new ProcessBuilder("ldd", found.toString()).start();
      String libraries = new String(list.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      assumeThat(list.waitFor()).as("libraries of " + program).isZero();
      Matcher matcher = LIBRARY.matcher(libraries);
      while (matcher.find()) {
        copy(Path.of(matcher.group(1)), root);
      }
    }
    return root;
  }

  private static void copy(Path file, Path root) throws IOException {
    Path relative = Path.of("/").relativize(file);
    Path to =
        root.resolve(relative.startsWith("usr") ? relative : Path.of("usr").resolve(relative));
    if (!Files.exists(to, LinkOption.NOFOLLOW_LINKS)) {
      Files.createDirectories(requireNonNull(to.getParent()));
      Files.copy(file, to);
    }
  }
}
