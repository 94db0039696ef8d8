package dev.synapse.build.debian;

import dev.synapse.build.lock.LockedDeb;
import dev.synapse.build.lock.LockedFile;
import dev.synapse.store.hash.Hash;
import dev.synapse.store.hash.HashAlgorithm;
import dev.synapse.store.hash.HashFormatException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// The bubblewrap that Synapse fetches where the system has none that works: Debian's, with the
/// loader and the libraries it came with, locked by hash. Only for 64-bit PCs.
///
/// Nothing is installed: the program is started by the loader of its own tree, so that the system's
/// C library does not matter.
public final class OwnBubblewrap {
  private static final String RESOURCE = "bubblewrap.lock.json";
  private static final String LIBRARIES = "usr/lib/x86_64-linux-gnu";

  private OwnBubblewrap() {}

  /// Whether it can run on this machine's processor.
  public static boolean runsHere() {
    return System.getProperty("os.arch", "").equals("amd64")
        && System.getProperty("os.name", "").equals("Linux");
  }

  /// What it is made of.
  public static List<LockedDeb> debs() {
    var debs = new ArrayList<LockedDeb>();
    try (InputStream in = OwnBubblewrap.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not among the resources");
      }
      for (JsonNode deb : JsonMapper.shared().readTree(in).required("debs")) {
        debs.add(
            new LockedDeb(
                deb.required("name").asString(),
                deb.required("version").asString(),
                new LockedFile(
                    deb.required("repository").asString(),
                    deb.required("path").asString(),
                    Hash.parse(deb.required("sha256").asString(), HashAlgorithm.SHA256),
                    deb.required("size").asLong())));
      }
    } catch (IOException | HashFormatException e) {
      throw new IllegalStateException(RESOURCE + " cannot be read", e);
    }
    return List.copyOf(debs);
  }

  /// Fetches it and makes its tree in the new folder `root`.
  ///
  /// @throws IOException as [DebianToolchain#materialise] does
  public static void materialise(DebianToolchain toolchain, Path root)
      throws IOException, InterruptedException {
    toolchain.materialise(debs(), new TreeMap<>(), root);
  }

  /// The command that starts it; its own arguments follow.
  ///
  /// @param root the tree that [#materialise] made, wherever it lies now
  public static List<String> commandLine(Path root) {
    return List.of(
        root.resolve("usr/lib64/ld-linux-x86-64.so.2").toString(),
        "--library-path",
        root.resolve(LIBRARIES).toString(),
        root.resolve("usr/bin/bwrap").toString());
  }
}
