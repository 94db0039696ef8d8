package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import java.nio.file.Path;
import java.util.Map;

/// A process that appends until it is killed.
final class TrailWriter {
  private TrailWriter() {}

  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    Trail trail = new Trail(folder, new TrailKey(folder.resolve("keys")));
    String filling = "x".repeat(100_000);
    while (true) {
      trail.appendBatch(number -> CanonicalJson.node(Map.of("number", number, "is", filling)));
      System.out.println("appended");
    }
  }
}
