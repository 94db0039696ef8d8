package dev.synapse.build.plan;

import static java.util.Objects.requireNonNull;

import dev.synapse.store.local.LocalStore;
import dev.synapse.store.local.StoreException;
import dev.synapse.store.path.StorePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.Set;

/// The scripts that run in the room, as store objects: their text is an input of every build.
///
/// @param setup runs the phases
/// @param report finds the reports of the check phase
/// @param reportAwk makes one canonical report of them
public record BuilderScripts(StorePath setup, StorePath report, StorePath reportAwk) {
  private static final String FOLDER = "/dev/synapse/build/builder/";

  /// Refuses null.
  public BuilderScripts {
    requireNonNull(setup, "setup");
    requireNonNull(report, "report");
    requireNonNull(reportAwk, "reportAwk");
  }

  /// Adds the scripts to `store`, where they are not there yet.
  public static BuilderScripts in(LocalStore store) throws StoreException, IOException {
    return new BuilderScripts(
        add(store, "setup.sh"), add(store, "report.sh"), add(store, "report.awk"));
  }

  private static StorePath add(LocalStore store, String name) throws StoreException, IOException {
    return store.addText(text(name), name, Set.of());
  }

  static byte[] text(String name) throws IOException {
    try (InputStream in = BuilderScripts.class.getResourceAsStream(FOLDER + name)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + FOLDER + name + " is missing");
      }
      return in.readAllBytes();
    }
  }
}
