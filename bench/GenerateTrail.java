package dev.synapse.gmp.record;

import dev.synapse.gmp.json.CanonicalJson;
import dev.synapse.gmp.sign.SignKey;
import dev.synapse.gmp.verdict.Disposition;
import dev.synapse.store.bytes.ByteString;
import dev.synapse.store.path.StorePath;
import java.io.BufferedOutputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// Writes the records of a store that has built for years: as [Trail] does, without waiting for the
/// disk after each entry.
public final class GenerateTrail {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private static BatchResult result(int number) throws Exception {
    String hash = "%032d".formatted(number);
    StorePath out = StorePath.parse("/nix/store/" + hash + "-demo-1.0");
    return new BatchResult(
        new BatchSubject(
            "demo",
            "1.0",
            StorePath.parse("/nix/store/" + hash + "-demo-1.0.drv"),
            Optional.empty()),
        List.of(new BatchOutput(StorePath.parse("/nix/store/" + hash + "-source"), "sha256-s=", 7)),
        new TreeMap<>(Map.of("out", new BatchOutput(out, "sha256-o=", 120))),
        CanonicalJson.node(Map.of("tests", Map.of("executed", 312, "passed", 312, "skipped", 0))),
        CanonicalJson.node(Map.of("stage", "growth", "mode", "strict", "compliant", true)));
  }

  private static BatchEvent event(int number) {
    Instant at = START.plusSeconds(number * 60L);
    return new BatchEvent(
        "ada@example.org",
        at,
        at.plusSeconds(45),
        new BatchRoom(
            "builder-7",
            "Linux 6.12.1 amd64",
            "0.1.0",
            "synapse",
            Optional.of("bubblewrap 0.11.0; namespaces all; seccomp on; limits by cgroup")),
        new BatchEvent.Judged(Disposition.RELEASED, true, Optional.of(true), false),
        List.of());
  }

  /// @param args a store's folder, how many entries, how many different results
  public static void main(String[] args) throws Exception {
    Path folder = Path.of(args[0]);
    int count = Integer.parseInt(args[1]);
    int results = Integer.parseInt(args[2]);
    BatchStore store = BatchStore.in(folder);
    SignKey key = store.key().get();
    Path batches = store.trail().file().getParent();
    Path documents = Files.createDirectories(batches.resolve("documents"));
    String previous = TrailEntry.NO_PREVIOUS;
    try (OutputStream out = new BufferedOutputStream(Files.newOutputStream(store.trail().file()))) {
      for (int seq = 1; seq <= count; seq++) {
        BatchResult result = result(seq % results);
        String text = result.toJson();
        String hash = TrailEntry.hash(text.getBytes(java.nio.charset.StandardCharsets.UTF_8));
        if (seq <= results) {
          Files.writeString(documents.resolve(hash + ".json"), text);
        }
        CompoundId id = CompoundId.of(BatchStore.TYPE, seq, text);
        Optional<TrailHead> head =
            seq % Trail.HEAD_EVERY == 0
                ? Optional.of(TrailHead.sign(seq - 1, previous, key))
                : Optional.empty();
        TrailEntry entry =
            new TrailEntry(
                new TrailEntry.Place(seq, seq, previous),
                TrailEntry.Kind.BATCH,
                ByteString.of(
                    CanonicalJson.of(
                        BatchRecord.body(id, BatchRecord.Label.of(result), hash, event(seq)))),
                head,
                Optional.empty());
        byte[] line = entry.line().toByteArray();
        out.write(line);
        out.write('\n');
        previous = TrailEntry.hash(line);
      }
    }
    Files.writeString(
        store.trail().headFile(), CanonicalJson.of(TrailHead.sign(count, previous, key).toJson()));
  }
}
